"""The stock is read before the charge and written after it, as a number that was right then."""

from __future__ import annotations

import sqlalchemy as sa

from seamwright.demo.defect import Defect
from seamwright.demo.orders.ordering import Ordering, Pending
from seamwright.demo.orders.store import Row
from seamwright.demo.orders.tables import STOCK
from seamwright.kit.idempotency import Answer
from seamwright.kit.problems import Problem

__all__ = ["DEFECT"]


class _ReadModifyWrite(Ordering):
    def hold(self, connection: sa.Connection, order: Row) -> None:
        stock = connection.execute(STOCK.select().where(STOCK.c.sku == order["sku"])).one()
        if stock.on_hand < order["quantity"]:
            raise Problem(409, f"There are fewer than {order['quantity']} of {order['sku']} left.")
        self.seen[order["id"]] = (stock.on_hand, stock.reserved)
        self.store.insert(connection, order)

    def settle(self, pending: Pending, charge_id: str) -> Answer:
        answer = super().settle(pending, charge_id)
        order = pending.order
        on_hand, reserved = self.seen.pop(order["id"])
        with self.database.writing() as connection:
            connection.execute(
                STOCK.update()
                .where(STOCK.c.sku == order["sku"])
                .values(on_hand=on_hand - order["quantity"], reserved=reserved + order["quantity"])
            )
        return answer

    def give_back(self, connection: sa.Connection, order: Row) -> None:
        self.seen.pop(order["id"])  # nothing was taken yet

    @property
    def seen(self) -> dict[str, tuple[int, int]]:
        """What the stock was when each order began."""
        found: dict[str, tuple[int, int]] = self.__dict__.setdefault("_seen", {})
        return found


DEFECT = Defect(
    name="oversell",
    family="consistency",
    service="orders",
    check="consistency.invariants",
    mistake="two orders at the same time take the same units: stock is read, and written after the charge",
    part=_ReadModifyWrite,
)
