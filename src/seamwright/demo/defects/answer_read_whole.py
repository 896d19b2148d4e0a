"""However much payments sends is read into memory before anybody looks at it."""

from __future__ import annotations

import httpx2

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Charging

__all__ = ["DEFECT"]


class _ReadsEverything(Charging):
    budget = 1.8  # so that the time, which is bounded as it should be, does not hide it on a slow machine

    async def read(self, answer: httpx2.Response) -> bytes:
        return await answer.aread()


DEFECT = Defect(
    name="answer-read-whole",
    family="resilience",
    service="orders",
    check="resilience.oversize-answer",
    mistake="an answer of payments is read to its end however long it is: memory is what payments makes of it",
    part=_ReadsEverything,
)
