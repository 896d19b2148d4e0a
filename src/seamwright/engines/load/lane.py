"""One connection of a load run: plain answers are read by the quickest way, everything else goes the usual one."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

from seamwright.wire.http1 import Connection, Failure, Response

__all__ = ["Head", "Heads", "Lane", "Owner", "read_head"]

_KNOWN = 512
_LONGEST_HEAD = 16 * 1024
# An answer that comes in pieces is put together up to here; a longer one is read as it comes.
_LONGEST_ANSWER = 64 * 1024

_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2}) [\t\x20-\x7e\x80-\xff]*")
_FIELD_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)")
_LENGTH = re.compile(rb"[0-9]{1,15} *")
_NO_LENGTH = frozenset({204, 205, 304})
_ABOUT_THE_CONNECTION = frozenset({b"connection", b"proxy-connection"})
_NOT_PLAIN = frozenset({b"transfer-encoding", b"upgrade"})
_PASSES, _STOPS = -1, -2


class Head(NamedTuple):
    """What the bytes of a head mean: the answer's status and headers, and how many bytes of body follow."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    length: int


class _Fields(dict[bytes, tuple[tuple[bytes, bytes], int]]):
    """Lines of heads, each with its name and value, and the length that it tells; -1 where it says nothing of how the
    answer is framed, -2 where it keeps the head from being plain. Most lines come again in heads that do not."""

    __slots__ = ()

    def __missing__(self, line: bytes) -> tuple[tuple[bytes, bytes], int]:
        if len(self) >= _KNOWN:
            self.clear()
        read = self[line] = _field(line)
        return read


def _field(line: bytes) -> tuple[tuple[bytes, bytes], int]:
    match = _FIELD_LINE.fullmatch(line)
    if match is None:
        return (line, b""), _STOPS
    name, value = match[1], match[2].rstrip(b" \t")
    lower = name.lower()
    tells = _PASSES
    if lower == b"content-length":
        tells = int(value) if _LENGTH.fullmatch(match[2]) else _STOPS
    elif lower in _NOT_PLAIN or (lower in _ABOUT_THE_CONNECTION and value.lower() != b"keep-alive"):
        tells = _STOPS
    return (name, value), tells


def read_head(data: bytes, fields: _Fields | None = None) -> Head | None:
    """The meaning of a head up to and with its empty line, where it is plain: RFC 9112 to the letter, the body framed
    by its one `Content-Length` (section 6.3, rule 6), and the connection kept.

    None of any other head, be it wrong or only rare: chunked, interim, without a body, a folded line, an odd byte.
    `fields` remembers lines from one head to the next.
    """
    if len(data) > _LONGEST_HEAD:
        return None
    known = _Fields() if fields is None else fields
    lines = data[:-4].split(b"\r\n")
    first = _STATUS_LINE.fullmatch(lines[0])
    if first is None:
        return None
    length = -1
    headers = []
    for line in lines[1:]:
        header, tells = known[line]
        if tells != _PASSES:
            if tells == _STOPS or length >= 0:
                return None
            length = tells
        headers.append(header)
    status = int(first[1])
    if length < 0 or status in _NO_LENGTH:
        return None
    return Head(status, tuple(headers), length)


class Heads(dict[bytes, Head | None]):
    """Heads of answers with their meaning, each read when it is first asked for.

    Equal bytes mean the same, so a head is read once for as long as it repeats; the next second brings a new `Date`,
    and a server that numbers its answers has none that repeats, which is why not more than so many are kept.
    """

    __slots__ = ("_fields",)

    def __init__(self) -> None:
        super().__init__()
        self._fields = _Fields()

    def __missing__(self, data: bytes) -> Head | None:
        if len(self) >= _KNOWN:
            self.clear()
        head = self[data] = read_head(data, self._fields)
        return head


class Owner(Protocol):
    """Whose connection it is, and who hears of it."""

    def answered(self, lane: Lane, status: int, response: Response | None, usable: bool) -> None:
        """The answer is whole, and handed over where it was asked for; `usable` says whether the lane may go on."""

    def lost(self, lane: Lane, failure: Failure, detail: str) -> None:
        """The request gets no answer; the lane is being closed."""

    def gone(self, lane: Lane) -> None:
        """The lane is closed."""


class Lane(Connection):
    """A connection of a load run, with what is on its way.

    An answer whose head is plain (see `read_head`) and whose body is short is handed up when it is there to its last
    byte. Any other is read by the parser of all connections, from its first byte.
    """

    __slots__ = (
        "_answered",
        "_answers",
        "_begun",
        "_heads",
        "_owner",
        "_piece",
        "_socket",
        "closing",
        "free_since",
        "intended",
        "request",
        "sent_at",
    )

    def __init__(self, owner: Owner, heads: Heads, max_body: int, *, answers: bool) -> None:
        super().__init__(max_body)
        self._owner = owner
        self._answered = owner.answered
        self._heads = heads
        self._answers = answers
        self._begun = False
        self._piece = b""
        self.closing: Callable[[], bool] = _closing
        """Whether the connection is about to end; to be asked of a lane that was idle."""
        self._socket = -1
        self.request = 0
        """Index of the request that is on its way, or was the last."""
        self.intended = 0
        self.sent_at = 0
        self.free_since = 0

    def put(self, data: bytes, now: int) -> None:
        """Write a rendered request on a lane that is not busy, as `send` does without asking whether it may."""
        self.sent_at = now
        self.busy = True
        self._head_only = data[:5] == b"HEAD "
        if self._socket >= 0:
            # A request is small and the kernel's buffer empty, so it leaves here and now: it saves the transport's
            # queue, and what is measured as sent is sent.
            try:
                written = os.write(self._socket, data)
            except OSError:
                written = 0  # the transport waits where there is no room, and tells of anything else
            if written == len(data):
                return
            # From now on the transport may hold a rest, before which nothing may be written.
            self._socket = -1
            data = data[written:]
        self._transport.write(data)  # type: ignore[union-attr]  # a lane that is not closed is connected

    def close(self) -> None:
        self._socket = -1
        super().close()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self._transport is not None
        self.closing = self._transport.is_closing
        if os.name == "posix" and transport.get_extra_info("sslcontext") is None:
            self._socket = transport.get_extra_info("socket").fileno()

    def data_received(self, data: bytes) -> None:
        if self.busy and not self._begun:
            if self._piece:
                data = self._piece + data
                self._piece = b""
            end = data.find(b"\r\n\r\n") + 4
            head = self._heads[data[:end]] if end > 3 else None
            if head is not None and not self._head_only and head[2] <= self._max_body:
                whole = end + head[2]
                if len(data) == whole:
                    self.busy = False
                    status, headers, _ = head
                    self._answered(self, status, Response(status, headers, data[end:]) if self._answers else None, True)
                    return
                if len(data) < whole <= _LONGEST_ANSWER:
                    self._piece = data
                    return
            self._begun = True
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closing, self._socket = _closing, -1
        if self._piece and self.busy:
            self._begun = True
            super().data_received(self._piece)  # so that it can be said where the answer broke off
        super().connection_lost(exc)

    # Connection

    def on_answer(self, response: Response) -> None:
        self._begun = False
        self._answered(self, response.status, response, self.usable)

    def on_failure(self, failure: Failure, detail: str) -> None:
        self._owner.lost(self, failure, detail)

    def on_gone(self) -> None:
        self._owner.gone(self)


def _closing() -> bool:
    return True
