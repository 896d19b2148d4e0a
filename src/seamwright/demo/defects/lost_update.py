"""If-Match is required, and then not compared."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.app import Orders
from seamwright.demo.orders.store import Row

__all__ = ["DEFECT"]


class _AnyVersion(Orders):
    def is_current(self, order: Row, version: int) -> bool:
        return bool(version <= order["version"])


DEFECT = Defect(
    name="lost-update",
    family="consistency",
    service="orders",
    check="consistency.lost-update",
    mistake="a change made against an old ETag overwrites the change in between",
    part=_AnyVersion,
)
