"""The smallest HTTP server that an API of JSON needs: one request on a connection, which is then closed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import httptools

__all__ = ["Asked", "JsonDoor", "NotDone", "Reply"]

_MAX_REQUEST = 64 * 1024


class NotDone(Exception):
    """A request that is not carried out; the message is the answer's `error`."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `path` are its segments, percent-decoded; header names are lower case."""

    method: str
    path: tuple[str, ...]
    query: dict[str, list[str]]
    headers: dict[bytes, bytes]
    body: bytes

    def json(self) -> Any:
        """Its body as JSON. Raises ValueError."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("the JSON is nested too deep") from None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: JSON, or a text where it is a string."""

    value: Any = None
    status: HTTPStatus = HTTPStatus.OK


class JsonDoor(asyncio.Protocol):
    """Hands the request of one connection to `handle`, and answers with what comes back.

    NotDone and ValueError are answers; `error_of` makes their JSON. `tasks` holds what is under way. An offer to speak
    another protocol is passed over (RFC 9110, section 7.8).
    """

    def __init__(
        self,
        handle: Callable[[Asked], Awaitable[Reply]],
        tasks: set[asyncio.Task[None]],
        error_of: Callable[[HTTPStatus, str], Any] = lambda _, detail: {"error": detail},
    ) -> None:
        self._handle = handle
        self._tasks = tasks
        self._error_of = error_of
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url = b""
        self._body = b""
        self._headers: dict[bytes, bytes] = {}
        self._size = 0
        self._done = False
        self._offered = False
        """To speak another protocol: the parser then reads no body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._done:
            return
        self._size += len(data)
        if self._size > _MAX_REQUEST:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {_MAX_REQUEST} bytes")
            return
        if self._offered:
            self._read_on(data)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as error:
            self._offered = True
            self._read_on(data[error.args[0] :])
        except httptools.HttpParserError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, f"not an HTTP/1.1 request: {error}")

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if not self._parser.should_upgrade():
            self._complete()

    def _read_on(self, data: bytes) -> None:
        length = self._headers.get(b"content-length", b"0")
        if not length.isdigit() or b"transfer-encoding" in self._headers:
            self._refuse(HTTPStatus.BAD_REQUEST, "no other protocol is spoken here; ask without an upgrade")
            return
        self._body += data
        if len(self._body) >= int(length):
            self._complete()

    def _complete(self) -> None:
        if not self._done:
            self._done = True
            task = asyncio.get_running_loop().create_task(self._answered())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answered(self) -> None:
        try:
            url = urlsplit(self._url.decode("ascii", "replace"))
            path = tuple(unquote(part) for part in url.path.split("/") if part)
            asked = Asked(self._parser.get_method().decode(), path, parse_qs(url.query), self._headers, self._body)
            reply = await self._handle(asked)
        except NotDone as error:
            self._refuse(error.status, str(error))
        except ValueError as error:
            self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except RuntimeError as error:  # what is asked is being stopped
            self._refuse(HTTPStatus.CONFLICT, str(error))
        except Exception as error:  # whoever asked is not to wait for ever; the event loop tells of it
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"{type(error).__name__}: {error}")
            raise
        else:
            self._answer(reply.status, reply.value)

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        self._answer(status, self._error_of(status, detail))

    def _answer(self, status: HTTPStatus, value: Any) -> None:
        self._done = True
        if self._transport is None or self._transport.is_closing():
            return
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n"
        if status is HTTPStatus.NO_CONTENT:
            body = b""
        elif isinstance(value, str):
            body = value.encode()
            head += f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        else:
            body = json.dumps(value).encode()
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self._transport.write(head.encode() + b"\r\n" + body)
        self._transport.close()
