"""A token's claims are read, and its signature is left to a gateway that is not there."""

from __future__ import annotations

import base64
import binascii
import json
import time
from typing import Any

from seamwright.demo.defect import Defect
from seamwright.demo.orders.access import Access
from seamwright.kit.resource_server import AccessDenied, Principal

__all__ = ["DEFECT"]


class _ClaimsBelieved(Access):
    async def verify(self, token: str) -> Principal:
        claims = _payload(token)
        if token.endswith("."):
            raise AccessDenied(401, "invalid_token", "The token is not signed.")
        if claims.get("iss") != self.verifier.issuer or claims.get("aud") != "orders":
            raise AccessDenied(401, "invalid_token", "The token is for somebody else.")
        if not isinstance(claims.get("exp"), int) or claims["exp"] < time.time():
            raise AccessDenied(401, "invalid_token", "The token has expired.")
        return Principal(str(claims.get("sub")), roles=frozenset(claims.get("roles", [])))


def _payload(token: str) -> dict[str, Any]:
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error) as error:
        raise AccessDenied(401, "invalid_token", "The token is malformed.") from error
    if not isinstance(claims, dict):
        raise AccessDenied(401, "invalid_token", "The token is malformed.")
    return claims


DEFECT = Defect(
    name="signature-unverified",
    family="auth",
    service="orders",
    check="auth.forged-token",
    mistake="a token's claims are believed without verifying its signature",
    part=_ClaimsBelieved,
)
