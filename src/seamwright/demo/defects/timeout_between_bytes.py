"""The timeout of the HTTP client was taken for that of the call; it begins anew with every byte."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Answered, Charging, Send, ServerError
from seamwright.kit.deadline import Deadline
from seamwright.kit.retry import call_again

__all__ = ["DEFECT"]


class _ClientsTimeoutAlone(Charging):
    async def again(self, send: Send, key: str) -> Answered:
        endless, passing = Deadline.after(86400.0), (*self.failures, ServerError)
        return await call_again(send, method="POST", idempotency_key=key, deadline=endless, on=passing, attempts=2)


DEFECT = Defect(
    name="timeout-between-bytes",
    family="resilience",
    service="orders",
    check="resilience.slow-body",
    mistake="an answer of payments that dribbles is waited for without end: the timeout counts from byte to byte",
    part=_ClientsTimeoutAlone,
)
