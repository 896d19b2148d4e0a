"""An API that asks a bank on the far side of a relay, and the bank; each test spoils how the API asks."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.kit.breaker import Breaker, CircuitOpen
from seamwright.kit.retry_after import seconds_of
from seamwright.model.check import Check
from tests.checks.stage import Tried, tried
from tests.serving import free_port, serving

__all__ = ["DOCUMENT", "Shop", "tried_on"]

Json = dict[str, Any]


class Shop:
    """Buys at the bank in good order: bounded in time and size, and with 503 where it cannot."""

    timeout: float = 0.6
    """Seconds from one byte to the next."""
    budget: float | None = 0.8
    """Seconds for all of it."""
    longest = 10_000
    attempts = 1
    failures: tuple[type[Exception], ...] = (httpx2.HTTPError, TimeoutError, ValueError, CircuitOpen)

    def __init__(self, bank: str) -> None:
        self.bank = bank
        self.breaker = self.new_breaker()
        self.app = Starlette(
            routes=[
                Route("/purchases", self._buy, methods=["POST"]),
                Route("/prices", self._prices, methods=["GET"]),
            ]
        )

    def new_breaker(self) -> Breaker:
        return Breaker(failures=5, pause=0.5)

    async def ask(self, path: str, key: str = "", purchase: str = "") -> Any:
        headers = {"Idempotency-Key": key, "Purchase": purchase}
        async with (
            asyncio.timeout(self.budget),
            httpx2.AsyncClient(base_url=self.bank, timeout=self.timeout, trust_env=False, verify=False) as client,
            client.stream("POST", path, headers=headers) as answer,
        ):
            if wait := seconds_of(answer.headers.get("retry-after")):
                self.told_to_wait(wait)
            answer.raise_for_status()
            body = bytearray()
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > self.longest:
                    raise ValueError("the bank says too much")
        return json.loads(body)

    def told_to_wait(self, seconds: float) -> None:
        self.breaker.hold(seconds)

    def key(self, purchase: str) -> str:
        """The key of one attempt to charge for this purchase."""
        return purchase

    async def buy(self) -> Response:
        purchase = uuid.uuid4().hex
        for _ in range(self.attempts):
            try:
                with self.breaker.guarding((httpx2.HTTPError, TimeoutError, ValueError)):
                    await self.ask("/charges", self.key(purchase), purchase)
            except self.failures:
                continue
            return JSONResponse({"state": "paid"}, 201)
        return self.unavailable()

    def unavailable(self) -> Response:
        return JSONResponse({"detail": "try again later"}, 503)

    async def prices(self) -> Response:
        return JSONResponse({"mug": 3})

    async def _buy(self, request: Request) -> Response:
        await request.body()
        return await self.buy()

    async def _prices(self, request: Request) -> Response:
        return await self.prices()


class _Bank:
    """Charges once for each key, and writes down for which purchase it was."""

    def __init__(self, books: Path) -> None:
        self.books = books
        with closing(sqlite3.connect(books)) as connection:
            connection.execute("create table charges (key text primary key, purchase text)")
            connection.commit()
        self.app = Starlette(routes=[Route("/charges", self._charge, methods=["POST"])])

    async def _charge(self, request: Request) -> Response:
        key = request.headers.get("idempotency-key") or uuid.uuid4().hex
        with closing(sqlite3.connect(self.books)) as connection:
            connection.execute(
                "insert or ignore into charges values (?, ?)", (key, request.headers.get("purchase") or key)
            )
            connection.commit()
        return JSONResponse({"ok": True, "receipt": "0123456789abcdef"})


_PAID: Json = {"type": "object", "required": ["state"], "properties": {"state": {"const": "paid"}}}
_LATER: Json = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}


def _gives(status: str, schema: Json) -> Json:
    return {status: {"description": "done", "content": {"application/json": {"schema": schema}}}}


DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {"title": "shop", "version": "1"},
    "paths": {
        "/purchases": {"post": {"operationId": "buy", "responses": {**_gives("201", _PAID), **_gives("503", _LATER)}}},
        "/prices": {"get": {"operationId": "prices", "responses": _gives("200", {"type": "object"})}},
    },
}

_ONCE: Json = {
    "name": "a purchase is charged once",
    "query": "select count(*) from (select 1 from charges group by purchase having count(*) > 1)",
    "equals": 0,
    "after": ["buy"],
}

_PROMISED: Json = {"bank": {"breaker": {"failures": 5, "pause": "500ms"}, "without": ["prices"]}}


@asynccontextmanager
async def _bank() -> AsyncIterator[tuple[str, str, Path]]:
    """A bank: its own address, one to relay it from, and its books."""
    with tempfile.TemporaryDirectory() as folder:
        books = Path(folder) / "books.db"
        with serving(_Bank(books).app) as url:
            yield url, f"127.0.0.1:{free_port()}", books


async def tried_on(check: Check, shop: type[Shop], *, beside: Sequence[Check] = (), **objectives: Any) -> Tried:
    """Try a check, and others beside it, on a shop whose bank stands behind a relay."""
    async with _bank() as (url, door, books):
        return await tried(
            check,
            shop(f"http://{door}").app,
            DOCUMENT,
            budget=120.0,
            beside=beside,
            boundary={
                "depends_on": ["bank"],
                "dependencies": _PROMISED,
                "objectives": {"deadline": "1s", "recovery": "1s", **objectives},
            },
            boundaries={
                "bank": {"kind": "http", "url": url, "relay": {"listen": door}},
                "books": {"kind": "sql", "url": f"sqlite:///{books}", "invariants": [_ONCE]},
            },
        )
