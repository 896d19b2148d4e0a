"""WebSocket (RFC 6455): conversations, and plain HTTP requests to the same address for what a handshake refuses.

An exchange of a conversation is one message sent and what came back within a while. Its response has status 200 where
messages came, 204 where none did and the connection is open, and else the HTTP status that is nearest to the code by
which the other side closed (`websocket-close: 1007 …`). A connection that is gone without a closing frame is a failure.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from seamwright.model.boundary import Boundary
from seamwright.model.driver import Driver
from seamwright.model.errors import UsageError
from seamwright.model.exchange import Exchange, Failure, Request, Response

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

__all__ = ["CLOSED", "DRIVER", "WebSocketConnection", "WebSocketDialogue"]

LARGEST = 16 * 1024 * 1024
"""Bytes of one message, or of a plain answer, that are read."""

HEAD = 64 * 1024
"""Bytes of a plain answer before its body."""

CLOSED: Mapping[int, int] = {
    1000: 200,
    1001: 503,
    1002: 400,
    1003: 415,
    1007: 400,
    1008: 403,
    1009: 413,
    1010: 400,
    1011: 500,
    1012: 503,
    1013: 503,
    1014: 502,
}
"""Code of a closing frame (RFC 6455, section 7.4.1) → the HTTP status nearest to it; others are 400."""


class WebSocketConnection:
    """Opens conversations with one address; safe for concurrent use."""

    async def send(self, request: Request, *, timeout: float, fresh: bool = False) -> Exchange:
        """Send one plain HTTP/1.1 request on a connection of its own; a handshake too is answered, and left there."""
        started, clock = time.time(), time.perf_counter()
        response: Response | None = None
        failure: Failure | None = None
        try:
            async with asyncio.timeout(timeout):
                response = await _asked(request)
        except TimeoutError:
            failure = Failure("timeout", f"no complete answer within {timeout:g} s")
        except ConnectionError as error:
            kind = "connect" if isinstance(error, ConnectionRefusedError) else "reset"
            failure = Failure(kind, str(error) or type(error).__name__)
        except OSError as error:
            failure = Failure("connect", str(error))
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            failure = Failure("protocol", str(error) or type(error).__name__)
        return Exchange(request, response, failure, started, time.perf_counter() - clock)

    async def open(self, request: Request, *, timeout: float) -> WebSocketDialogue:
        """Begin a conversation; where the handshake is refused, `opening` tells how. Raises ValueError for no address.

        The headers are sent along; `sec-websocket-protocol` names the subprotocols that are offered.
        """
        connect, refused = _library()
        offered = [p.strip() for p in (request.header("sec-websocket-protocol") or "").split(",") if p.strip()]
        rest = [(name, value) for name, value in request.headers if name.lower() != "sec-websocket-protocol"]
        started, clock = time.time(), time.perf_counter()
        socket: ClientConnection | None = None
        response: Response | None = None
        failure: Failure | None = None
        try:
            socket = await connect(
                request.url,
                subprotocols=offered or None,
                additional_headers=rest,
                user_agent_header="seamwright",
                # A proxy from the environment would carry test traffic to a host nobody named.
                proxy=None,
                open_timeout=timeout,
                ping_interval=None,
                close_timeout=1.0,
                max_size=LARGEST,
            )
            response = _response(socket.response)
        except refused.InvalidStatus as error:
            response = _response(error.response)
        except TimeoutError:
            failure = Failure("timeout", f"no handshake within {timeout:g} s")
        except refused.InvalidURI as error:
            raise ValueError(str(error)) from None
        except refused.InvalidHandshake as error:
            failure = Failure("protocol", str(error))
        except OSError as error:
            failure = Failure("connect", str(error))
        opening = Exchange(request, response, failure, started, time.perf_counter() - clock)
        return WebSocketDialogue(opening, socket)

    async def close(self) -> None:
        """Nothing stays open between conversations."""


class WebSocketDialogue:
    """One conversation; `opening` is the handshake."""

    def __init__(self, opening: Exchange, socket: ClientConnection | None) -> None:
        self.opening: Exchange | None = opening
        self._url = opening.request.url
        self._socket = socket

    async def say(self, message: str | bytes | None, *, wait: float, most: int) -> Exchange:
        """Send a text or binary message (None: nothing), and read up to `most` messages for `wait` seconds."""
        kind = "text/plain; charset=utf-8" if isinstance(message, str) else "application/octet-stream"
        body = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message or b""
        headers = () if message is None else (("content-type", kind),)
        request = Request("RECEIVE" if message is None else "SEND", self._url, headers, body)

        async def sent(socket: ClientConnection) -> None:
            if message is not None:
                # Text may be no text on purpose: bytes are sent as such a frame without being looked at.
                await socket.send(body, text=isinstance(message, str))

        return await self._done(request, sent, wait, most)

    async def put(self, data: bytes, *, wait: float, most: int) -> Exchange:
        """Put bytes on the connection as they are, as frames that no library would make, and read what comes."""
        request = Request("FRAME", self._url, (("content-type", "application/octet-stream"),), data)

        async def written(socket: ClientConnection) -> None:
            socket.transport.write(data)

        return await self._done(request, written, wait, most)

    async def end(self, *, wait: float) -> Exchange:
        """Begin the closing handshake, and wait for the other side's part of it."""
        request = Request("CLOSE", self._url, (("websocket-close", "1000"),))

        async def closing(socket: ClientConnection) -> None:
            async with asyncio.timeout(wait):
                await socket.close(1000)

        return await self._done(request, closing, wait, 0)

    async def _done(self, request: Request, act: Any, wait: float, most: int) -> Exchange:
        started, clock = time.time(), time.perf_counter()
        messages: list[str | bytes] = []
        response: Response | None = None
        failure: Failure | None = None
        if self._socket is None:
            failure = Failure("connect", "the conversation was never begun: its handshake was refused")
            return Exchange(request, None, failure, started, 0.0)
        _, refused = _library()
        loop = asyncio.get_running_loop()
        end = loop.time() + wait
        try:
            await act(self._socket)
            while len(messages) < most:
                async with asyncio.timeout_at(end):
                    messages.append(await self._socket.recv())
        except TimeoutError:
            pass
        except refused.ConnectionClosed:
            response, failure = self._closed(messages)
        if response is None and failure is None:
            if most == 0 and self._socket.close_code is not None:
                response, failure = self._closed(messages)
            else:
                response = _told(200 if messages else 204, (), messages)
        return Exchange(request, response, failure, started, time.perf_counter() - clock)

    def _closed(self, messages: Sequence[str | bytes]) -> tuple[Response | None, Failure | None]:
        """How the other side has ended the conversation."""
        assert self._socket is not None
        frame = self._socket.protocol.close_rcvd
        if frame is None:
            sent = self._socket.protocol.close_sent
            if sent is not None and sent.code not in (1000, 1001):
                return None, Failure("protocol", f"what came is no WebSocket frame as it should be: {sent.reason}")
            return None, Failure("reset", "the connection ended without a closing frame")
        code = int(frame.code)
        headers = (("websocket-close", f"{code} {frame.reason}".strip()),)
        return _told(CLOSED.get(code, 400), headers, messages), None

    async def close(self) -> None:
        """Let go of the connection; may be called twice."""
        if self._socket is not None:
            self._socket.transport.abort()
            await self._socket.wait_closed()


