"""One HTTP/1.1 connection as a plain asyncio protocol, quick enough to measure others with.

A connection carries one request at a time (no pipelining) and keeps itself open where the answer allows it. It follows
no redirect, repeats nothing and decodes no content encoding: what came over the wire is what is handed up.
"""

from __future__ import annotations

import asyncio
import functools
import os
import re
import ssl
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, TypeVar, cast

import httptools

__all__ = [
    "Answering",
    "Connection",
    "ExchangeError",
    "Failure",
    "Response",
    "dial",
    "render_request",
]

Failure = Literal["connect", "timeout", "reset", "protocol", "too-large"]
"""What kept an answer from coming: no connection; no answer in time; a connection that ended first; not HTTP/1.1; a
body beyond what is taken."""

_MAX_HEADERS = 1000
_ENDS_A_LINE = re.compile(r"[\r\n\0]")
_NO_NAME = re.compile(r"[\r\n\0 :]")
_NO_TARGET = re.compile(r"[^\x21-\x7e]")
_BODY_EXPECTED = frozenset({"POST", "PUT", "PATCH"})
_FRAMING = frozenset({"content-length", "transfer-encoding"})


class Response(NamedTuple):
    """An answer: `status`, `headers` as received, in their order, and `body` with its transfer coding removed."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        """The first header of this name, compared without case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class ExchangeError(Exception):
    """No answer came. `failure` is its class, the message says what happened in words."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure: Failure = failure
        self.detail = detail


def render_request(
    method: str,
    target: str,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes | None = None,
) -> bytes:
    """The bytes of one HTTP/1.1 request (RFC 9112 section 3), rendered once and sent many times.

    `target` is the origin form (`/orders?limit=5`), already percent-encoded. `Content-Length` is added where a body is
    given or where the method is expected to carry one. Raises ValueError when there is no Host header, or when a name,
    a value or the target could end its line early.
    """
    names, unfit, lines = _fields(tuple(headers.items() if isinstance(headers, Mapping) else headers))
    if "host" not in names:
        raise ValueError(f"{method} {target}: an HTTP/1.1 request needs a Host header; add ('Host', 'name:port')")
    if not target or _NO_TARGET.search(target):
        raise ValueError(f"{method} {target!r}: the target must be percent-encoded ASCII without spaces")
    if not method.isascii() or not method.isalpha():
        raise ValueError(f"{method!r} is not a method")
    if unfit is not None:
        raise ValueError(f"{method} {target}: header {unfit!r} has a line break or a forbidden character")
    head = f"{method} {target} HTTP/1.1\r\n{lines}"
    if (body is not None or method in _BODY_EXPECTED) and names.isdisjoint(_FRAMING):
        head += f"Content-Length: {len(body or b'')}\r\n"
    return head.encode("latin-1") + b"\r\n" + (body or b"")


@functools.lru_cache(maxsize=64)
def _fields(pairs: tuple[tuple[str, str], ...]) -> tuple[frozenset[str], str | None, str]:
    """The names of headers in lower case, the first that cannot be sent, and the lines of all of them.

    Many requests in a row carry the same headers, and are not looked through each time.
    """
    names = frozenset(name.lower() for name, _ in pairs)
    unfit = (name for name, value in pairs if not name or _NO_NAME.search(name) or _ENDS_A_LINE.search(value))
    return names, next(unfit, None), "".join(f"{name}: {value}\r\n" for name, value in pairs)


class Connection(asyncio.Protocol):
    """One connection to an HTTP/1.1 server. A subclass says what becomes of an answer, a failure and the end.

    The hooks run on the event loop and only between two messages, so `on_answer` may send the next request at once.
    """

    __slots__ = (
        "_body",
        "_complete",
        "_detail",
        "_failure",
        "_head_only",
        "_headers",
        "_headers_done",
        "_keep_alive",
        "_max_body",
        "_parser",
        "_size",
        "_status",
        "_surplus",
        "_transport",
        "busy",
        "closed",
    )

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self.busy = False
        self.closed = False
        self._head_only = False
        self._keep_alive = True
        self._status = 0
        self._size = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._headers_done = False
        self._complete = False
        self._surplus = False
        self._detail: str | None = None
        self._failure: Failure = "protocol"

    def on_answer(self, response: Response) -> None:
        """An answer is whole; the connection may be used again unless `usable` says otherwise."""
        raise NotImplementedError

    def on_failure(self, failure: Failure, detail: str) -> None:
        """The request on its way gets no answer; the connection is being closed."""
        raise NotImplementedError

    def on_gone(self) -> None:
        """The connection is closed, for whatever reason."""

    @property
    def usable(self) -> bool:
        """Whether a request may be sent now."""
        transport = self._transport
        return not (self.busy or self.closed or transport is None or transport.is_closing())

    def send(self, request: bytes) -> None:
        """Write one rendered request. Exactly one of `on_answer` and `on_failure` follows."""
        if self._transport is None or self.busy or self.closed:
            raise RuntimeError("this connection is busy or closed; look at `usable` before sending")
        self.busy = True
        self._head_only = request.startswith(b"HEAD ")
        self._transport.write(request)

    def fail(self, failure: Failure, detail: str) -> None:
        """Give up: the request on its way fails with this, and the connection is cut."""
        busy, self.busy = self.busy, False
        self.close()
        if busy:
            self.on_failure(failure, detail)

    def close(self) -> None:
        """Cut the connection; harmless when it is closed already."""
        self._keep_alive = False
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are transports by behaviour, not by class
        self._parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        parser = self._parser
        if parser is None or not self.busy:
            # Nobody asked: whatever these bytes are, the next answer could no longer be told from them.
            self.close()
            return
        try:
            parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._detail = "the server switched protocols (101) without being asked"
        except httptools.HttpParserError as error:
            if not self._complete:
                self._detail = f"not a valid HTTP/1.1 answer: {error}"
            self._keep_alive = False
        if self._complete:
            self._deliver()
        elif self._detail is not None:
            self.fail(self._failure, self._detail)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self.busy:
            if exc is None and self._ended_by_close():
                self._deliver()
            else:
                self._lose(exc)
        self._parser = None  # it holds our bound methods: without this each connection would wait for the collector
        self.on_gone()

    # httptools callbacks

    def on_message_begin(self) -> None:
        if self._complete:
            self._surplus = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self._headers) < _MAX_HEADERS:
            self._headers.append((name, value))
        else:
            self._detail = f"more than {_MAX_HEADERS} headers"

    def on_headers_complete(self) -> None:
        if self._surplus or self._parser is None:
            return
        self._status = self._parser.get_status_code()
        self._headers_done = True
        if self._head_only and self._status >= 200:
            # RFC 9112 section 6.3: no body follows whatever Content-Length says, and the parser cannot know it.
            self._complete = True
            self._keep_alive = self._parser.should_keep_alive()

    def on_body(self, data: bytes) -> None:
        if self._complete and self._head_only and not self._body:
            # No content may follow a HEAD. It is handed up, so that it can be told, and the rest of it is cut off.
            self._body.append(data)
            self._keep_alive = False
        if self._surplus or self._complete:
            return
        self._size += len(data)
        if self._size > self._max_body:
            self._failure, self._detail = "too-large", f"the body is larger than {self._max_body} bytes"
        else:
            self._body.append(data)

    def on_message_complete(self) -> None:
        if self._surplus or self._complete or self._parser is None:
            return
        if self._status == 101:
            return  # the parser stops here, and data_received says why
        if 100 <= self._status < 200:
            self._clear()  # an interim answer (RFC 9110 section 15.2); the real one follows
            return
        if self._detail is None:
            self._complete = True
            self._keep_alive = self._parser.should_keep_alive()

    def _clear(self) -> None:
        self._status = 0
        self._size = 0
        self._headers = []
        self._body = []
        self._headers_done = False
        self._complete = False
        self._surplus = False
        self._detail = None

    def _deliver(self) -> None:
        body = self._body
        response = Response(self._status, tuple(self._headers), body[0] if len(body) == 1 else b"".join(body))
        reusable = self._keep_alive and not self._surplus and not self.closed
        if reusable and self._head_only:
            self._parser = httptools.HttpResponseParser(self)
        self._clear()
        self.busy = False
        if not reusable:
            self.close()
        self.on_answer(response)

    def _ended_by_close(self) -> bool:
        """An answer with neither length nor chunks ends where the connection does (RFC 9112 section 6.3, rule 8)."""
        framed = (b"content-length", b"transfer-encoding")
        return (
            self._headers_done and self._detail is None and not any(name.lower() in framed for name, _ in self._headers)
        )

    def _lose(self, exc: Exception | None) -> None:
        started = self._headers_done or self._headers
        where = f"in the middle of the answer, after {self._size} body bytes" if started else "before any answer"
        if exc is None and started:
            self.fail("protocol", f"the connection was closed {where}")
        elif exc is None:
            self.fail("reset", f"the connection was closed {where}")
        else:
            self.fail("reset", f"the connection broke {where}: {exc or type(exc).__name__}")


_C = TypeVar("_C", bound=Connection)


async def dial(
    connection: _C,
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    server_name: str | None = None,
    timeout: float,
) -> _C:
    """Connect `connection` within `timeout` seconds and return it.

    `server_name` is the name that TLS asks for and checks (default: `host`). Raises ExchangeError of class "connect";
    the operating system's or TLS's own error is its cause.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout):
            await loop.create_connection(
                lambda: connection,
                host,
                port,
                ssl=tls,
                server_hostname=(server_name or host) if tls is not None else None,
            )
    except TimeoutError as error:
        raise ExchangeError("connect", f"{host}:{port} did not accept within {timeout:g} s") from error
    except ssl.SSLError as error:
        raise ExchangeError("connect", f"TLS with {host}:{port} failed: {error}") from error
    except OSError as error:
        # asyncio's own text says only that the call failed.
        detail = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else str(error)
        raise ExchangeError("connect", f"{host}:{port}: {detail}") from error
    return connection


class Answering(Connection):
    """A connection for one caller who waits: `await exchange(request)`."""

    __slots__ = ("_waiter",)

    def __init__(self, max_body: int = 8 * 1024 * 1024) -> None:
        super().__init__(max_body)
        self._waiter: asyncio.Future[Response] | None = None

    async def exchange(self, request: bytes, *, timeout: float) -> Response:
        """Send one rendered request and wait for its answer. Raises ExchangeError; the connection is then closed."""
        if not self.usable:
            raise ExchangeError("reset", "the connection is closed already; open another one")
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        self.send(request)
        # A timer of its own takes a third of what `asyncio.timeout` does, which counts at thousands a second.
        late = loop.call_later(timeout, self.fail, "timeout", f"no whole answer within {timeout:g} s")
        try:
            return await self._waiter
        finally:
            late.cancel()
            self._waiter = None
            if self.busy:
                self.close()

    def on_answer(self, response: Response) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(response)

    def on_failure(self, failure: Failure, detail: str) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(ExchangeError(failure, detail))
