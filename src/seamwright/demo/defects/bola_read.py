"""Whoever is logged in and knows an order's id may read it."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.access import Access
from seamwright.demo.orders.store import Row
from seamwright.kit.resource_server import Principal

__all__ = ["DEFECT"]


class _ReadByAnyone(Access):
    def may_read(self, principal: Principal, order: Row) -> bool:
        return bool(principal.roles)


DEFECT = Defect(
    name="bola-read",
    family="security",
    service="orders",
    check="security.object-read-across-customers",
    mistake="a customer can read another customer's order by its id",
    part=_ReadByAnyone,
)
