"""The quantity's lower limit was lost when the schema was written out by hand."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.contract import NEW_ORDER
from seamwright.demo.orders.wishes import Wishes

__all__ = ["DEFECT"]


class _AnyQuantity(Wishes):
    new_order = NEW_ORDER | {
        "properties": NEW_ORDER["properties"] | {"quantity": {"type": "integer", "maximum": 20}},
    }


DEFECT = Defect(
    name="validation-missing",
    family="contract",
    service="orders",
    check="contract.invalid-input-refused",
    mistake="an order for a negative quantity is accepted, and pays the customer",
    part=_AnyQuantity,
)
