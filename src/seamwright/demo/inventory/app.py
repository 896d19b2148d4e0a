"""Inventory: reads the events of orders once each, and shows what is reserved."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import traceback
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from seamwright.demo.api_key import require_api_key
from seamwright.demo.database import Database, plain
from seamwright.demo.defect import Defect, compose
from seamwright.demo.document import UUID
from seamwright.demo.inventory.contract import openapi
from seamwright.demo.settings import Settings
from seamwright.demo.shell import Shell, json_response, route, service
from seamwright.kit.outbox import Inbox
from seamwright.kit.problems import Problem
from seamwright.kit.queue import Delivery, Message, open_queue

__all__ = ["RESERVATIONS", "SHELF", "Inventory", "Warehouse", "inventory_app"]

METADATA = sa.MetaData()
RESERVATIONS = sa.Table(
    "reservations",
    METADATA,
    sa.Column("order_id", sa.String(36), primary_key=True),
    sa.Column("sku", sa.String(20), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("charge_id", sa.String(36)),  # the payment of the order, which the event tells
    sa.Column("status", sa.String(20), nullable=False),
)
SHELF = sa.Table(
    "shelf",
    METADATA,
    sa.Column("sku", sa.String(20), primary_key=True),
    sa.Column("reserved", sa.Integer, nullable=False),
)
INBOX = Inbox(METADATA)


class Warehouse:
    """What one event changes, in one transaction with its line in the inbox."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def handle(self, message: Message) -> None:
        event = json.loads(message.body)
        with self.database.writing() as connection:
            if self.is_new(connection, message):
                self.apply(connection, event)

    def is_new(self, connection: sa.Connection, message: Message) -> bool:
        return INBOX.first_time(connection, "inventory", message.id)

    def apply(self, connection: sa.Connection, event: Mapping[str, Any]) -> None:
        order_id = event["order_id"]
        here = RESERVATIONS.c.order_id == order_id
        row = connection.execute(RESERVATIONS.select().where(here)).mappings().one_or_none()
        if event["type"] == "order.placed":
            told = {name: event[name] for name in ("order_id", "sku", "quantity", "charge_id")}
            if row is None:
                connection.execute(RESERVATIONS.insert().values(**told, status="reserved"))
            self.shift(connection, event["sku"], event["quantity"])
        elif row is None or row["status"] != "reserved":
            return  # told before its order, or after its end: there is nothing to change
        elif event["type"] == "order.changed":
            connection.execute(RESERVATIONS.update().where(here).values(quantity=event["quantity"]))
            self.shift(connection, row["sku"], event["quantity"] - row["quantity"])
        else:
            connection.execute(RESERVATIONS.update().where(here).values(status="released"))
            self.shift(connection, row["sku"], -row["quantity"])

    def shift(self, connection: sa.Connection, sku: str, units: int) -> None:
        """Changes how many units of a thing are set aside on the shelf."""
        moved = connection.execute(SHELF.update().where(SHELF.c.sku == sku).values(reserved=SHELF.c.reserved + units))
        if moved.rowcount == 0:
            connection.execute(SHELF.insert().values(sku=sku, reserved=units))


class Inventory:
    """The operations of inventory, and its reader of events."""

    def __init__(self, settings: Settings, defects: list[Defect]) -> None:
        self.settings = settings
        self.api_key = settings.secrets["SHOP_INVENTORY_KEY"]
        self.document = openapi(settings.urls["inventory"])
        self.database = Database(settings.databases["inventory"], METADATA)
        self.warehouse = compose(Warehouse, defects)(self.database)

    @contextlib.asynccontextmanager
    async def running(self, app: Starlette) -> AsyncIterator[None]:
        """While the service is up, it reads events; it was subscribed before it says that it is healthy."""
        queue = await open_queue(self.settings.queue)
        async with queue.subscribe("orders", "inventory") as deliveries:
            reader = asyncio.create_task(self._read(deliveries))
            try:
                yield
            finally:
                reader.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reader
        await queue.close()
        self.database.close()

    async def _read(self, deliveries: AsyncIterator[Delivery]) -> None:
        async for delivery in deliveries:
            try:
                await run_in_threadpool(self.warehouse.handle, delivery.message)
            except Exception as error:  # noqa: BLE001  told in the log, and delivered again a little later
                _note(self.settings.folder("inventory") / "errors.log", error)
                await delivery.nack(0.5)
            else:
                await delivery.ack()

    async def get(self, request: Request) -> Response:
        require_api_key(request, self.api_key)
        order_id: str = request.path_params["order_id"]
        if not re.fullmatch(UUID["pattern"], order_id):
            raise Problem(422, "An order's id is a UUID in lower case.")

        def read() -> dict[str, Any] | None:
            columns = RESERVATIONS.c
            query = sa.select(columns.order_id, columns.sku, columns.quantity, columns.status)
            with self.database.reading() as connection:
                row = connection.execute(query.where(columns.order_id == order_id)).mappings().one_or_none()
                return None if row is None else plain(row)

        row = await run_in_threadpool(read)
        if row is None:
            raise Problem(404, "Nothing is reserved for this order.")
        return json_response(row)


def inventory_app(settings: Settings, defects: list[Defect]) -> ASGIApp:
    """The service, with its planted defects."""
    inventory = compose(Inventory, defects)(settings, defects)
    routes = [
        route("/reservations/{order_id}", "GET", inventory.get),
    ]
    return Shell(service(routes, inventory.running, inventory.document), settings.folder("inventory"))


def _note(log: Path, error: Exception) -> None:
    with log.open("a", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
