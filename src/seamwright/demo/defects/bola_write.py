"""Whoever is logged in and knows an order's id may change it."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.access import Access
from seamwright.demo.orders.store import Row
from seamwright.kit.resource_server import Principal

__all__ = ["DEFECT"]


class _WrittenByAnyone(Access):
    def may_write(self, principal: Principal, order: Row) -> bool:
        return bool(principal.roles)


DEFECT = Defect(
    name="bola-write",
    family="security",
    service="orders",
    check="security.object-write-across-customers",
    mistake="a customer can change or cancel another customer's order by its id",
    part=_WrittenByAnyone,
)
