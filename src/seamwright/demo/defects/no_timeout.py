"""The call to payments waits for as long as payments likes."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Charging

__all__ = ["DEFECT"]


class _NoBudget(Charging):
    budget = None


DEFECT = Defect(
    name="no-timeout",
    family="resilience",
    service="orders",
    check="resilience.slow-dependency",
    mistake="a slow payments holds orders up without end: the call has no timeout",
    part=_NoBudget,
)
