"""The breaker is there, and its threshold is one that nobody ever reaches."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Charging
from seamwright.kit.breaker import Breaker

__all__ = ["DEFECT"]


class _Patient(Charging):
    def new_breaker(self) -> Breaker:
        return Breaker(failures=500, pause=0.5)


DEFECT = Defect(
    name="breaker-never-opens",
    family="resilience",
    service="orders",
    check="resilience.circuit-breaker",
    mistake="a payments that fails is asked on and on: the breaker opens after 500 failures, where 5 are promised",
    part=_Patient,
)
