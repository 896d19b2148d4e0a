"""An API that asks a bank on the far side of a relay, and the bank; each test spoils how the API asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

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
    failures: tuple[type[Exception], ...] = (httpx2.HTTPError, TimeoutError, ValueError)

    def __init__(self, bank: str) -> None:
        self.bank = bank
        self.app = Starlette(
            routes=[
                Route("/purchases", self._buy, methods=["POST"]),
                Route("/prices", self._prices, methods=["GET"]),
            ]
        )

    async def ask(self, path: str) -> Any:
        async with (
            asyncio.timeout(self.budget),
            httpx2.AsyncClient(base_url=self.bank, timeout=self.timeout, trust_env=False) as client,
            client.stream("POST", path) as answer,
        ):
            answer.raise_for_status()
            body = bytearray()
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > self.longest:
                    raise ValueError("the bank says too much")
        return json.loads(body)

    async def buy(self) -> Response:
        try:
            await self.ask("/charges")
        except self.failures:
            return self.unavailable()
        return JSONResponse({"state": "paid"}, 201)

    def unavailable(self) -> Response:
        return JSONResponse({"detail": "try again later"}, 503)

    async def _buy(self, request: Request) -> Response:
        await request.body()
        return await self.buy()

    async def _prices(self, request: Request) -> Response:
        return JSONResponse({"mug": 3})


async def _charge(request: Request) -> Response:
    return JSONResponse({"ok": True, "receipt": "0123456789abcdef"})


_BANK = Starlette(routes=[Route("/charges", _charge, methods=["POST"])])

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


@asynccontextmanager
async def _bank() -> AsyncIterator[tuple[str, str]]:
    """A bank: its own address, and one to relay it from."""
    with serving(_BANK) as url:
        yield url, f"127.0.0.1:{free_port()}"


async def tried_on(check: Check, shop: type[Shop], *, beside: Sequence[Check] = (), **objectives: Any) -> Tried:
    """Try a check, and others beside it, on a shop whose bank stands behind a relay."""
    async with _bank() as (url, door):
        return await tried(
            check,
            shop(f"http://{door}").app,
            DOCUMENT,
            budget=120.0,
            beside=beside,
            boundary={"depends_on": ["bank"], "objectives": {"deadline": "1s", "recovery": "1s", **objectives}},
            boundaries={"bank": {"kind": "http", "url": url, "relay": {"listen": door}}},
        )
