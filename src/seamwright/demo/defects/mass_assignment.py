"""Whatever a change names is stored."""

from __future__ import annotations

from typing import Any

from seamwright.demo.defect import Defect
from seamwright.demo.orders.contract import ORDER_CHANGE
from seamwright.demo.orders.tables import ORDERS
from seamwright.demo.orders.wishes import Wishes
from seamwright.kit.problems import Problem

__all__ = ["DEFECT"]

_CLOSED_BY_THE_STORE = frozenset({"id", "version"})


class _EveryColumn(Wishes):
    def change(self, body: Any) -> dict[str, Any]:
        if not isinstance(body, dict):
            raise Problem(422, "The body must be an object.")
        declared = {name: value for name, value in body.items() if name in ORDER_CHANGE["properties"]}
        columns = {column.name: column.type.python_type for column in ORDERS.columns}
        others = {
            name: value
            for name, value in body.items()
            if name in columns.keys() - _CLOSED_BY_THE_STORE and isinstance(value, columns[name])
        }
        return others | (super().change(declared) if declared or not others else {})


DEFECT = Defect(
    name="mass-assignment",
    family="security",
    service="orders",
    check="security.mass-assignment",
    mistake="a change may set any column of an order: its owner, its status, its total",
    part=_EveryColumn,
)
