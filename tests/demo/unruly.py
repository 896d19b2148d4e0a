"""A relay to payments that is slow, resets, loses or is gone when told to; used by the tests of the demo."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

__all__ = ["HUGE", "Mood", "Unruly"]

Mood = Literal[
    "well", "slow", "reset", "refuse", "lost", "hangs", "dribbles", "garbled", "huge", "failing", "cut", "busy"
]
"""`lost` hands the request on and then loses its answer; those from `hangs` on never reach payments."""

HUGE = 24 * 1024 * 1024
"""Bytes of a huge answer."""

_ANSWERS: dict[str, bytes] = {
    "garbled": b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n<charged>",
    "failing": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}",
    "cut": b'HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"id":',
    "busy": b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 2\r\n\r\n{}",
    "dribbles": b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n",
    "huge": b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % HUGE,
}


class Unruly:
    """Stands at `url`; set what is behind it with `target`, and how it behaves with `turn`."""

    def __init__(self, listener: socket.socket) -> None:
        self.target = 0
        self.address = listener.getsockname()
        self._listener: socket.socket | None = listener
        self._server: asyncio.Server | None = None
        self._mood: Mood = "well"
        self.asked = 0
        """Requests that came while it was in its present mood."""
        self.poured = 0
        """Bytes of a huge answer that were taken."""
        self.asked_last = self.poured_last = 0
        """The same of the mood before."""
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.address[1]}"

    @classmethod
    @asynccontextmanager
    async def standing(cls) -> AsyncIterator[Unruly]:
        listener = socket.create_server(("127.0.0.1", 0))
        relay = cls(listener)
        relay._server = await asyncio.start_server(relay._relay, sock=listener)
        try:
            yield relay
        finally:
            await relay._shut()

    async def turn(self, mood: Mood) -> None:
        """Behaves so from now on; connections that are open are broken."""
        if mood == "refuse":
            await self._shut()
        elif self._server is None:
            self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.address[1])
        self.asked_last, self.poured_last = self.asked, self.poured
        self._mood, self.asked, self.poured = mood, 0, 0
        self._break_all()

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._break_all()
            await self._server.wait_closed()
            self._server = None

    def _break_all(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            request = await reader.read(65536)
            if not request or self._mood == "reset":
                return
            self.asked += 1
            if self._mood == "hangs" or self._mood in _ANSWERS:
                await self._instead(reader, writer)
                return
            if self._mood == "slow":
                await asyncio.sleep(3)
                if writer.transport.is_closing():
                    return  # who asked is gone: what it asked for is not done behind its back
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self.target)
            self._open.add(upstream_writer)
            upstream_writer.write(request)
            if self._mood == "lost":
                handing_on = asyncio.create_task(_pump(reader, upstream_writer))
                await upstream_reader.read(65536)
                handing_on.cancel()
                return
            await asyncio.gather(_pump(reader, upstream_writer), _pump(upstream_reader, writer))
        except OSError:
            return  # either side is gone, which is what this relay is for
        finally:
            self._open.discard(writer)
            _reset(writer)

    async def _instead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers by itself; whoever waits for more of it waits until they give up."""
        mood = self._mood
        writer.write(_ANSWERS.get(mood, b""))
        await writer.drain()
        # A reset would take with it what has come and was not read yet: the other side would see no answer at all.
        if mood in ("garbled", "failing", "busy", "cut"):
            writer.write_eof()
            await reader.read()
        while mood == "huge" and self.poured < HUGE:
            writer.write(bytes(65536))
            await writer.drain()
            self.poured += 65536
        while mood in ("hangs", "dribbles", "huge") and not reader.at_eof():
            writer.write(b"." if mood == "dribbles" else b"")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(65536), 0.1)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    with contextlib.suppress(OSError):
        writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection with a TCP reset."""
    held = writer.get_extra_info("socket")
    if held is not None and held.fileno() >= 0:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
