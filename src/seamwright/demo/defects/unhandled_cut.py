"""The answer of payments is read by code of its own, which tells of half an answer by an error that nobody knows."""

from __future__ import annotations

import httpx2

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Charging

__all__ = ["DEFECT"]


class _IncompleteAnswer(Exception):
    """The body ended before its time."""


class _CutUnknown(Charging):
    async def read(self, answer: httpx2.Response) -> bytes:
        try:
            return await super().read(answer)
        except (httpx2.NetworkError, httpx2.RemoteProtocolError) as error:
            raise _IncompleteAnswer("the answer of payments is not whole") from error


DEFECT = Defect(
    name="unhandled-cut",
    family="resilience",
    service="orders",
    check="resilience.cut-answer",
    mistake="an answer of payments that breaks off becomes a 500 instead of the declared 503",
    part=_CutUnknown,
)
