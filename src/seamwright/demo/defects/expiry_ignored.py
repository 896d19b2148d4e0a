"""The clocks of two machines differed once, and the leeway was made generous."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.access import Access
from seamwright.kit.resource_server import TokenVerifier

__all__ = ["DEFECT"]

_A_YEAR = 365 * 86400.0


class _GenerousLeeway(Access):
    def make_verifier(self, issuer: str) -> TokenVerifier:
        return TokenVerifier(issuer=issuer, audience="orders", keys=self.keys, leeway=_A_YEAR)


DEFECT = Defect(
    name="expiry-ignored",
    family="auth",
    service="orders",
    check="auth.expired-token",
    mistake="an expired token is accepted: the leeway for clock skew is a year",
    part=_GenerousLeeway,
)
