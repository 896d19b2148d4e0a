"""The algorithm is taken from the token, and "none" is one of those that the library of then knew."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from seamwright.demo.defect import Defect
from seamwright.demo.orders.access import Access
from seamwright.kit.resource_server import Principal

__all__ = ["DEFECT"]


class _AlgorithmOfTheToken(Access):
    async def verify(self, token: str) -> Principal:
        header, _, rest = token.partition(".")
        if str(_decoded(header).get("alg", "")).lower() != "none":
            return await super().verify(token)
        claims = _decoded(rest.partition(".")[0])
        self.verifier.check_claims(claims)
        return Principal(str(claims.get("sub")), roles=frozenset(claims.get("roles", [])))


def _decoded(part: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error):
        return {}
    return found if isinstance(found, dict) else {}


DEFECT = Defect(
    name="alg-none",
    family="auth",
    service="orders",
    check="auth.unsigned-token",
    mistake='a token whose header says "alg": "none" is accepted without a signature',
    part=_AlgorithmOfTheToken,
)
