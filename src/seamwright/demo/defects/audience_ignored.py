"""Tokens for another service were let in for a migration, which ended long ago."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.access import Access
from seamwright.kit.resource_server import TokenVerifier

__all__ = ["DEFECT"]


class _AnyAudience(Access):
    def make_verifier(self, issuer: str) -> TokenVerifier:
        return TokenVerifier(issuer=issuer, audience=("orders", "payments"), keys=self.keys)


DEFECT = Defect(
    name="audience-ignored",
    family="auth",
    service="orders",
    check="auth.wrong-audience",
    mistake="a token that was issued for payments is accepted by orders",
    part=_AnyAudience,
)
