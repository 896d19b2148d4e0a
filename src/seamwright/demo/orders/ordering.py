"""Places an order: claims its key and its goods, charges, and settles both with the event in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

from seamwright.demo.database import Database
from seamwright.demo.orders.charging import Charging
from seamwright.demo.orders.contract import PRICES
from seamwright.demo.orders.store import Row, Store
from seamwright.demo.orders.tables import IDEMPOTENCY, ORDERS, OUTBOX
from seamwright.demo.orders.wishes import NewOrder
from seamwright.kit.idempotency import Answer, Claim
from seamwright.kit.problems import Problem

__all__ = ["TOPIC", "Ordering", "Pending", "Representation"]

TOPIC = "orders"


class Representation:
    """How an order looks to its reader."""

    def order(self, row: Row) -> dict[str, Any]:
        shown = {
            "id": row["id"],
            "owner": row["owner"],
            "sku": row["sku"],
            "quantity": row["quantity"],
            "payment_method": row["payment_method"],
            "status": row["status"],
            "total_cents": row["total_cents"],
            "created_at": row["created_at"],
        }
        return shown if row["note"] is None else shown | {"note": row["note"]}

    def etag(self, row: Row) -> str:
        return f'"{row["version"]}"'


@dataclass(frozen=True, slots=True)
class Pending:
    """An order whose goods are held and which is not yet paid."""

    claim: Claim
    order: Row


class Ordering:
    """The walk of one new order, in two transactions with the call to payments between them.

    Between the two, the order lies there as pending, seen by nobody; its goods are held, and its key is claimed, so
    no database transaction stays open while another service is awaited.
    """

    def __init__(self, database: Database, store: Store, charging: Charging, look: Representation) -> None:
        self.database = database
        self.store = store
        self.charging = charging
        self.look = look

    async def place(self, owner: str, key: str, fingerprint: str, wish: NewOrder) -> Answer:
        """The answer to createOrder, new or stored. Raises `Problem` 409, 422 or 503."""
        begun = await run_in_threadpool(self.begin, owner, key, fingerprint, wish)
        if isinstance(begun, Answer):
            return begun
        order = begun.order
        try:
            charge_id, captured = await self.charging.charge(order["id"], order["total_cents"], order["payment_method"])
        except BaseException:  # whatever it was, a cancelled request too: the goods go back
            await run_in_threadpool(self.abandon, begun)
            raise
        if not captured:
            declined = Problem(402, "The card was declined; no order was made.", title="Payment declined")
            answer = Answer(402, {"Content-Type": "application/problem+json"}, declined.body())
            await run_in_threadpool(self.abandon, begun, answer)
            return answer
        return await run_in_threadpool(self.settle, begun, charge_id)

    def begin(self, owner: str, key: str, fingerprint: str, wish: NewOrder) -> Answer | Pending:
        """The first transaction: claims the key, holds the goods."""
        with self.database.writing() as connection:
            claim = IDEMPOTENCY.claim(connection, key, scope=owner, fingerprint=fingerprint)
            if isinstance(claim, Answer):
                return claim
            pending = Pending(claim, self.new_row(claim.work_id, owner, wish))
            self.hold(connection, pending.order)
            return pending

    def new_row(self, order_id: str, owner: str, wish: NewOrder) -> dict[str, Any]:
        return {
            "id": order_id,
            "owner": owner,
            "sku": wish.sku,
            "quantity": wish.quantity,
            "note": wish.note,
            "payment_method": wish.payment_method,
            "status": "pending",
            "total_cents": PRICES[wish.sku] * wish.quantity,
            "charge_id": None,
            "version": 1,
            "created_at": datetime.now(UTC).isoformat(),
        }

    def hold(self, connection: sa.Connection, order: Row) -> None:
        self.store.take(connection, order["sku"], order["quantity"])
        self.store.insert(connection, order)

    def settle(self, pending: Pending, charge_id: str) -> Answer:
        """The second transaction: the order is paid, its event is in the outbox, its answer is kept."""
        paid = {**pending.order, "status": "paid", "charge_id": charge_id}
        location = f"/orders/{paid['id']}"
        headers = {"Content-Type": "application/json", "ETag": self.look.etag(paid), "Location": location}
        answer = Answer(201, headers, orjson.dumps(self.look.order(paid)))
        with self.database.writing() as connection:
            self.remember(connection, pending.claim, answer)
            connection.execute(
                ORDERS.update()
                .where(ORDERS.c.id == paid["id"], ORDERS.c.status == "pending")
                .values(status="paid", charge_id=charge_id)
            )
            self.announce(connection, paid)
        return answer

    def announce(self, connection: sa.Connection, order: Row) -> None:
        OUTBOX.add(connection, TOPIC, placed(order))

    def abandon(self, pending: Pending, answer: Answer | None = None) -> None:
        """Instead of settling: gives the goods back; keeps a final answer, or lets the key be tried again."""
        with self.database.writing() as connection:
            if answer is None:
                IDEMPOTENCY.release(connection, pending.claim)
            else:
                self.remember(connection, pending.claim, answer)
            if self.store.delete_pending(connection, pending.order["id"]):
                self.give_back(connection, pending.order)

    def give_back(self, connection: sa.Connection, order: Row) -> None:
        self.store.take(connection, order["sku"], -order["quantity"])

    def remember(self, connection: sa.Connection, claim: Claim, answer: Answer) -> None:
        IDEMPOTENCY.complete(connection, claim, answer)


def placed(order: Row) -> Mapping[str, Any]:
    """The event of a new order."""
    told = {name: order[name] for name in ("sku", "quantity", "charge_id")}
    return {"type": "order.placed", "order_id": order["id"], **told}
