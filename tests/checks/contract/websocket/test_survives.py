"""Tried on a server that bears odd messages, on ones that fail over them, and on one that is not there."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from seamwright.checks.contract.websocket.survives import CHECK
from tests.checks.stage import tried_at
from tests.serving import free_port
from tests.websocket import accepted, serving_raw, serving_websocket


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seamwright.checks.contract.websocket.survives.WAIT", 0.15)
    monkeypatch.setattr("seamwright.checks.contract.websocket._handshake.COMES_BACK", 0.3)


async def _echo(socket: Any) -> None:
    async for message in socket:
        await socket.send(message)


async def _eager(socket: Any) -> None:
    async for message in socket:
        await socket.send(json.dumps({"type": json.loads(message)["type"]}))


async def test_a_server_that_bears_it() -> None:
    with serving_websocket(_echo) as url:
        found = await tried_at(CHECK, url, None, boundary={"kind": "websocket"})
    assert found.verdict == "proved", found.evidence.why
    closed = {e.note: e.response.header("websocket-close") for e in found.exchanges if e.response and e.status == 400}
    assert (closed["a text that is no UTF-8"] or "").startswith("1007")
    assert (closed["a frame with a reserved opcode"] or "").startswith("1002")


async def test_a_server_whose_handler_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seamwright.checks.contract.websocket.survives.WAIT", 1.0)  # each failure is to be seen
    with serving_websocket(_eager) as url:
        found = await tried_at(CHECK, url, None, boundary={"kind": "websocket"})
    assert found.verdict == "refuted"
    [finding] = found.evidence.findings
    assert "1011" in finding.title
    assert finding.count == 6, "one handler that catches nothing"
    assert found.cell("a frame that is not masked") == "proved"


async def test_a_server_that_takes_any_bytes() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accepted(reader, writer)
        await reader.read()

    with serving_raw(handle) as url:
        found = await tried_at(CHECK, url, None, boundary={"kind": "websocket"})
    refuted = {c.cell for c in found.evidence.cells if str(c.verdict) == "refuted"}
    assert "a frame that is not masked" in refuted
    assert "a binary message" not in refuted


async def test_a_server_that_is_gone_afterwards() -> None:
    ended = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if ended.is_set():
            writer.transport.abort()
            return
        await accepted(reader, writer)
        if await reader.read(4096):
            ended.set()

    with serving_raw(handle) as url:
        found = await tried_at(CHECK, url, None, boundary={"kind": "websocket"})
    assert found.cell("an empty text") == "refuted"
    assert found.cell("a binary message") == "unknown"
    assert "no new conversation opens afterwards" in found.evidence.findings[0].title


async def test_a_server_that_is_not_there() -> None:
    found = await tried_at(CHECK, f"ws://127.0.0.1:{free_port()}", None, boundary={"kind": "websocket"})
    assert found.verdict == "unknown"
