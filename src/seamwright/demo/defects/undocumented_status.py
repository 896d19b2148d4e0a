"""A second cancellation answers 410, which seemed fitting to somebody who did not look into the contract."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.app import Orders
from seamwright.demo.orders.store import Row
from seamwright.kit.problems import Problem

__all__ = ["DEFECT"]


class _GoneWhenCancelled(Orders):
    def not_cancellable(self, order: Row) -> Problem:
        return Problem(410, "The order was cancelled before.")


DEFECT = Defect(
    name="undocumented-status",
    family="contract",
    service="orders",
    check="contract.undocumented-status",
    mistake="cancelling a cancelled order answers 410, which the contract does not declare (it declares 409)",
    part=_GoneWhenCancelled,
)
