"""Tried on a server that keeps to RFC 6455, on ones that do not, and on one that lets nobody in."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import pytest

from seamwright.checks.contract.websocket.handshake import CHECK
from tests.checks.stage import tried_at
from tests.websocket import accepted, serving_raw, serving_websocket


async def _echo(socket: Any) -> None:
    async for message in socket:
        await socket.send(message)


async def test_a_server_that_keeps_to_it() -> None:
    with serving_websocket(_echo) as url:
        found = await tried_at(CHECK, url, None, boundary={"kind": "websocket"})
    assert found.verdict == "proved", found.evidence.why
    assert found.evidence.tried == 5


@pytest.mark.parametrize(
    ("wrong", "more", "cells"),
    [
        (True, b"", {"it opens"}),
        (False, b"Sec-WebSocket-Protocol: chat\r\n", {"no subprotocol is chosen that nobody offered"}),
    ],
)
async def test_a_server_that_takes_anything(wrong: bool, more: bytes, cells: set[str]) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accepted(reader, writer, wrong=wrong, more=more)
        await reader.read()

    with serving_raw(handle) as url:
        found = await tried_at(CHECK, url, None, boundary={"kind": "websocket"})
    assert found.verdict == "refuted"
    refuted = {c.cell for c in found.evidence.cells if str(c.verdict) == "refuted"}
    always = {"another version is refused", "a handshake without a key is refused"}
    assert refuted - {"it ends in an orderly way"} == always | cells


async def test_a_server_that_never_says_goodbye() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accepted(reader, writer)
        await reader.read()

    with serving_raw(handle) as url:
        found = await tried_at(CHECK, url, None, boundary={"kind": "websocket"})
    assert found.cell("it ends in an orderly way") == "refuted"
    assert found.cell("it opens") == "proved"


async def test_a_server_that_lets_nobody_in() -> None:
    def refuse(connection: Any, request: Any) -> Any:
        return connection.respond(HTTPStatus.UNAUTHORIZED, "who are you?\n")

    with serving_websocket(_echo, process_request=refuse) as url:
        found = await tried_at(CHECK, url, None, boundary={"kind": "websocket"})
    assert found.verdict == "unknown"
    assert str(found.evidence.cause) == "usage"


async def test_credentials_go_with_the_handshake() -> None:
    def guard(connection: Any, request: Any) -> Any:
        if request.headers.get("authorization") != "Bearer token-of-alice":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "who are you?\n")
        return None

    with serving_websocket(_echo, process_request=guard) as url:
        identities = {"alice": {"token": "token-of-alice"}}
        found = await tried_at(CHECK, url, None, boundary={"kind": "websocket"}, identities=identities)
    assert found.verdict == "proved", found.evidence.why
    assert all(e.identity == "alice" for e in found.exchanges)
