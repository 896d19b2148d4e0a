"""One client connection through a relay and its upstream connection, with what a fault does to them."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass
from typing import Protocol, cast

from seamwright.engines.faults.faults import DropAnswer, Fault, Hang, Reset, Slow

__all__ = ["Link", "Owner", "Strike"]

# on, and no time to linger: close(2) then sends RST at once (socket(7), SO_LINGER)
_LINGER_NONE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that strikes one turn, and the id under which it was armed."""

    id: int
    fault: Fault


class Owner(Protocol):
    """What a link needs of its relay."""

    def strike(self, link: Link, *, greeting: bool) -> Strike | None: ...

    def note(self, link: Link, strike: Strike | None, done: str) -> None: ...

    def gone(self, link: Link) -> None: ...


class _Side(asyncio.Protocol):
    """One of the two connections. It hands what happens to the link and knows what may flow through it."""

    def __init__(self, link: Link, name: str) -> None:
        self.link = link
        self.name = name
        self.transport: asyncio.Transport | None = None
        self.lost = False
        self.ended = False
        """The peer has sent all that it will."""
        self.full = False
        """Our buffer towards this peer is full."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.link.made(self)

    def data_received(self, data: bytes) -> None:
        self.link.received(self, data)

    def eof_received(self) -> bool:
        self.ended = True
        self.link.eof(self)
        return True

    def pause_writing(self) -> None:
        self.full = True
        self.link.flow()

    def resume_writing(self) -> None:
        self.full = False
        self.link.flow()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self.link.lost(self, exc)

    def write(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def finish(self) -> None:
        """Tell this peer that no more will come; it may still send."""
        if self.transport is None or self.transport.is_closing():
            return
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def read(self, wanted: bool) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        if wanted:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def reset(self) -> None:
        if self.transport is not None and not self.lost:
            connection = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
            self.transport.abort()


class Link:
    """Both sides of one relayed connection. `number` and `turn` count from 1."""

    def __init__(self, owner: Owner, number: int) -> None:
        loop = asyncio.get_running_loop()
        self.number = number
        self.turn = 0
        self.client = _Side(self, "client")
        self.upstream = _Side(self, "upstream")
        self.accepted: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self._owner = owner
        self._over = False
        self._early: list[bytes] = []
        """What the client sent before there was an upstream."""
        self._asking = False
        """The client has spoken last: its further bytes belong to the same turn."""
        self._strike: Strike | None = None
        """What strikes the answer that is awaited."""
        self._hung: Strike | None = None
        self._held: list[bytes] | None = None
        """Bytes of an answer that a Slow fault holds back."""
        self._timer: asyncio.TimerHandle | None = None

    @property
    def open(self) -> bool:
        """Whether the client's connection is still to be served."""
        return not self._over

    def release(self, fault: int) -> None:
        """The fault with this id has ended: a client that hangs on it is let go, by a reset."""
        if self._hung is not None and self._hung.id == fault and not self._over:
            self._owner.note(self, self._hung, "the fault ended; the hanging client was reset")
            self.reset()

    def abort(self) -> None:
        """Close both sides at once, as the end of a process does."""
        self._stop()
        self.client.abort()
        self.upstream.abort()

    def reset(self) -> None:
        """RST to the client; the upstream is closed."""
        self._stop()
        self.client.reset()
        self.upstream.close()

    # events of the two sides

    def made(self, side: _Side) -> None:
        if self._over:
            side.abort()
        elif side is self.client:
            self.accepted.set_result(None)
        else:
            early, self._early = self._early, []
            self.flow()
            for data in early:
                self.received(self.client, data)
            if self.client.ended:
                self.eof(self.client)

    def received(self, side: _Side, data: bytes) -> None:
        if self._over or self._hung is not None:
            return
        if self.upstream.transport is None:
            # There is no upstream yet to take it. (uvloop undoes a pause in connection_made, so some does come.)
            self._early.append(data)
            side.read(False)
        elif side is self.client:
            self._from_client(data)
        else:
            self._from_upstream(data)

    def eof(self, side: _Side) -> None:
        if self._over or self._hung is not None or self.upstream.transport is None:
            return
        other = self.upstream if side is self.client else self.client
        if other is self.client and self._held is not None:
            return  # passed on behind what is held back
        other.finish()
        if other.ended:
            self._finish()

    def lost(self, side: _Side, exc: Exception | None) -> None:
        other = self.upstream if side is self.client else self.client
        if not self._over:
            if side is self.upstream and self._hung is not None:
                return  # a client that hangs is not to learn that the upstream lost patience
            if side is self.upstream and self._held is not None and exc is None:
                return  # the rest goes out when its time comes
            self._stop()
            if exc is not None:
                other.reset()  # a connection that broke on one side breaks on the other
            else:
                other.close()
        if (other.lost or other.transport is None) and not self.ended.done():
            self.ended.set_result(None)
            self._owner.gone(self)

    def flow(self) -> None:
        """Read from each side only while the other can take it."""
        if self._over or self.upstream.transport is None:
            return
        self.client.read(not self.upstream.full)
        self.upstream.read(not self.client.full and self._held is None)

    # turns

    def _from_client(self, data: bytes) -> None:
        if not self._asking:
            self._asking = True
            self.turn += 1
            strike = self._owner.strike(self, greeting=False)
            if strike is not None and self._struck(strike, f"request of {len(data)} or more bytes"):
                return
        self.upstream.write(data)

    def _from_upstream(self, data: bytes) -> None:
        if self._asking:
            self._asking = False
        elif self.turn == 0:
            self.turn = 1
            strike = self._owner.strike(self, greeting=True)
            if strike is not None and self._struck(strike, f"greeting of {len(data)} or more bytes"):
                return
        strike, self._strike = self._strike, None
        if strike is None:
            if self._held is None:
                self.client.write(data)
            else:
                self._held.append(data)
        elif isinstance(strike.fault, Slow):
            self._hold(strike, strike.fault.seconds, data)
        else:
            self._owner.note(self, strike, f"answer of {len(data)} or more bytes dropped; client reset")
            self.reset()

    def _struck(self, strike: Strike, what: str) -> bool:
        """Begin what the fault does to this turn; True when the bytes go no further."""
        fault = strike.fault
        if isinstance(fault, Reset):
            self._owner.note(self, strike, f"{what} not passed on; client reset")
            self.reset()
            return True
        if isinstance(fault, Hang):
            self._owner.note(self, strike, f"{what} not passed on; nothing will be answered")
            self._hung = strike
            return True
        if isinstance(fault, DropAnswer):
            self._owner.note(self, strike, f"{what} passed on; its answer will be dropped")
        self._strike = strike
        return False

    def _hold(self, strike: Strike, seconds: float, data: bytes) -> None:
        self._owner.note(self, strike, f"answer held back for {seconds:g} s")
        if self._held is not None:
            # The answer before is still held: this one comes no earlier, and no later than asked of it.
            self._held.append(data)
            return
        self._held = [data]
        self._timer = asyncio.get_running_loop().call_later(seconds, self._let_go)
        self.flow()

    def _let_go(self) -> None:
        held, self._held, self._timer = self._held, None, None
        if self._over:
            return
        self.client.write(b"".join(held or ()))
        if self.upstream.lost:
            self._finish()
        elif self.upstream.ended:
            self.eof(self.upstream)
        self.flow()

    def _finish(self) -> None:
        """Both peers have said all: close when what is buffered has gone out."""
        self._stop()
        self.client.close()
        self.upstream.close()

    def _stop(self) -> None:
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self.accepted.done():
            self.accepted.cancel()
