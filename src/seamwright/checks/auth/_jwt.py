"""Reads JSON Web Tokens, alters them, and signs wrong claims with the test issuer's key (RFC 7515, RFC 7519)."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamwright.checks.auth._door import Door, has_key
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause

if TYPE_CHECKING:
    from joserfc.jwk import Key

__all__ = ["KEY_NEEDED", "Issuer", "Jwt", "issuer_door", "read_jwt"]

KEY_NEEDED = (
    "no identity with a bearer token has the test issuer's key; give one 'signing_key_file' (or 'signing_key') to have "
    "validly signed tokens with wrong claims tried"
)

LIFETIME = 300
"""Seconds that the tokens live which are signed here with nothing wrong about their time."""

_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP", "HS": "oct"}


@dataclass(frozen=True, slots=True)
class Jwt:
    """A signed token in its three parts, as they were written and decoded."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    written: tuple[str, str, str]

    def with_flipped_bit(self) -> str:
        """The same token with one bit of its signature changed."""
        signature = bytearray(_bytes(self.written[2]))
        # In the middle: the last character of base64url may hold bits that mean nothing.
        signature[len(signature) // 2] ^= 1
        return ".".join((self.written[0], self.written[1], _encoded(bytes(signature))))

    def with_claims(self, **changes: Any) -> str:
        """Other claims under the old signature."""
        return ".".join((self.written[0], _json({**self.claims, **changes}), self.written[2]))

    def with_algorithm(self, algorithm: str, signature: str = "") -> str:
        """The same claims under a header that names another algorithm, with any signature or none."""
        return ".".join((_json({**self.header, "alg": algorithm}), self.written[1], signature))

    def unsigned(self) -> str:
        """The same header and claims with an empty signature."""
        return ".".join((self.written[0], self.written[1], ""))


def read_jwt(token: str, whose: str) -> Jwt:
    """Read a token. Raises Undecided where it is not a signed JWT: what is inside an opaque one, nobody can forge."""
    parts = token.split(".")
    try:
        if len(parts) != 3 or not parts[2]:
            raise ValueError("it has not three parts")
        header, claims = json.loads(_bytes(parts[0])), json.loads(_bytes(parts[1]))
        _bytes(parts[2])
        if not isinstance(header, dict) or not isinstance(claims, dict) or not isinstance(header.get("alg"), str):
            raise ValueError("its header names no algorithm")
    except (ValueError, binascii.Error) as error:
        raise Undecided(
            f"the token of {whose} is no signed JWT ({error}), so its parts cannot be tried", Cause.USAGE
        ) from None
    return Jwt(header, claims, (parts[0], parts[1], parts[2]))


class Issuer:
    """The test issuer's key in our hands: signs claims as the issuer would, with the header of an honest token."""

    def __init__(self, header: Mapping[str, Any], claims: Mapping[str, Any], key: Key) -> None:
        self._header = dict(header)
        self._key = key
        now = int(time.time())
        begun = {name: now - 5 for name in ("iat", "nbf") if name in claims}
        self.claims: Mapping[str, Any] = {**claims, **begun, "exp": now + LIFETIME}
        """The honest claims, issued anew: valid now, and for some minutes."""
        self.now = now

    def signed(self, **changes: Any) -> str:
        """A token with the honest claims, changed as said. Raises Undecided where the key does not fit."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jws import JWSRegistry

        algorithm = self._header["alg"]
        registry = JWSRegistry(algorithms=[algorithm], strict_check_header=False)
        try:
            return jwt.encode(self._header, {**self.claims, **changes}, self._key, registry=registry, default_type=None)
        except (JoseError, ValueError) as error:
            raise Undecided(f"the signing key does not fit {algorithm}: {error}", Cause.USAGE) from None


async def issuer_door(bench: Bench, operation: Operation) -> tuple[Door, Issuer]:
    """The door, and the issuer's key with its control: a token that is signed anew with nothing wrong is let in.

    Raises Undecided otherwise: the refusal of a wrong claim would be owed to the key.
    """
    door = await Door.found(bench, operation, has_key)
    honest = read_jwt(door.token, door.identity.name)
    issuer = Issuer(honest.header, honest.claims, _key(door.identity, bench, honest.header["alg"]))
    control = await door.present(issuer.signed(), "signed anew, with nothing wrong")
    if not door.let_in(control):
        raise Undecided(
            f"{operation.id}: a token that was signed anew with nothing wrong about it was answered {control.status}: "
            f"the signing key of {door.identity.name} is not the issuer's",
            Cause.USAGE,
        )
    await door.keeps_out_garbage()
    return door, issuer


def _key(identity: Identity, bench: Bench, algorithm: str) -> Key:
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry

    text = _key_text(identity, bench.subject.manifest.origin.folder)
    try:
        if text.lstrip().startswith("{"):
            data: dict[str, Any] = json.loads(text)
            return JWKRegistry.import_key(data["keys"][0] if "keys" in data else data)
        return JWKRegistry.import_key(text, _KEY_TYPES.get(algorithm[:2], "RSA"))
    except (JoseError, ValueError, KeyError, IndexError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise Undecided(
            f"the signing key of {identity.name} cannot be read as PEM or JWK for {algorithm}: {reason}", Cause.USAGE
        ) from None


def _key_text(identity: Identity, folder: Path) -> str:
    if identity.signing_key is not None:
        return identity.signing_key.get_secret_value()
    path = folder / Path(identity.signing_key_file or "").expanduser()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Undecided(
            f"the signing key of {identity.name} cannot be read from {path}: {error}", Cause.USAGE
        ) from None


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _json(value: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(value, separators=(",", ":")).encode())
