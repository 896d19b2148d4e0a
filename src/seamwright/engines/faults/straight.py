"""The shortest way through a link while nothing is armed: bytes in, bytes out, and the count of requests.

It stands in for a Side as the protocol of its transport. Anything but bytes and backpressure gives the transport back.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Protocol

from seamwright.engines.faults.framing import NotUnderstood, Piece, Turns
from seamwright.engines.faults.http1 import Http1
from seamwright.engines.faults.side import Side
from seamwright.engines.faults.splice import Splice

__all__ = ["BULK", "Course", "HttpAnswers", "HttpRequests", "Straight", "TurnAnswers", "TurnRequests"]

BULK = 128 * 1024
"""Bytes that come at once only where many come; uvloop reads at most 256 KiB."""


class Course(Protocol):
    """The link that is gone through."""

    turn: int
    request: int
    splice: Splice | None

    def counted(self) -> int:
        """A request begins; its number in the relay."""
        ...

    def careful(self) -> None:
        """Take the transports back."""
        ...

    def poured(self, side: Side) -> None:
        """Many bytes come from this side."""
        ...

    def unpoured(self) -> None:
        """The bytes that come by themselves are to be looked at again."""
        ...


class Straight(asyncio.Protocol):
    """From `side` to `other`."""

    __slots__ = ("_backlog", "_closing", "_course", "_fd", "_send", "_side", "rest")

    def __init__(self, course: Course, side: Side, other: Side) -> None:
        transport = other.transport
        assert transport is not None
        self._course = course
        self._side = side
        self._fd: int = transport.get_extra_info("socket").fileno()
        self._send = transport.write
        self._closing = transport.is_closing
        self._backlog = transport.get_write_buffer_size
        self.rest = b""
        """What came and cannot be understood yet."""

    def eof_received(self) -> bool:
        self._course.careful()
        return self._side.eof_received()

    def pause_writing(self) -> None:
        self._side.pause_writing()

    def resume_writing(self) -> None:
        self._side.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._course.careful()
        self._side.connection_lost(exc)

    def _read(self, read: Callable[[bytes], tuple[list[Piece], int]], data: bytes) -> None:
        """Pass on what is understood; what is not goes the careful way."""
        data = self.rest + data
        try:
            pieces, used = read(data)
        except NotUnderstood:
            self.rest = b""
            self._course.careful()
            self._side.data_received(data)
            return
        self._begun(pieces)
        self.rest = data[used:]
        self._write(data[:used] if self.rest else data)
        if len(data) >= BULK:
            self._course.poured(self._side)

    def _begun(self, pieces: list[Piece]) -> None:
        """These pieces were understood."""

    def _write(self, data: bytes) -> None:
        """Write at once where nothing waits; a transport would write at the end of the loop's turn."""
        # The number of a closed file may be that of another connection by now: a transport that closes is not touched.
        if self._closing():
            return
        if self._backlog():
            self._send(data)
            return
        try:
            count = os.write(self._fd, data)
        except OSError:  # no room, or no peer; the transport knows what to do about either
            count = 0
        if count != len(data):
            self._send(data[count:])


class TurnRequests(Straight):
    """Bytes of a client, of which only turns are told."""

    __slots__ = ("_turns",)

    def __init__(self, course: Course, side: Side, other: Side, turns: Turns) -> None:
        super().__init__(course, side, other)
        self._turns = turns

    def data_received(self, data: bytes) -> None:
        turns = self._turns
        if not turns.asking:
            turns.asking = turns.spoken = True
            course = self._course
            course.turn += 1
            course.request = course.counted()
            if course.splice is not None:
                course.unpoured()
        self._write(data)
        if len(data) >= BULK:
            self._course.poured(self._side)


class TurnAnswers(Straight):
    """Bytes of an upstream, of which only turns are told."""

    __slots__ = ("_turns",)

    def __init__(self, course: Course, side: Side, other: Side, turns: Turns) -> None:
        super().__init__(course, side, other)
        self._turns = turns

    def data_received(self, data: bytes) -> None:
        turns = self._turns
        if turns.asking:
            turns.asking = False
            if self._course.splice is not None:
                self._course.unpoured()
        elif not turns.spoken:
            turns.spoken = True
            self._course.turn += 1
        self._write(data)
        if len(data) >= BULK:
            self._course.poured(self._side)


class HttpRequests(Straight):
    """Requests of HTTP/1.1."""

    __slots__ = ("_http",)

    def __init__(self, course: Course, side: Side, other: Side, http: Http1) -> None:
        super().__init__(course, side, other)
        self._http = http

    def data_received(self, data: bytes) -> None:
        course = self._course
        if not self.rest and self._http.whole_request(data):
            course.turn += 1
            course.request = course.counted()
            self._write(data)
            return
        self._read(self._http.requests, data)

    def _begun(self, pieces: list[Piece]) -> None:
        course = self._course
        for piece in pieces:
            if piece[0] is not None:
                course.turn += 1
                course.request = course.counted()


class HttpAnswers(Straight):
    """Answers of HTTP/1.1."""

    __slots__ = ("_http",)

    def __init__(self, course: Course, side: Side, other: Side, http: Http1) -> None:
        super().__init__(course, side, other)
        self._http = http

    def data_received(self, data: bytes) -> None:
        if not self.rest and self._http.whole_answer(data):
            self._write(data)
            return
        self._read(self._http.answers, data)
