"""A total is answered as text: the serializer was changed for another client."""

from __future__ import annotations

from typing import Any

from seamwright.demo.defect import Defect
from seamwright.demo.orders.ordering import Representation
from seamwright.demo.orders.store import Row

__all__ = ["DEFECT"]


class _TotalAsText(Representation):
    def order(self, row: Row) -> dict[str, Any]:
        shown = super().order(row)
        return shown | {"total_cents": str(shown["total_cents"])}


DEFECT = Defect(
    name="schema-drift",
    family="contract",
    service="orders",
    check="contract.response-conforms",
    mistake="an order's total is answered as a string where the contract promises an integer",
    part=_TotalAsText,
)
