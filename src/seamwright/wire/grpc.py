"""gRPC calls as bytes, over grpcio: messages out, messages and a status back, nothing interpreted.

Every call is made as a streaming one, so that what a server sends too much or too little can be seen. The deadline
travels as `grpc-timeout` and is not kept on our side, so that a DEADLINE_EXCEEDED that comes back is the server's own.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from seamwright.wire.protobuf import needed

__all__ = ["CODES", "STATUSES", "Call", "Channel", "Ended", "library", "timeout_text"]

CODES = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
"""Names of the status codes by their number (grpc/doc/statuscodes.md)."""

STATUSES: Mapping[str, int] = dict(
    zip(CODES, (200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401), strict=True)
)
"""Status code → the HTTP status that it corresponds to (google/rpc/code.proto)."""

LARGEST = 16 * 1024 * 1024
"""Bytes of one message that are read; more is a failure of kind `too-large`."""

_PORTS = {"grpc": 80, "grpcs": 443}

_MINE = frozenset({"content-type", "content-length", "te", "host", "user-agent", "connection"})
"""Headers that the protocol sets by itself (PROTOCOL-HTTP2.md)."""

Kind = Literal["connect", "timeout", "reset", "protocol", "too-large"]

# How grpcio words the statuses that it makes up itself, where the server sent none.
_MADE_HERE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("too-large", re.compile(r"CLIENT: Received message larger than max")),
    ("protocol", re.compile(r"Failed parsing HTTP/2|Trying to connect an http1\.x server|Ssl handshake|TLS handshake")),
    (
        "connect",
        re.compile(
            r"^(failed to connect to all addresses|errors resolving|DNS resolution failed|empty address list"
            r"|Address family not supported|connections to all backends failing)"
        ),
    ),
    (
        "reset",
        re.compile(
            r"^(Stream removed \(.*(Socket closed|Connection reset|GOAWAY|Broken pipe|RST_STREAM|recvmsg)"
            r"|Socket closed|Connection reset by peer|recvmsg:|keepalive watchdog timeout|Received RST_STREAM)",
            re.DOTALL,
        ),
    ),
    ("protocol", re.compile(r"^Stream removed \(")),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended: the messages that came, the status, and metadata.

    `code` is the name of the status; it is empty where the caller ended a stream that went on (`cut`), and where no
    answer came: then `failure` says why, as kind and text.
    """

    messages: tuple[bytes, ...]
    code: str = ""
    text: str = ""
    initial: tuple[tuple[str, str], ...] = ()
    trailing: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    failure: tuple[Kind, str] | None = None


def library(what: str) -> Any:
    """grpcio, with its asynchronous part. Raises UsageError where it is not installed; `what` says what needs it."""
    # Its log goes to standard error, where it would stand among what the command line says.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        import grpc.aio  # type: ignore[import-untyped]
    except ImportError:
        raise needed(what) from None
    return grpc


class Call:
    """One call on its way. Use it from one task."""

    def __init__(self, grpc: Any, call: Any, going: asyncio.Queue[bytes | None] | None) -> None:
        self._call = call
        self._going = going
        self._eof = grpc.aio.EOF
        self._error = grpc.aio.AioRpcError

    def say(self, message: bytes | None) -> None:
        """Send one message more; None ends our side of the stream."""
        if self._going is None:
            raise ValueError("this call takes one message only, and it was sent")
        self._going.put_nowait(message)

    async def read(self, most: int, first: float, more: float) -> Ended:
        """Read up to `most` messages: `first` seconds for the first one, `more` for all that come after it.

        The call may go on afterwards, and `read` be called again; a call that went on past its time has `cut` set. A
        call that ended says with which status. Nothing within `first` seconds is a failure of kind `timeout`.
        """
        messages: list[bytes] = []
        loop = asyncio.get_running_loop()
        end = loop.time() + first
        while len(messages) < most:
            try:
                async with asyncio.timeout_at(end):
                    message = await self._next()
            except TimeoutError:
                if messages:
                    return Ended(tuple(messages), cut=True)
                return Ended((), failure=("timeout", f"nothing came within {first:g} s"))
            except self._error as error:
                return _failed(error, tuple(messages))
            if message is None:
                return await self._ended(tuple(messages))
            if not messages:
                end = min(end, loop.time() + more) if more < first else end
            messages.append(message)
        return Ended(tuple(messages), cut=True)

    async def _next(self) -> bytes | None:
        """The next message; None at the end. Waiting may be given up without ending the call."""
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._call.read())
        message: Any = await asyncio.shield(self._reading)
        self._reading = None
        return None if message is self._eof else message

    _reading: asyncio.Future[Any] | None = None

    async def _ended(self, messages: tuple[bytes, ...]) -> Ended:
        call = self._call
        return Ended(
            messages,
            _name(await call.code()),
            await call.details() or "",
            _pairs(await call.initial_metadata()),
            _pairs(await call.trailing_metadata()),
        )

    async def stop(self) -> None:
        """End the call, whatever became of it; may be called twice."""
        self._call.cancel()
        if self._going is not None:
            self._going.put_nowait(None)
        if self._reading is not None:
            reading, self._reading = self._reading, None
            await asyncio.gather(reading, return_exceptions=True)


