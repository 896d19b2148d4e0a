"""The page of the admins hides the buttons from customers; the operations behind them ask for no role."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.orders.access import Access

__all__ = ["DEFECT"]


class _AdminForAll(Access):
    roles = {**Access.roles, "listAllOrders": ("customer", "admin"), "refundOrder": ("customer", "admin")}  # noqa: RUF012


DEFECT = Defect(
    name="bfla-admin",
    family="security",
    service="orders",
    check="security.admin-operation-refused",
    mistake="a customer can list everybody's orders and refund them: the admin role is not asked for",
    part=_AdminForAll,
)
