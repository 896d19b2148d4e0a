"""The search text is written into the statement."""

from __future__ import annotations

import sqlalchemy as sa

from seamwright.demo.defect import Defect
from seamwright.demo.orders.store import Store

__all__ = ["DEFECT"]


class _Concatenated(Store):
    def contains(self, search: str) -> sa.ColumnElement[bool]:
        text = search.replace("\\", "\\\\").replace(":", "\\:")  # so that text() sees no parameter in it
        return sa.literal_column(f"(orders.note LIKE '%{text}%')", sa.Boolean)


DEFECT = Defect(
    name="sql-injection",
    family="security",
    service="orders",
    check="security.sql-injection",
    mistake="the search text of a list is concatenated into the SQL statement",
    part=_Concatenated,
)
