"""A circuit breaker made by hand, which opens after a failure and has no way to close again."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Charging, PaymentsUnavailable

__all__ = ["DEFECT"]


class _BreakerWithoutClosing(Charging):
    _broken = False

    async def charge(self, order_id: str, amount_cents: int, method: str) -> tuple[str, bool]:
        if self._broken:
            raise PaymentsUnavailable
        try:
            charged = await super().charge(order_id, amount_cents, method)
        except PaymentsUnavailable:
            self._broken = True
            raise
        self._broken = False  # never reached while it is open, for nothing is let through
        return charged


DEFECT = Defect(
    name="never-recovers",
    family="resilience",
    service="orders",
    check="resilience.recovery",
    mistake="once payments has failed, orders are refused for ever: the breaker never closes",
    part=_BreakerWithoutClosing,
)
