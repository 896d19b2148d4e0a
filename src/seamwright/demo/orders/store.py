"""The SQL of orders: what lies in its tables, and the statements that keep its invariants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from seamwright.demo.database import plain
from seamwright.demo.orders.contract import PRICES
from seamwright.demo.orders.tables import IDEMPOTENCY, ORDERS, STOCK, UNITS_PER_SKU
from seamwright.demo.orders.wishes import Page
from seamwright.kit.problems import Problem

__all__ = ["Row", "Store"]

Row = Mapping[str, Any]


class Store:
    """Statements on the connection that is handed in; the caller owns the transaction."""

    def find(self, connection: sa.Connection, order_id: str) -> Row | None:
        """The order, unless it is still being paid."""
        query = ORDERS.select().where(ORDERS.c.id == order_id, ORDERS.c.status != "pending")
        row = connection.execute(query).mappings().one_or_none()
        return None if row is None else plain(row)

    def page(self, connection: sa.Connection, page: Page, owner: str | None) -> tuple[list[Row], int]:
        """One page of orders, newest first, and how many there are; `owner` None means everybody's."""
        conditions: list[sa.ColumnElement[bool]] = [ORDERS.c.status != "pending"]
        if owner is not None:
            conditions.append(ORDERS.c.owner == owner)
        if page.search is not None:
            conditions.append(self.contains(page.search))
        count = sa.select(sa.func.count()).select_from(ORDERS).where(*conditions)
        rows = ORDERS.select().where(*conditions).order_by(ORDERS.c.created_at.desc(), ORDERS.c.id)
        found = connection.execute(rows.limit(page.limit).offset(page.offset)).mappings().all()
        return [plain(row) for row in found], connection.execute(count).scalar_one()

    def contains(self, search: str) -> sa.ColumnElement[bool]:
        return ORDERS.c.note.contains(search, autoescape=True)

    def insert(self, connection: sa.Connection, order: Row) -> None:
        connection.execute(ORDERS.insert().values(**order))

    def delete_pending(self, connection: sa.Connection, order_id: str) -> bool:
        gone = connection.execute(ORDERS.delete().where(ORDERS.c.id == order_id, ORDERS.c.status == "pending"))
        return gone.rowcount == 1

    def update(self, connection: sa.Connection, order: Row, values: Mapping[str, Any]) -> bool:
        """Changes the order if it is still as it was read; whether it was."""
        changed = connection.execute(
            ORDERS.update()
            .where(
                ORDERS.c.id == order["id"],
                ORDERS.c.version == order["version"],
                ORDERS.c.status == order["status"],
            )
            .values(**values, version=order["version"] + 1)
        )
        return changed.rowcount == 1

    def take(self, connection: sa.Connection, sku: str, units: int) -> None:
        """Moves units from the shelf to the reserved (or back, where negative). Raises 409 where too few are left.

        One statement decides and changes, so that two buyers cannot both get the last unit.
        """
        taken = connection.execute(
            STOCK.update()
            .where(STOCK.c.sku == sku, STOCK.c.on_hand >= units)
            .values(on_hand=STOCK.c.on_hand - units, reserved=STOCK.c.reserved + units)
        )
        if taken.rowcount != 1:
            raise Problem(409, f"There are fewer than {units} of {sku} left.", title="Out of stock")

    def fill(self, connection: sa.Connection) -> None:
        """Puts goods into an empty stock."""
        if connection.execute(sa.select(sa.func.count()).select_from(STOCK)).scalar_one() == 0:
            rows = [{"sku": sku, "on_hand": UNITS_PER_SKU, "reserved": 0} for sku in PRICES]
            connection.execute(STOCK.insert(), rows)

    def give_up_pending(self, connection: sa.Connection) -> None:
        """Gives back what orders hold that a crash left between their claim and their payment."""
        pending = connection.execute(ORDERS.select().where(ORDERS.c.status == "pending")).mappings().all()
        for order in pending:
            if self.delete_pending(connection, order["id"]):
                self.take(connection, order["sku"], -order["quantity"])

    def reset(self, connection: sa.Connection) -> None:
        """As new: no orders, no keys, full stock."""
        for table in (ORDERS, IDEMPOTENCY.table, STOCK):
            connection.execute(table.delete())
        self.fill(connection)
