"""An HTTP/1.1 server small enough to misbehave on purpose: it can reset, hang and break off, which others prevent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import Literal, cast

import httptools

from seamwright.model.errors import UsageError
from seamwright.model.exchange import Request, Response

__all__ = ["Delivery", "Handle", "Listener"]

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of a request's body that are taken; more is answered 413."""

_BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Delivery:
    """What goes back to a client, after `delay` seconds, and how its connection ends (None: as HTTP has it)."""

    response: Response | None
    delay: float = 0.0
    ends: Literal["reset", "hang", "truncate"] | None = None


Handle = Callable[[Request], Awaitable[Delivery]]
"""Answers one request; its URL is the target of the request line."""


class Listener:
    """Listens on a port and gives each request to a handler; requests of one connection one after the other."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._server: asyncio.Server | None = None
        self._open: set[_Connection] = set()

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen; gives the address. Raises UsageError where it cannot be had."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: _Connection(self._handle, self._open), host, port)
        except OSError as error:
            raise UsageError(
                f"{host}:{port} cannot be listened on: {error.strerror or error}; choose another"
            ) from None
        address = self._server.sockets[0].getsockname()
        return str(address[0]), int(address[1])

    async def close(self) -> None:
        """Stop listening and end every connection; may be called twice."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._open):
            connection.end()
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None


class _Connection(asyncio.Protocol):
    """One client; httptools calls the methods that begin with `on_`."""

    def __init__(self, handle: Handle, among: set[_Connection]) -> None:
        self._handle = handle
        self._among = among
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: asyncio.Queue[tuple[Request, bool] | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._url = b""
        self._headers: list[tuple[str, str]] = []
        self._body = bytearray()
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has another base
        self._among.add(self)
        self._task = asyncio.ensure_future(self._serve())

    def connection_lost(self, exc: Exception | None) -> None:
        self.end()

    def end(self) -> None:
        """End it now, whatever is under way."""
        self._among.discard(self)
        if self._task is not None:
            self._task.cancel()
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(400, "this connection speaks HTTP/1.1 and cannot be upgraded")
        except httptools.HttpParserError as error:
            self._refuse(400, f"this is no HTTP/1.1: {error}")

    # -- as the parser reads ---

    def on_message_begin(self) -> None:
        self._url, self._headers = b"", []
        self._body = bytearray()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        expects = any(n.lower() == "expect" and v.lower() == "100-continue" for n, v in self._headers)
        if expects and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > LARGEST_BODY and not self._refused:
            self._refuse(413, f"the body is larger than {LARGEST_BODY} bytes")

    def on_message_complete(self) -> None:
        if self._refused:
            return
        method = self._parser.get_method().decode("latin-1")
        request = Request(method, self._url.decode("latin-1"), tuple(self._headers), bytes(self._body))
        self._waiting.put_nowait((request, self._parser.should_keep_alive()))

    # -- and as answers are given ---

    async def _serve(self) -> None:
        while (waiting := await self._waiting.get()) is not None:
            request, keep = waiting
            delivery = await self._handle(request)
            if delivery.delay:
                await asyncio.sleep(delivery.delay)
            if not await self._deliver(request, delivery, keep):
                return

    async def _deliver(self, request: Request, delivery: Delivery, keep: bool) -> bool:
        """Send an answer; whether the connection goes on."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        if delivery.ends == "hang":
            await asyncio.Event().wait()
        if delivery.ends == "reset" or delivery.response is None:
            _reset(transport)
            return False
        data = _bytes(delivery.response, request.method, keep=keep and delivery.ends is None)
        if delivery.ends == "truncate":
            transport.write(data[: len(data) - max(1, len(delivery.response.body) // 2)])
            transport.close()
            return False
        transport.write(data)
        if not keep:
            transport.close()
        return keep

    def _refuse(self, status: int, why: str) -> None:
        self._refused = True
        if self._transport is not None and not self._transport.is_closing():
            response = Response(status, (("content-type", "text/plain; charset=utf-8"),), f"{why}\n".encode())
            self._transport.write(_bytes(response, "GET", keep=False))
            self._transport.close()


def _bytes(response: Response, method: str, *, keep: bool) -> bytes:
    """The bytes of an answer (RFC 9112)."""
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {response.status} {phrase}", f"date: {formatdate(usegmt=True)}"]
    lines += [f"{name}: {_line(value)}" for name, value in response.headers]
    if response.status not in _BODILESS and response.status >= 200:
        lines.append(f"content-length: {len(response.body)}")
    if not keep:
        lines.append("connection: close")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
    return head if method == "HEAD" or response.status in _BODILESS else head + response.body


def _line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")


def _reset(transport: asyncio.Transport) -> None:
    """End a connection with a RST: the kernel sends one where nothing may linger (socket(7), SO_LINGER)."""
    with contextlib.suppress(OSError):
        found: socket.socket | None = transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
