"""A certificate authority of the proxy's own, so that it can end TLS: what callers trust is one file, made once."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

__all__ = ["Authority", "authority_in", "client_context"]

_LIVES = datetime.timedelta(days=365)
_LEAF_LIVES = datetime.timedelta(days=30)
_SKEW = datetime.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """`certificate` is the file that callers trust; the key lies beside it, for its owner only."""

    certificate: Path
    key: Path

    def server_context(self, names: Sequence[str]) -> ssl.SSLContext:
        """What a server needs that goes by these names and addresses; HTTP/1.1 is all that it agrees to speak."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        issuer = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        signing = load_pem_private_key(self.key.read_bytes(), None)
        leaf, key = _leaf(issuer, signing, names)  # type: ignore[arg-type]
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.set_alpn_protocols(["http/1.1"])
        with tempfile.TemporaryDirectory() as folder:  # ssl takes a key from a file alone
            path = Path(folder) / "leaf.pem"
            _written(path, _pem(key) + leaf + self.certificate.read_bytes())
            context.load_cert_chain(path)
        return context


def authority_in(folder: Path) -> Authority:
    """The authority whose files lie in this folder; made if there is none, or if it has expired. Raises OSError."""
    from cryptography import x509

    found = Authority(folder / "ca.pem", folder / "ca.key")
    if found.certificate.is_file() and found.key.is_file():
        certificate = x509.load_pem_x509_certificate(found.certificate.read_bytes())
        if certificate.not_valid_after_utc > _now() + _LEAF_LIVES:
            return found
    folder.mkdir(parents=True, exist_ok=True)
    certificate_bytes, key = _root()
    _written(found.key, _pem(key))
    found.certificate.write_bytes(certificate_bytes)
    return found


def client_context(trusted: Path | None) -> ssl.SSLContext:
    """What a client needs that trusts this authority, or those of the system. Raises OSError."""
    context = ssl.create_default_context(cafile=str(trusted) if trusted is not None else None)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _root() -> tuple[bytes, EllipticCurvePrivateKey]:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Seamwright fault proxy: trust it in tests only")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        _builder(name, name, key, _LIVES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return _signed(builder, key), key


def _leaf(
    issuer: x509.Certificate, signing: EllipticCurvePrivateKey, names: Sequence[str]
) -> tuple[bytes, EllipticCurvePrivateKey]:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(_name(names[0]), issuer.subject, key, _LEAF_LIVES)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    return _signed(builder, signing), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, lives: datetime.timedelta
) -> x509.CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - _SKEW)
        .not_valid_after(_now() + lives)
    )


def _signed(builder: x509.CertificateBuilder, key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _name(text: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _general(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _written(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
