"""The warehouse is told as soon as the order arrives, so that it can begin early."""

from __future__ import annotations

import sqlalchemy as sa

from seamwright.demo.defect import Defect
from seamwright.demo.orders.ordering import Ordering, Pending
from seamwright.demo.orders.store import Row
from seamwright.demo.orders.wishes import NewOrder
from seamwright.kit.idempotency import Answer

__all__ = ["DEFECT"]


class _ToldTooEarly(Ordering):
    def begin(self, owner: str, key: str, fingerprint: str, wish: NewOrder) -> Answer | Pending:
        begun = super().begin(owner, key, fingerprint, wish)
        if isinstance(begun, Pending):
            with self.database.writing() as connection:
                super().announce(connection, begun.order)
        return begun

    def announce(self, connection: sa.Connection, order: Row) -> None:
        """The warehouse knows already."""


DEFECT = Defect(
    name="event-before-commit",
    family="consistency",
    service="orders",
    check="consistency.invariants",
    mistake="the event of an order is out before its payment: a declined card leaves a reservation behind",
    part=_ToldTooEarly,
)