def _told(status: int, headers: tuple[tuple[str, str], ...], messages: Sequence[str | bytes]) -> Response:
    """A response with what came: a single message as it is, several as a list in JSON."""
    if not messages:
        return Response(status, headers)
    if len(messages) == 1:
        text = isinstance(messages[0], str)
        kind = "text/plain; charset=utf-8" if text else "application/octet-stream"
        body = messages[0].encode() if isinstance(messages[0], str) else messages[0]
        return Response(status, (("content-type", kind), *headers), body)
    shown = [m if isinstance(m, str) else {"base64": base64.b64encode(m).decode("ascii")} for m in messages]
    return Response(status, (("content-type", "application/json"), *headers), json.dumps(shown).encode())


def _response(answer: Any) -> Response:
    headers = tuple((name.lower(), value) for name, value in answer.headers.raw_items())
    return Response(answer.status_code, headers, bytes(answer.body or b""))


def _library() -> tuple[Any, Any]:
    try:
        from websockets import exceptions
        from websockets.asyncio.client import connect
    except ImportError:
        raise UsageError("speaking WebSocket needs websockets: pip install 'seamwright[websocket]'") from None

    class Connect(connect):
        def process_redirect(self, exc: Exception) -> Exception | str:
            # Where a redirect leads to, nobody has named.
            return exc

    return Connect, exceptions


async def _asked(request: Request) -> Response:
    """One HTTP/1.1 request, and its answer as far as its head and a body of a told length go."""
    parts = urlsplit(request.url)
    tls = ssl.create_default_context() if parts.scheme == "wss" else None
    port = parts.port or (443 if tls else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=tls, limit=HEAD)
    try:
        writer.write(_head(request, parts.netloc.rpartition("@")[2], parts.path or "/", parts.query) + request.body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        version, status, *_ = first.split(" ", 2)
        if not version.startswith("HTTP/1.") or not status.isdigit():
            raise ValueError(f"the answer is not HTTP/1.1: {first[:100]!r}")
        headers = tuple((name.strip().lower(), value.strip()) for name, _, value in (s.partition(":") for s in lines))
        length = next((v for n, v in headers if n == "content-length" and v.isdigit()), "0")
        body = await reader.readexactly(min(int(length), LARGEST)) if int(status) != 101 else b""
        return Response(int(status), headers, body)
    finally:
        writer.transport.abort()


def _head(request: Request, host: str, path: str, query: str) -> bytes:
    target = f"{path}?{query}" if query else path
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {host}"]
    if request.body:
        lines.append(f"Content-Length: {len(request.body)}")
    lines += [f"{name}: {value}" for name, value in request.headers]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header holds a line break")
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"


def _open(boundary: Boundary) -> WebSocketConnection:
    return WebSocketConnection()


DRIVER = Driver(kind="websocket", speaks="WebSocket", open=_open)
