"""That payments may answer with an error of its own was not thought of."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import AskedToWait, Charging, TooLong

__all__ = ["DEFECT"]


class _ServerErrorUnknown(Charging):
    unusable = (AskedToWait, TooLong)


DEFECT = Defect(
    name="unhandled-server-error",
    family="resilience",
    service="orders",
    check="resilience.failing-dependency",
    mistake="a 500 of payments becomes a 500 of orders instead of the declared 503",
    part=_ServerErrorUnknown,
)
