"""Tokens are taken apart, altered in one place, and signed anew; what is no signed JWT is said to be none."""

from __future__ import annotations

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, OctKey

from seamwright.checks.auth._jwt import Issuer, read_jwt
from seamwright.model.errors import Undecided
from tests.checks.auth.gate import KEY, token


def test_a_flipped_bit_breaks_the_signature_and_nothing_else() -> None:
    honest = token()
    forged = read_jwt(honest, "alice").with_flipped_bit()
    assert forged.split(".")[:2] == honest.split(".")[:2]
    with pytest.raises(BadSignatureError):
        jwt.decode(forged, KEY, algorithms=["RS256"])


def test_claims_are_changed_under_the_old_signature() -> None:
    honest = token()
    forged = read_jwt(honest, "alice").with_claims(sub="mallory")
    assert read_jwt(forged, "alice").claims["sub"] == "mallory"
    assert forged.split(".")[2] == honest.split(".")[2]


def test_an_unsigned_token_keeps_its_claims() -> None:
    header, claims, signature = read_jwt(token(), "alice").with_algorithm("nOnE").split(".")
    assert signature == ""
    assert read_jwt(f"{header}.{claims}.AAAA", "alice").header["alg"] == "nOnE"


@pytest.mark.parametrize("text", ["sesame", "a.b.c", "e30.e30.", "e30.e30.AAAA", "ä.ö.ü"])
def test_other_texts_are_no_signed_jwt(text: str) -> None:
    with pytest.raises(Undecided, match="no signed JWT"):
        read_jwt(text, "alice")


def test_claims_are_issued_anew_and_kept_otherwise() -> None:
    honest = read_jwt(token(roles=["customer"], iat=1, nbf=1), "alice")
    again = jwt.decode(Issuer(honest.header, honest.claims, KEY).signed(iss="x"), KEY, algorithms=["RS256"])
    assert again.header == dict(honest.header)
    assert (again.claims["roles"], again.claims["iss"], again.claims["sub"]) == (["customer"], "x", "alice")
    assert again.claims["iat"] > 1
    assert again.claims["exp"] > again.claims["nbf"] > 1


@pytest.mark.parametrize(
    ("key", "algorithm"), [(ECKey.generate_key("P-256"), "ES256"), (OctKey.generate_key(256), "HS256")]
)
def test_other_algorithms_sign_too(key: ECKey | OctKey, algorithm: str) -> None:
    signed = Issuer({"alg": algorithm, "x-own": 1}, {"sub": "alice"}, key).signed()
    assert read_jwt(signed, "alice").header["x-own"] == 1


def test_a_key_of_another_kind_does_not_fit() -> None:
    with pytest.raises(Undecided, match="does not fit RS256"):
        Issuer({"alg": "RS256"}, {}, OctKey.generate_key(256)).signed()
