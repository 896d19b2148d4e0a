"""The little server: HTTP/1.1 as clients speak it, and connections that end in every way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from seamwright.model.errors import UsageError
from seamwright.model.exchange import Request, Response
from seamwright.services.mock import listener
from seamwright.services.mock.listener import Delivery, Handle, Listener


@asynccontextmanager
async def listening(handle: Handle) -> AsyncIterator[int]:
    found = Listener(handle)
    _, port = await found.start("127.0.0.1", 0)
    try:
        yield port
    finally:
        await found.close()


async def echo(request: Request) -> Delivery:
    told = f"{request.method} {request.url} {request.body.decode()}".encode()
    return Delivery(Response(200, (("content-type", "text/plain"),), told))


async def spoken(port: int, *parts: bytes) -> bytes:
    """What comes back until the server ends the connection, which the last part asks for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


async def test_requests_of_one_connection_are_answered_in_order() -> None:
    async with listening(echo) as port:
        first = b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n"
        second = b"POST /b?q HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc"
        answer = await spoken(port, first + second[:20], second[20:])
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.index(b"GET /a ") < answer.index(b"POST /b?q abc")
    assert answer.count(b"connection: close") == 1
    assert b"\r\ndate: " in answer


async def test_chunked_bodies_and_expectations() -> None:
    async with listening(echo) as port:
        head = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nexpect: 100-continue\r\n"
        head += b"connection: close\r\n\r\n"
        answer = await spoken(port, head, b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
    assert answer.endswith(b"POST / abc")


async def test_what_is_no_http_is_refused() -> None:
    async with listening(echo) as port:
        assert (await spoken(port, b"hello there\r\n\r\n")).startswith(b"HTTP/1.1 400 Bad Request")


async def test_a_body_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "LARGEST_BODY", 10)
    async with listening(echo) as port:
        answer = await spoken(port, b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n" + b"x" * 11)
    assert answer.startswith(b"HTTP/1.1 413")


async def test_answers_without_bodies_have_no_length() -> None:
    async def nothing(request: Request) -> Delivery:
        return Delivery(Response(204))

    async with listening(nothing) as port:
        answer = await spoken(port, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 204 No Content")
    assert b"content-length" not in answer


async def test_headers_cannot_be_split() -> None:
    async def odd(request: Request) -> Delivery:
        return Delivery(Response(299, (("x", "a\r\nset-cookie: b"),)))

    async with listening(odd) as port:
        answer = await spoken(port, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert b"\r\nset-cookie" not in answer
    assert answer.startswith(b"HTTP/1.1 299 ")


async def test_a_reset_is_a_reset() -> None:
    async def reset(request: Request) -> Delivery:
        return Delivery(None, ends="reset")

    async with listening(reset) as port:
        with pytest.raises(ConnectionResetError):
            await spoken(port, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")


async def test_a_truncated_answer_ends_half_way() -> None:
    async def cut(request: Request) -> Delivery:
        return Delivery(Response(200, (), b"0123456789"), ends="truncate")

    async with listening(cut) as port:
        answer = await spoken(port, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    assert b"content-length: 10" in answer
    assert answer.endswith(b"\r\n\r\n01234")


async def test_a_hanging_answer_ends_with_the_server() -> None:
    async def hang(request: Request) -> Delivery:
        return Delivery(Response(200), ends="hang")

    found = Listener(hang)
    _, port = await found.start("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.1)
    await asyncio.wait_for(found.close(), 5)
    with contextlib.suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def test_a_port_that_is_taken_is_told() -> None:
    async with listening(echo) as port:
        with pytest.raises(UsageError, match=f"127.0.0.1:{port} cannot be listened on"):
            await Listener(echo).start("127.0.0.1", port)
