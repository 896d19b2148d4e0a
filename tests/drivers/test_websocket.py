"""Conversations against real servers: what was said, what came back, and how they ended."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import pytest

from seamwright.drivers.websocket import CLOSED, DRIVER, WebSocketConnection
from seamwright.model.boundary import Boundary
from seamwright.model.exchange import Exchange, Request
from tests.serving import free_port
from tests.websocket import accepted, serving_raw, serving_websocket


async def _echo(socket: Any) -> None:
    async for message in socket:
        if message == "thrice":
            for _ in range(3):
                await socket.send("again")
        elif message == "leave":
            await socket.close(4001, "as you wish")
        elif message == "fail":
            raise RuntimeError("nobody caught it")
        else:
            await socket.send(message)


def _told(exchange: Exchange) -> tuple[int, str]:
    assert exchange.response is not None, exchange
    return exchange.status, exchange.response.text


async def test_messages_both_ways() -> None:
    with serving_websocket(_echo) as url:
        connection: WebSocketConnection = DRIVER.open(Boundary(kind="websocket", url=url))
        talk = await connection.open(Request("GET", url, (("x-trace", "7"),)), timeout=5)
        assert talk.opening is not None
        assert talk.opening.status == 101
        assert _told(await talk.say("hello", wait=5, most=1)) == (200, "hello")
        binary = await talk.say(b"\x00\xff", wait=5, most=1)
        assert binary.response is not None
        assert (binary.response.media_type, binary.response.body) == ("application/octet-stream", b"\x00\xff")
        many = await talk.say("thrice", wait=5, most=3)
        assert many.response is not None
        assert many.response.json() == ["again", "again", "again"]
        assert (await talk.say(None, wait=0.05, most=1)).status == 204
        ended = await talk.end(wait=5)
        assert ended.response is not None
        assert (ended.status, ended.response.header("websocket-close")) == (200, "1000")
        await talk.close()
        await talk.close()
        await connection.close()


@pytest.mark.parametrize(
    ("message", "status", "close"), [("leave", 400, "4001 as you wish"), ("fail", CLOSED[1011], "1011")]
)
async def test_the_other_side_ends_it(message: str, status: int, close: str) -> None:
    with serving_websocket(_echo) as url:
        talk = await WebSocketConnection().open(Request("GET", url), timeout=5)
        exchange = await talk.say(message, wait=5, most=1)
        assert exchange.response is not None
        assert (exchange.status, (exchange.response.header("websocket-close") or "").startswith(close)) == (
            status,
            True,
        )
        again = await talk.say("hello", wait=5, most=1)
        assert again.status == status, "what has ended stays so"
        await talk.close()


async def test_bytes_in_place_of_frames() -> None:
    with serving_websocket(_echo) as url:
        talk = await WebSocketConnection().open(Request("GET", url), timeout=5)
        exchange = await talk.put(b"\x83\x80\0\0\0\0", wait=5, most=1)
        assert exchange.response is not None
        assert (exchange.response.header("websocket-close") or "").startswith("1002")
        await talk.close()
        talk = await WebSocketConnection().open(Request("GET", url), timeout=5)
        text = await talk.say("\udcff", wait=5, most=1)
        assert text.response is not None
        assert (text.response.header("websocket-close") or "").startswith("1007")
        await talk.close()


async def test_a_connection_that_is_gone() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accepted(reader, writer)
        await reader.read(10)
        writer.transport.abort()

    with serving_raw(handle) as url:
        talk = await WebSocketConnection().open(Request("GET", url), timeout=5)
        exchange = await talk.say("hello", wait=5, most=1)
        assert exchange.failure is not None
        assert exchange.failure.kind == "reset"
        await talk.close()


async def test_a_handshake_that_is_refused() -> None:
    def refuse(connection: Any, request: Any) -> Any:
        response = connection.respond(HTTPStatus.FOUND, "elsewhere\n")
        response.headers["Location"] = "ws://127.0.0.1:9/"
        return response

    with serving_websocket(_echo, process_request=refuse) as url:
        talk = await WebSocketConnection().open(Request("GET", url), timeout=5)
        assert talk.opening is not None
        assert talk.opening.status == 302, "a redirect leads to where nobody has named"
        said = await talk.say("hello", wait=1, most=1)
        assert said.failure is not None
        await talk.close()


async def test_why_no_handshake_came() -> None:
    async def wrong(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accepted(reader, writer, wrong=True)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    for handle, kind in ((wrong, "protocol"), (silent, "timeout")):
        with serving_raw(handle) as url:
            talk = await WebSocketConnection().open(Request("GET", url), timeout=0.5)
        assert talk.opening is not None
        assert talk.opening.failure is not None
        assert talk.opening.failure.kind == kind
    talk = await WebSocketConnection().open(Request("GET", f"ws://127.0.0.1:{free_port()}"), timeout=5)
    assert talk.opening is not None
    assert talk.opening.failure is not None
    assert talk.opening.failure.kind == "connect"
    with pytest.raises(ValueError):
        await WebSocketConnection().open(Request("GET", "http://127.0.0.1:1/"), timeout=5)


async def test_plain_requests_to_the_same_address() -> None:
    with serving_websocket(_echo) as url:
        connection = WebSocketConnection()
        plain = await connection.send(Request("GET", url), timeout=5)
        assert plain.status == 426
        assert plain.response is not None
        assert plain.response.body
        refused = await connection.send(Request("GET", f"{url}?a=b", (("x", "a\r\nb"),)), timeout=5)
        assert refused.failure is not None
        assert refused.failure.kind == "protocol"
        await connection.close()
    gone = await connection.send(Request("GET", f"ws://127.0.0.1:{free_port()}"), timeout=5)
    assert gone.failure is not None
    assert gone.failure.kind == "connect"


async def test_subprotocols_are_offered() -> None:
    with serving_websocket(_echo, subprotocols=["chat"]) as url:
        headers = (("sec-websocket-protocol", "news, chat"),)
        talk = await WebSocketConnection().open(Request("GET", url, headers), timeout=5)
        assert talk.opening is not None
        assert talk.opening.response is not None
        assert talk.opening.response.header("sec-websocket-protocol") == "chat"
        await talk.close()
