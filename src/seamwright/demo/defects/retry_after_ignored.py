"""What payments says about when to come back is not read."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Charging

__all__ = ["DEFECT"]


class _ComesBackAtOnce(Charging):
    def may_wait(self, seconds: float | None) -> None:
        """A 503 is one like another, and a 429 a refusal of this one charge."""


DEFECT = Defect(
    name="retry-after-ignored",
    family="resilience",
    service="orders",
    check="resilience.retry-after",
    mistake="payments is asked again at once although it has said Retry-After",
    part=_ComesBackAtOnce,
)
