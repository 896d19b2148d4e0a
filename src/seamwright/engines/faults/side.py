"""One of the two connections of a link: it hands on what happens, and ends in every way that a connection can end."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from typing import Protocol, cast

__all__ = ["Side", "Watcher"]

# on, and no time to linger: close(2) then sends RST at once (socket(7), SO_LINGER)
_LINGER_NONE = struct.pack("ii", 1, 0)

_SENT_POLL = 0.001
_SENT_WITHIN = 5.0


class Watcher(Protocol):
    """Whom a side tells what happens."""

    def made(self, side: Side) -> None: ...

    def received(self, side: Side, data: bytes) -> None: ...

    def eof(self, side: Side) -> None: ...

    def lost(self, side: Side, exc: Exception | None) -> None: ...

    def flow(self) -> None: ...


class Side(asyncio.Protocol):
    """The protocol of one connection."""

    def __init__(self, watcher: Watcher, name: str) -> None:
        self.watcher = watcher
        self.name = name
        self.transport: asyncio.Transport | None = None
        self.lost = False
        self.ended = False
        """The peer has sent all that it will."""
        self.full = False
        """Our buffer towards this peer is full."""
        self.reading = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.watcher.made(self)

    def data_received(self, data: bytes) -> None:
        self.watcher.received(self, data)

    def eof_received(self) -> bool:
        self.ended = True
        self.watcher.eof(self)
        # A TLS connection cannot stay half open: what its transport makes of True is a warning.
        return self.transport is None or self.transport.can_write_eof()

    def pause_writing(self) -> None:
        self.full = True
        self.watcher.flow()

    def resume_writing(self) -> None:
        self.full = False
        self.watcher.flow()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self.watcher.lost(self, exc)

    def write(self, data: bytes) -> None:
        """Send, unless there is nobody to send to."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    @property
    def closing(self) -> bool:
        """Whether nothing that is written now would arrive."""
        return self.lost or self.transport is None or self.transport.is_closing()

    @property
    def half_closes(self) -> bool:
        """Whether it can end one direction alone; TLS cannot."""
        return self.transport is not None and self.transport.can_write_eof()

    def hand_over(self, protocol: asyncio.BaseProtocol) -> None:
        """From now on this is told what happens on the connection."""
        if self.transport is not None and not self.lost:
            self.transport.set_protocol(protocol)

    def finish(self) -> None:
        """Tell this peer that no more will come; it may still send."""
        if self.transport is None or self.transport.is_closing():
            return
        if self.transport.can_write_eof():
            try:
                self.transport.write_eof()
            except OSError:  # the peer has reset the connection, and nobody has read that yet
                self.transport.abort()

    def read(self, wanted: bool) -> None:
        """Take bytes from this peer, or leave them with it."""
        if self.transport is None or self.transport.is_closing() or wanted is self.reading:
            return
        self.reading = wanted
        if wanted:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()

    def close(self) -> None:
        """Close in order, behind what is still to be sent."""
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self.transport is not None:
            self.transport.abort()

    def reset(self) -> None:
        """End with RST at once; what is still to be sent is lost."""
        if self.transport is not None and not self.lost:
            connection = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
            self.transport.abort()

    def when_sent(self, act: Callable[[], None]) -> None:
        """Do this when the peer's kernel has all that was written, or has not taken it for some seconds."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _SENT_WITHIN

        def look() -> None:
            transport = self.transport
            if transport is None or self.lost or not _unsent(transport) or loop.time() > until:
                act()
            else:
                loop.call_later(_SENT_POLL, look)

        look()


def _unsent(transport: asyncio.Transport) -> int:
    """Bytes that a reset would take back: those that we hold, and where it can be told those that the kernel holds."""
    count = transport.get_write_buffer_size()
    if count or sys.platform != "linux":
        return count
    import fcntl
    import termios

    connection = transport.get_extra_info("socket")
    (held,) = struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4)))  # SIOCOUTQ, tcp(7)
    return int(held)
