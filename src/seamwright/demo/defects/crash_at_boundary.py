"""One row more than a page is fetched to know whether there is a next one; the guard forgot that row."""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.demo.defect import Defect
from seamwright.demo.orders.contract import PAGE
from seamwright.demo.orders.wishes import Page, Wishes

__all__ = ["DEFECT"]


class _OneRowTooMany(Wishes):
    def page(self, query: Mapping[str, str]) -> Page:
        page = super().page(query)
        rows = page.limit + 1
        if rows > PAGE["properties"]["limit"]["maximum"]:
            raise OverflowError(f"{rows} rows do not fit into a page")
        return page


DEFECT = Defect(
    name="crash-at-boundary",
    family="contract",
    service="orders",
    check="contract.server-error-on-boundary",
    mistake="a list with the largest limit that the contract allows crashes",
    part=_OneRowTooMany,
)
