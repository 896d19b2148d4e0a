"""Two layers retry: the client that everybody uses, and the code that uses it."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Answered, Charging, Send, ServerError
from seamwright.kit.deadline import Deadline
from seamwright.kit.retry import call_again

__all__ = ["DEFECT"]


class _TwoLayers(Charging):
    async def again(self, send: Send, key: str) -> Answered:
        passing = (*self.failures, ServerError)
        deadline = Deadline.after(1.5)

        async def client() -> Answered:
            return await call_again(
                send, method="POST", idempotency_key=key, deadline=deadline, on=passing, attempts=4, wait_initial=0.002
            )

        return await call_again(
            client, method="POST", idempotency_key=key, deadline=deadline, on=passing, attempts=4, wait_initial=0.002
        )


DEFECT = Defect(
    name="retry-storm",
    family="resilience",
    service="orders",
    check="resilience.retry-storm",
    mistake="a payments that fails is asked sixteen times for each order: two layers retry, four times each",
    part=_TwoLayers,
)
