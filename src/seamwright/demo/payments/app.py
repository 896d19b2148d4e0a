"""The HTTP face of payments: charges in one transaction with their idempotency keys."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import orjson
import sqlalchemy as sa
from jsonschema_rs import Draft202012Validator
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from seamwright.demo.api_key import require_api_key
from seamwright.demo.database import Database, plain
from seamwright.demo.defect import Defect, compose
from seamwright.demo.document import IDEMPOTENCY_KEY_PATTERN, UUID
from seamwright.demo.payments.contract import NEW_CHARGE, openapi
from seamwright.demo.settings import Settings
from seamwright.demo.shell import Bodies, Shell, json_response, route, service, validated
from seamwright.kit.idempotency import Answer, IdempotencyStore, fingerprint_of, parse_key
from seamwright.kit.problems import Problem

__all__ = ["CHARGES", "Payments", "payments_app"]

METADATA = sa.MetaData()
CHARGES = sa.Table(
    "charges",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("order_id", sa.String(36), nullable=False, index=True),
    sa.Column("amount_cents", sa.Integer, nullable=False),
    sa.Column("method", sa.String(20), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
)
IDEMPOTENCY = IdempotencyStore(METADATA)


class Payments:
    """The operations of payments."""

    def __init__(self, settings: Settings, defects: list[Defect]) -> None:
        self.api_key = settings.secrets["SHOP_PAYMENTS_KEY"]
        self.document = openapi(settings.urls["payments"])
        self.database = Database(settings.databases["payments"], METADATA)
        self.bodies = Bodies()
        self._new_charge = Draft202012Validator(NEW_CHARGE)

    @contextlib.asynccontextmanager
    async def running(self, app: Starlette) -> AsyncIterator[None]:
        yield
        self.database.close()

    async def create(self, request: Request) -> Response:
        require_api_key(request, self.api_key)
        key = parse_key(request.headers.get("idempotency-key"))
        if not re.fullmatch(IDEMPOTENCY_KEY_PATTERN, key):
            raise Problem(400, f"An Idempotency-Key here matches {IDEMPOTENCY_KEY_PATTERN}.")
        body = validated(await self.bodies.read(request), self._new_charge)
        answer = await run_in_threadpool(self.charge, key, body)
        return Response(answer.body, answer.status, dict(answer.headers))

    def charge(self, key: str, body: dict[str, Any]) -> Answer:
        """Charges in one transaction: a second request with the key waits for it and gets its answer."""
        fingerprint = fingerprint_of("POST", "/charges", body)
        with self.database.writing() as connection:
            claim = IDEMPOTENCY.claim(connection, key, scope="orders", fingerprint=fingerprint)
            if isinstance(claim, Answer):
                return claim
            row = {
                "id": str(uuid.uuid4()),
                "order_id": body["order_id"],
                "amount_cents": int(body["amount_cents"]),
                "method": body["method"],
                "status": "captured" if body["method"] == "card-ok" else "declined",
            }
            connection.execute(CHARGES.insert().values(**row))
            answer = Answer(201, {"Content-Type": "application/json"}, orjson.dumps(row))
            IDEMPOTENCY.complete(connection, claim, answer)
            return answer

    async def get(self, request: Request) -> Response:
        require_api_key(request, self.api_key)
        charge_id = _charge_id(request)

        def read() -> dict[str, Any]:
            with self.database.reading() as connection:
                return _find(connection, charge_id)

        return json_response(await run_in_threadpool(read))

    async def refund(self, request: Request) -> Response:
        require_api_key(request, self.api_key)
        charge_id = _charge_id(request)

        def give_back() -> dict[str, Any]:
            with self.database.writing() as connection:
                charge = _find(connection, charge_id)
                if charge["status"] == "declined":
                    raise Problem(409, "The charge was declined: there is nothing to give back.")
                connection.execute(CHARGES.update().where(CHARGES.c.id == charge_id).values(status="refunded"))
                return charge | {"status": "refunded"}

        return json_response(await run_in_threadpool(give_back))

    async def reset(self, request: Request) -> Response:
        require_api_key(request, self.api_key)

        def empty() -> None:
            with self.database.writing() as connection:
                connection.execute(CHARGES.delete())

        await run_in_threadpool(empty)
        return Response(status_code=204)


def payments_app(settings: Settings, defects: list[Defect]) -> ASGIApp:
    """The service."""
    payments = compose(Payments, defects)(settings, defects)
    routes = [
        route("/charges", "POST", payments.create),
        route("/charges/{charge_id}", "GET", payments.get),
        route("/charges/{charge_id}/refund", "POST", payments.refund),
        route("/sandbox/reset", "POST", payments.reset),
    ]
    return Shell(service(routes, payments.running, payments.document), settings.folder("payments"))


def _charge_id(request: Request) -> str:
    text: str = request.path_params["charge_id"]
    if not re.fullmatch(UUID["pattern"], text):
        raise Problem(422, "A charge's id is a UUID in lower case.")
    return text


def _find(connection: sa.Connection, charge_id: str) -> dict[str, Any]:
    row = connection.execute(CHARGES.select().where(CHARGES.c.id == charge_id)).mappings().one_or_none()
    if row is None:
        raise Problem(404, "There is no such charge.")
    return plain(row)
