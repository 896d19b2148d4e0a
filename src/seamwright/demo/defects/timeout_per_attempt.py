"""Every attempt to reach payments gets the whole budget, and nobody counts them together."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Answered, Charging, Send, ServerError
from seamwright.kit.deadline import Deadline

__all__ = ["DEFECT"]


class _BudgetForEach(Charging):
    async def again(self, send: Send, key: str) -> Answered:
        passing: tuple[type[Exception], ...] = (*self.failures, ServerError)
        for _ in range(3):
            try:
                return await self._once(send)
            except passing:
                continue
        return await self._once(send)

    async def _once(self, send: Send) -> Answered:
        assert self.budget is not None
        async with Deadline.after(self.budget).enforce():
            return await send()


DEFECT = Defect(
    name="timeout-per-attempt",
    family="resilience",
    service="orders",
    check="resilience.hanging-dependency",
    mistake="a payments that never answers is waited for four times: the timeout is one of each attempt",
    part=_BudgetForEach,
)