class Channel:
    """A connection to one server, opened when it is first used; safe for concurrent calls on one event loop."""

    def __init__(self, url: str) -> None:
        """`url` is `grpc://host:port`, or `grpcs://host:port` for TLS. Raises UsageError without grpcio."""
        self._grpc = library(f"calling {url}")
        parts = urlsplit(url)
        host = parts.hostname or ""
        self._target = f"{f'[{host}]' if ':' in host else host}:{parts.port or _PORTS.get(parts.scheme, 80)}"
        self._tls = parts.scheme == "grpcs"
        self._channel: Any = None

    def start(self, path: str, messages: Sequence[bytes], metadata: Sequence[tuple[str, str]], *, hold: bool) -> Call:
        """Begin a call. With `hold`, our side stays open and `Call.say` sends more; else it ends after the messages.

        Raises ValueError for metadata that cannot be sent.
        """
        sent = tuple(_sendable(name, value) for name, value in metadata if name.lower() not in _MINE)
        if self._channel is None:
            self._channel = self._opened()
        if len(messages) == 1 and not hold:
            return Call(self._grpc, self._channel.unary_stream(path)(messages[0], metadata=sent), None)
        going: asyncio.Queue[bytes | None] = asyncio.Queue()
        for message in messages:
            going.put_nowait(message)
        if not hold:
            going.put_nowait(None)
        return Call(self._grpc, self._channel.stream_stream(path)(_drained(going), metadata=sent), going)

    def _opened(self) -> Any:
        options = [
            # A proxy from the environment would carry test traffic to a host nobody named.
            ("grpc.enable_http_proxy", 0),
            ("grpc.enable_retries", 0),
            ("grpc.service_config_disable_resolution", 1),
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.max_receive_message_length", LARGEST),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_metadata_size", 1 << 16),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.min_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 1000),
            ("grpc.primary_user_agent", "seamwright"),
        ]
        if not self._tls:
            return self._grpc.aio.insecure_channel(self._target, options=options)
        trusted = self._grpc.ssl_channel_credentials(root_certificates=_authorities())
        return self._grpc.aio.secure_channel(self._target, trusted, options=options)

    async def close(self) -> None:
        """Close the connection and end every call on it; may be called twice."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()


def timeout_text(seconds: float) -> str:
    """A deadline as `grpc-timeout` writes it: at most eight digits and a unit (PROTOCOL-HTTP2.md)."""
    micros = max(1, round(seconds * 1e6))
    for unit, scale in (("S", 10**6), ("m", 10**3), ("u", 1)):
        if micros % scale == 0 and micros // scale < 10**8:
            return f"{micros // scale}{unit}"
    return f"{min(10**8 - 1, round(seconds))}S"


async def _drained(going: asyncio.Queue[bytes | None]) -> AsyncIterator[bytes]:
    while (message := await going.get()) is not None:
        yield message


def _failed(error: Any, messages: tuple[bytes, ...]) -> Ended:
    code, text = _name(error.code()), error.details() or ""
    initial, trailing = _pairs(error.initial_metadata()), _pairs(error.trailing_metadata())
    for kind, pattern in _MADE_HERE:
        # A server that sent metadata at the end has sent its status too; what is too large is cut off by us even then.
        if pattern.search(text) and (not trailing or kind == "too-large"):
            return Ended(messages, initial=initial, failure=(kind, text))
    return Ended(messages, code, text, initial, trailing)


def _name(code: Any) -> str:
    return str(code.name)


def _pairs(metadata: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), _shown(value)) for key, value in metadata or ())


def _shown(value: Any) -> str:
    """A value of metadata as text: that of a key that ends in `-bin` in base64, as it travels."""
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)


def _sendable(name: str, value: str) -> tuple[str, str | bytes]:
    key = name.lower()
    if not re.fullmatch(r"[0-9a-z_.-]+", key):
        raise ValueError(f"{name!r} is no name of metadata: only letters, digits and - _ . are")
    if key.endswith("-bin"):
        try:
            return key, base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"the value of {name} must be base64, as that of every name that ends in -bin") from None
    if not re.fullmatch(r"[ -~]*", value):
        raise ValueError(f"the value of {name} is not printable ASCII, as metadata must be")
    return key, value


def _authorities() -> bytes | None:
    """The certificate authorities that are trusted: those of `SSL_CERT_FILE`, else those that grpcio brings along."""
    named = os.environ.get("SSL_CERT_FILE")
    return Path(named).read_bytes() if named else None
