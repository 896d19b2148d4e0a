"""That a connection may break under way was not thought of."""

from __future__ import annotations

import httpx2

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Charging
from seamwright.kit.deadline import DeadlineExceeded

__all__ = ["DEFECT"]


class _ResetUnknown(Charging):
    failures = (httpx2.TimeoutException, httpx2.ConnectError, DeadlineExceeded)


DEFECT = Defect(
    name="unhandled-reset",
    family="resilience",
    service="orders",
    check="resilience.reset-dependency",
    mistake="a connection to payments that is reset under way becomes a 500 instead of the declared 503",
    part=_ResetUnknown,
)
