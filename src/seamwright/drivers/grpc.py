"""gRPC: messages go in and come out as JSON, statuses as the HTTP statuses that they correspond to.

A request's body is the JSON of the message, or of a list of messages where the rpc takes a stream; a body of the media
type `application/grpc` is sent as the bytes of one message, whatever they are. An answer is `application/json` where
JSON stands for all that came: the message, a list of messages for a stream, `{"code", "message"}` for an error. Where
it does not (bytes that cannot be decoded, no message at all for an rpc that gives one), the body holds the messages as
they travelled, length-prefixed, as `application/grpc`. A stream that goes on is left after a while: status 206.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from seamwright.model.boundary import Boundary
from seamwright.model.driver import Driver
from seamwright.model.errors import ContractError, TargetError
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.model.operation import Contract
from seamwright.wire.grpc import CODES, STATUSES, Call, Channel, Ended, timeout_text
from seamwright.wire.protobuf import Method, described, framed, strays
from seamwright.wire.reflection import reflected
from seamwright.wire.rpc_status import DETAILS, error_details

__all__ = ["DRIVER", "GrpcConnection", "GrpcDialogue"]

JSON, WIRE = "application/json", "application/grpc"

TOO_MANY = 3
"""Messages after which an rpc that gives one has surely given too many."""

MESSAGES = 100
"""Messages of a stream that are read before it is left."""

WINDOW = 1.0
"""Seconds that a stream is read after its first message before it is left."""


class GrpcConnection:
    """Calls to one server; without a contract, messages are bytes."""

    def __init__(self, url: str, contract: Contract | None = None) -> None:
        self._url = url
        self._descriptors = described(contract) if contract is not None else None
        self._channel = Channel(url)

    async def send(self, request: Request, *, timeout: float, fresh: bool = False) -> Exchange:
        """Make one call with `timeout` as its deadline. A failed transport is an exchange with `failure`."""
        channel = Channel(self._url) if fresh else self._channel
        spoken = _with_deadline(request, timeout)
        started, clock = time.time(), time.perf_counter()
        try:
            answer, failure = await self._sent(channel, spoken, timeout)
        except ValueError as error:
            answer, failure = None, Failure("protocol", str(error))
        finally:
            if fresh:
                await channel.close()
        return Exchange(spoken, answer, failure, started, time.perf_counter() - clock)

    async def _sent(self, channel: Channel, request: Request, timeout: float) -> tuple[Response | None, Failure | None]:
        method = self._method(request)
        call = channel.start(_path(request), self._messages(request, method), request.headers, hold=False)
        try:
            if method is not None and method.gives_stream:
                ended = await call.read(MESSAGES, timeout, WINDOW)
            else:
                ended = await call.read(TOO_MANY, timeout, timeout)
        finally:
            await call.stop()
        return self._answer(ended, method)

    async def open(self, request: Request, *, timeout: float) -> GrpcDialogue:
        """Begin a call and leave our side of it open. Raises ValueError for what cannot be sent."""
        spoken = _with_deadline(request, timeout)
        call = self._channel.start(_path(spoken), (), spoken.headers, hold=True)
        return GrpcDialogue(self, spoken, call)

    def _method(self, request: Request) -> Method | None:
        return self._descriptors.method(_path(request)) if self._descriptors is not None else None

    def _messages(self, request: Request, method: Method | None) -> list[bytes]:
        """The messages of a request as bytes. Raises ValueError where its JSON is no message of the method."""
        if method is None or _media_type(request) != JSON:
            return [request.body]
        value = json.loads(request.body)
        return [self._encoded(method, item) for item in (value if method.takes_stream else [value])]

    def _encoded(self, method: Method, value: Any) -> bytes:
        assert self._descriptors is not None
        return self._descriptors.encode(method.takes, value)

    def _answer(self, ended: Ended, method: Method | None) -> tuple[Response | None, Failure | None]:
        """What came of a call: as JSON where JSON stands for all of it, else as it travelled."""
        if ended.failure is not None:
            return None, Failure(*ended.failure)
        gives_stream = method is not None and method.gives_stream
        if ended.cut and not gives_stream and len(ended.messages) < TOO_MANY:
            return None, Failure("protocol", "a message came, and the call was never ended with a status")
        metadata = (*ended.initial, *ended.trailing)
        if ended.code not in ("", "OK"):
            return self._refusal(ended, method, metadata), None
        status = () if ended.cut else (("grpc-status", "0"),)
        kind, body = JSON, self._shown(ended.messages, method)
        if body is None:
            kind, body = WIRE, framed(ended.messages)
        return Response(206 if ended.cut else 200, (("content-type", kind), *status, *metadata), body), None

    def _refusal(self, ended: Ended, method: Method | None, metadata: tuple[tuple[str, str], ...]) -> Response:
        told: dict[str, Any] = {"code": ended.code, "message": ended.text}
        for name, value in ended.trailing:
            if name == DETAILS:
                try:
                    told["details"] = error_details(base64.b64decode(value), self._descriptors)
                except ValueError:
                    told["details"] = value
        if ended.messages:
            shown = self._shown(ended.messages, replace(method, gives_stream=True) if method else None)
            told["messages"] = json.loads(shown) if shown is not None else len(ended.messages)
        headers = (
            ("content-type", JSON),
            ("grpc-status", str(CODES.index(ended.code))),
            ("grpc-message", ended.text),
            *metadata,
        )
        return Response(STATUSES[ended.code], headers, _json(told))

    def _shown(self, messages: Sequence[bytes], method: Method | None) -> bytes | None:
        """Messages as JSON; None where JSON would not stand for all that came."""
        if method is None or self._descriptors is None or (not method.gives_stream and len(messages) != 1):
            return None
        values = []
        for data in messages:
            try:
                message = self._descriptors.read(method.gives, data)
                if any(strays(message)):
                    return None
                values.append(self._descriptors.show(message))
            except ValueError:
                return None
        return _json(values if method.gives_stream else values[0])

    async def close(self) -> None:
        """Close the connection; may be called twice."""
        await self._channel.close()


class GrpcDialogue:
    """A call whose sides are both open: `say` sends a message and reads what comes."""

    def __init__(self, connection: GrpcConnection, request: Request, call: Call) -> None:
        self._connection = connection
        self._request = request
        self._call = call
        self.opening: Exchange | None = None

    async def say(self, message: str | bytes | None, *, wait: float, most: int) -> Exchange:
        """Send a message (text is the JSON of one, bytes are sent as they are, None is nothing) and read for a while.

        The answer has status 206 while the call goes on. Raises ValueError for JSON that is no such message.
        """
        body = message.encode() if isinstance(message, str) else message or b""
        kind = JSON if isinstance(message, str) else WIRE
        pairs = tuple((n, v) for n, v in self._request.headers if n.lower() != "content-type")
        request = replace(self._request, headers=(("content-type", kind), *pairs), body=body)
        method = self._connection._method(request)
        if message is not None:
            value = json.loads(body) if kind == JSON and method is not None else None
            self._call.say(self._connection._encoded(method, value) if value is not None and method else body)
        return await self._read(request, method, most, wait)

    async def put(self, data: bytes, *, wait: float, most: int) -> Exchange:
        """Raises ValueError: many calls share a connection, and bytes on it would be nobody's."""
        raise ValueError("calls share their connection, so nothing can be put on it as it is")

    async def end(self, *, wait: float) -> Exchange:
        """End our side and read what comes until the call has its status."""
        self._call.say(None)
        return await self._read(self._request, self._connection._method(self._request), MESSAGES, wait)

    async def _read(self, request: Request, method: Method | None, most: int, wait: float) -> Exchange:
        started, clock = time.time(), time.perf_counter()
        ended = await self._call.read(most, wait, wait)
        going = replace(method, gives_stream=True) if method else None
        answer, failure = self._connection._answer(ended, going if ended.cut else method)
        return Exchange(request, answer, failure, started, time.perf_counter() - clock)

    async def close(self) -> None:
        """End the call; may be called twice."""
        await self._call.stop()


def _with_deadline(request: Request, timeout: float) -> Request:
    if request.header("grpc-timeout") is not None:
        return request
    return replace(request, headers=(*request.headers, ("grpc-timeout", timeout_text(timeout))))


def _path(request: Request) -> str:
    return urlsplit(request.url).path


def _media_type(request: Request) -> str:
    return (request.header("content-type") or "").partition(";")[0].strip().lower()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


async def _describe(boundary: Boundary, callers: Sequence[Mapping[str, str]]) -> bytes:
    """Ask for the descriptors as each caller in turn, until one is told them."""
    why: ContractError | TargetError | None = None
    for headers in callers:
        try:
            return await reflected(boundary.url, metadata=tuple(headers.items()))
        except (ContractError, TargetError) as error:
            why = why or error
    assert why is not None, "nobody asked"
    raise why


def _open(boundary: Boundary) -> GrpcConnection:
    return GrpcConnection(boundary.url)


def _speaking(boundary: Boundary, contract: Contract) -> GrpcConnection:
    return GrpcConnection(boundary.url, contract)


DRIVER = Driver(kind="grpc", speaks="gRPC", open=_open, describe=_describe, speaking=_speaking)
