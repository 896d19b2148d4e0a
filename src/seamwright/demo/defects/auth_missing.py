"""A route was added without its authentication."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.access import Access

__all__ = ["DEFECT"]


class _ListForEverybody(Access):
    public = Access.public | {"listAllOrders"}


DEFECT = Defect(
    name="auth-missing",
    family="auth",
    service="orders",
    check="auth.anonymous-refused",
    mistake="GET /admin/orders answers without any token: the route forgot its dependency",
    part=_ListForEverybody,
)
