"""The HTTP face of orders."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from seamwright.demo.database import Database
from seamwright.demo.defect import Defect, compose
from seamwright.demo.orders.access import Access
from seamwright.demo.orders.charging import Charging
from seamwright.demo.orders.contract import PRICES, openapi
from seamwright.demo.orders.ordering import TOPIC, Ordering, Representation
from seamwright.demo.orders.store import Row, Store
from seamwright.demo.orders.tables import METADATA, OUTBOX
from seamwright.demo.orders.wishes import Wishes
from seamwright.demo.settings import Settings
from seamwright.demo.shell import Bodies, Shell, json_response, route, service
from seamwright.kit.idempotency import fingerprint_of
from seamwright.kit.outbox import OutboxRelay
from seamwright.kit.problems import Problem
from seamwright.kit.queue import open_queue
from seamwright.kit.resource_server import Principal

__all__ = ["Orders", "orders_app"]


class Orders:
    """The operations of orders, each a method; their parts are replaced by planted defects."""

    def __init__(self, settings: Settings, defects: list[Defect]) -> None:
        self.settings = settings
        self.document = openapi(settings.urls["orders"])
        self.access = compose(Access, defects)(settings)
        self.wishes = compose(Wishes, defects)()
        self.bodies = compose(Bodies, defects)()
        self.look = compose(Representation, defects)()
        self.store = compose(Store, defects)()
        self.database = compose(Database, defects)(settings.databases["orders"], METADATA)
        self.charging = compose(Charging, defects)(settings.payments_url, settings.secrets["SHOP_PAYMENTS_KEY"])
        self.ordering = compose(Ordering, defects)(self.database, self.store, self.charging, self.look)

    @contextlib.asynccontextmanager
    async def running(self, app: Starlette) -> AsyncIterator[None]:
        """While the service is up, its outbox is relayed."""
        with self.database.writing() as connection:
            self.store.fill(connection)
            self.store.give_up_pending(connection)
        queue = await open_queue(self.settings.queue)
        relay = asyncio.create_task(OutboxRelay(self.database.engine, OUTBOX, queue.publish).run())
        try:
            yield
        finally:
            relay.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await relay
            await queue.close()
            await self.charging.close()
            self.database.close()

    async def create(self, request: Request) -> Response:
        principal = await self.access.enter(request, "createOrder")
        key = self.wishes.idempotency_key(request.headers.get("idempotency-key"))
        body = await self.bodies.read(request)
        wish = self.wishes.order(body)
        fingerprint = fingerprint_of("POST", "/orders", body)
        answer = await self.ordering.place(principal.subject, key, fingerprint, wish)
        return Response(answer.body, answer.status, dict(answer.headers))

    async def get(self, request: Request) -> Response:
        principal = await self.access.enter(request, "getOrder")
        order_id = self.wishes.order_id(request.path_params["order_id"])

        def read() -> Row:
            with self.database.reading() as connection:
                order = self.store.find(connection, order_id)
            if order is None or not self.access.may_read(principal, order):
                raise _not_found()
            return order

        return self._shown(await run_in_threadpool(read))

    async def list_own(self, request: Request) -> Response:
        principal = await self.access.enter(request, "listOrders")
        return await self._page(request, principal.subject)

    async def list_all(self, request: Request) -> Response:
        await self.access.enter(request, "listAllOrders")
        return await self._page(request, None)

    async def update(self, request: Request) -> Response:
        principal = await self.access.enter(request, "updateOrder")
        order_id = self.wishes.order_id(request.path_params["order_id"])
        version = self.wishes.version(request.headers.get("if-match"))
        values = self.wishes.change(await self.bodies.read(request))

        def change(connection: sa.Connection, order: Row) -> dict[str, Any]:
            if not self.is_current(order, version):
                raise _stale()
            _require_paid(order, _not_paid)
            more = values.get("quantity", order["quantity"]) - order["quantity"]
            if more == 0:
                return values
            self.store.take(connection, order["sku"], more)
            event = {"type": "order.changed", "order_id": order_id, "quantity": values["quantity"]}
            OUTBOX.add(connection, TOPIC, event)
            return {"total_cents": PRICES[order["sku"]] * values["quantity"], **values}

        return self._shown(await run_in_threadpool(self._write, principal, order_id, change))

    def is_current(self, order: Row, version: int) -> bool:
        """Whether the caller saw the order as it is now."""
        return bool(order["version"] == version)

    async def cancel(self, request: Request) -> Response:
        principal = await self.access.enter(request, "cancelOrder")
        order_id = self.wishes.order_id(request.path_params["order_id"])

        def change(connection: sa.Connection, order: Row) -> dict[str, Any]:
            _require_paid(order, self.not_cancellable)
            return self._release(connection, order, "cancelled")

        return self._shown(await run_in_threadpool(self._write, principal, order_id, change))

    def not_cancellable(self, order: Row) -> Problem:
        return _not_paid(order)

    async def refund(self, request: Request) -> Response:
        principal = await self.access.enter(request, "refundOrder")
        order_id = self.wishes.order_id(request.path_params["order_id"])

        def read() -> Row:
            with self.database.reading() as connection:
                order = self.store.find(connection, order_id)
            if order is None:
                raise _not_found()
            _require_paid(order, _not_paid)
            return order

        def change(connection: sa.Connection, order: Row) -> dict[str, Any]:
            _require_paid(order, _not_paid)
            return self._release(connection, order, "refunded")

        await self.charging.refund((await run_in_threadpool(read))["charge_id"])
        return self._shown(await run_in_threadpool(self._write, principal, order_id, change))

    async def me(self, request: Request) -> Response:
        principal = await self.access.enter(request, "whoAmI")
        return json_response({"subject": principal.subject, "roles": sorted(principal.roles)})

    async def reset(self, request: Request) -> Response:
        await self.access.enter(request, "resetSandbox")

        def empty() -> None:
            with self.database.writing() as connection:
                self.store.reset(connection)

        await run_in_threadpool(empty)
        return Response(status_code=204)

    def _write(
        self,
        principal: Principal,
        order_id: str,
        change: Callable[[sa.Connection, Row], dict[str, Any]],
    ) -> Row:
        """Changes an order that the caller may write, in one transaction; the order as it is then."""
        with self.database.writing() as connection:
            order = self.store.find(connection, order_id)
            if order is None or not self.access.may_write(principal, order):
                raise _not_found()
            if not self.store.update(connection, order, change(connection, order)):
                raise _stale()
            changed = self.store.find(connection, order_id)
            assert changed is not None
            return changed

    def _release(self, connection: sa.Connection, order: Row, status: str) -> dict[str, Any]:
        self.store.take(connection, order["sku"], -order["quantity"])
        OUTBOX.add(connection, TOPIC, {"type": f"order.{status}", "order_id": order["id"]})
        return {"status": status}

    async def _page(self, request: Request, owner: str | None) -> Response:
        page = self.wishes.page(request.query_params)

        def read() -> tuple[list[Row], int]:
            with self.database.reading() as connection:
                return self.store.page(connection, page, owner)

        rows, total = await run_in_threadpool(read)
        items = [self.look.order(row) for row in rows]
        return json_response({"items": items, "total": total, "limit": page.limit, "offset": page.offset})

    def _shown(self, order: Row) -> Response:
        return json_response(self.look.order(order), headers={"ETag": self.look.etag(order)})


def orders_app(settings: Settings, defects: list[Defect]) -> ASGIApp:
    """The service, with its planted defects."""
    orders = compose(Orders, defects)(settings, defects)
    routes = [
        route("/orders", "POST", orders.create),
        route("/orders", "GET", orders.list_own),
        route("/orders/{order_id}", "GET", orders.get),
        route("/orders/{order_id}", "PATCH", orders.update),
        route("/orders/{order_id}/cancel", "POST", orders.cancel),
        route("/orders/{order_id}/refund", "POST", orders.refund),
        route("/admin/orders", "GET", orders.list_all),
        route("/me", "GET", orders.me),
        route("/sandbox/reset", "POST", orders.reset),
    ]
    app = service(routes, orders.running, orders.document)
    return compose(Shell, defects)(app, settings.folder("orders"))


def _require_paid(order: Row, refusal: Callable[[Row], Problem]) -> None:
    if order["status"] != "paid":
        raise refusal(order)


def _not_paid(order: Row) -> Problem:
    return Problem(409, f"The order is {order['status']}.")


def _not_found() -> Problem:
    return Problem(404, "There is no such order.")


def _stale() -> Problem:
    return Problem(412, "The order has changed since it was read: get it again.")
