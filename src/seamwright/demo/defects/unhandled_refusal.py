"""That nobody may listen at payments was not thought of."""

from __future__ import annotations

import httpx2

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Charging
from seamwright.kit.deadline import DeadlineExceeded

__all__ = ["DEFECT"]


class _RefusalUnknown(Charging):
    failures = (httpx2.TimeoutException, httpx2.ReadError, httpx2.RemoteProtocolError, DeadlineExceeded)


DEFECT = Defect(
    name="unhandled-refusal",
    family="resilience",
    service="orders",
    check="resilience.refused-dependency",
    mistake="a refused connection to payments becomes a 500 instead of the declared 503",
    part=_RefusalUnknown,
)
