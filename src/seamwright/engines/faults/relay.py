"""A TCP relay between a client and an upstream that shows faults when it is told to, and logs each thing it did.

With nothing armed it changes no byte, passes half-closes and resets on, and holds either side back when the other
cannot keep up. One thing no relay can hide: an upstream that refuses has its client accepted first and then reset.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType

from seamwright.engines.faults.door import Armed, LogEntry, check_ttl
from seamwright.engines.faults.faults import DropAnswer, Fault, Refuse
from seamwright.engines.faults.link import Link, Strike
from seamwright.engines.faults.listener import Listener

__all__ = ["Relay"]

_LOG = 10_000
_CONNECT_TIMEOUT = 30.0
_RETRY = 0.2


@dataclass(slots=True)
class _Active:
    """An armed fault with what is left of it."""

    armed: Armed
    left: int | None
    timer: asyncio.TimerHandle | None = None


class Relay:
    """Relays `listen_host:listen_port` to `upstream_host:upstream_port`; a FaultDoor.

    Port 0 takes a free one, and `listening_socket` is a socket that is bound and not yet listening, to be used instead
    (the relay closes it). `start` and `stop` it, or use it as an async context manager, on one event loop.
    """

    def __init__(
        self,
        listen_host: str,
        listen_port: int,
        upstream_host: str,
        upstream_port: int,
        *,
        listening_socket: socket.socket | None = None,
    ) -> None:
        self._listen = (listen_host, listen_port)
        self._given = listening_socket
        self.upstream = (upstream_host, upstream_port)
        self._listener: Listener | None = None
        self._active: dict[int, _Active] = {}
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._log: deque[LogEntry] = deque(maxlen=_LOG)
        self._entries = self._connections = self._ids = 0
        self._settling = asyncio.Lock()
        self._stopped = False

    async def start(self) -> None:
        """Listen. Raises OSError when the address cannot be had."""
        if self._listener is not None:
            raise RuntimeError("this relay was started before; make a new one")
        if self._given is not None:
            self._listener = Listener(self._given, self._accepted)
        else:
            self._listener = Listener.bind(*self._listen, self._accepted)
        await self._listener.listen()

    async def stop(self) -> None:
        """End all faults, close all connections, and give the port back."""
        self._stopped = True
        await self.clear()
        async with self._settling:
            if self._listener is not None:
                self._listener.close()
        for task in self._tasks:
            task.cancel()
        for link in self._links:
            link.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._links:
            await asyncio.wait([link.ended for link in self._links], timeout=1.0)

    async def __aenter__(self) -> Relay:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port on which it listens; known once started."""
        if self._listener is None:
            raise RuntimeError("the relay has no address before it is started")
        return self._listener.address

    @property
    def listening(self) -> bool:
        """False while connections are refused."""
        return self._listener is not None and self._listener.listening

    @property
    def connections(self) -> int:
        """How many client connections are open."""
        return len(self._links)

    # FaultDoor

    async def arm(self, fault: Fault, ttl: float) -> Armed:
        """From now on this fault strikes, for at most `ttl` seconds. See FaultDoor."""
        ttl = check_ttl(ttl)
        if self._listener is None or self._stopped:
            raise RuntimeError("the relay does not run, so no fault can be armed in it")
        self._ids += 1
        armed = Armed(self._ids, fault, time.time() + ttl)
        active = _Active(armed, fault.strikes)
        active.timer = asyncio.get_running_loop().call_later(ttl, self._expire, armed.id)
        self._active[armed.id] = active
        self._note(armed, f"armed for {ttl:g} s")
        if isinstance(fault, Refuse):
            await self._settle()
        return armed

    async def disarm(self, armed: Armed) -> bool:
        """End this fault now; False when it had ended already."""
        ended = self._end(armed.id, "disarmed")
        await self._settle()
        return ended

    async def clear(self) -> int:
        """End all faults; how many there were."""
        ended = [self._end(number, "cleared") for number in list(self._active)]
        if not self._stopped:
            await self._settle()
        return len(ended)

    async def armed(self) -> tuple[Armed, ...]:
        """The faults in force, in the order in which they were armed."""
        return tuple(active.armed for active in self._active.values())

    async def log(self, since: int = 0) -> tuple[LogEntry, ...]:
        """The entries after the one numbered `since`, oldest first."""
        return tuple(entry for entry in self._log if entry.number > since)

    # what links ask and tell

    def strike(self, link: Link, *, greeting: bool) -> Strike | None:
        """The fault that strikes the turn which now begins on `link`, if one does. A greeting answers no request."""
        for active in self._active.values():
            fault = active.armed.fault
            if active.left == 0 or isinstance(fault, Refuse) or (greeting and isinstance(fault, DropAnswer)):
                continue
            if active.left is not None:
                active.left -= 1
            return Strike(active.armed.id, fault)
        return None

    def note(self, link: Link, strike: Strike | None, done: str) -> None:
        """Enter into the log what was done to a link."""
        number, kind = (strike.id, strike.fault.kind) if strike is not None else (None, "upstream")
        self._enter(number, kind, link.number, link.turn, done)

    def gone(self, link: Link) -> None:
        """Both sides of a link are closed."""
        self._links.discard(link)

    # inside

    def _accepted(self) -> asyncio.Protocol:
        self._connections += 1
        link = Link(self, self._connections)
        self._links.add(link)
        self._spawn(self._connect(link))
        return link.client

    async def _connect(self, link: Link) -> None:
        loop = asyncio.get_running_loop()
        await link.accepted
        if self._stopped or self._refusing:  # accepted by the kernel a moment before it was told not to
            link.abort()
            return
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                await loop.create_connection(lambda: link.upstream, *self.upstream)
        except OSError as error:
            host, port = self.upstream
            self.note(link, None, f"no connection to {host}:{port}: {str(error) or 'timed out'}; client reset")
            link.reset()

    @property
    def _refusing(self) -> bool:
        return any(isinstance(active.armed.fault, Refuse) for active in self._active.values())

    async def _settle(self) -> None:
        """Listen or refuse, as the faults in force say; one at a time, because listening takes a turn of the loop."""
        async with self._settling:
            if self._listener is None or self._stopped:
                return
            if not self._refusing:
                try:
                    await self._listener.listen()
                except OSError as error:
                    self._enter(None, "listen", 0, 0, f"cannot listen again yet: {error}")
                    asyncio.get_running_loop().call_later(_RETRY, lambda: self._spawn(self._settle()))
            elif self._listener.listening:
                self._listener.refuse()
                closed = [link for link in self._links if link.open]
                for link in closed:
                    link.abort()
                for active in self._active.values():
                    if isinstance(active.armed.fault, Refuse):
                        self._note(active.armed, f"stopped listening and closed {len(closed)} open connections")
                        break

    def _expire(self, number: int) -> None:
        self._end(number, "its time to live ran out")
        self._spawn(self._settle())

    def _end(self, number: int, why: str) -> bool:
        active = self._active.pop(number, None)
        if active is None:
            return False
        if active.timer is not None:
            active.timer.cancel()
        self._note(active.armed, f"ended: {why}")
        for link in list(self._links):
            link.release(number)
        return True

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note(self, armed: Armed, done: str) -> None:
        self._enter(armed.id, armed.fault.kind, 0, 0, done)

    def _enter(self, fault: int | None, kind: str, connection: int, turn: int, done: str) -> None:
        self._entries += 1
        self._log.append(LogEntry(self._entries, time.time(), fault, kind, connection, turn, done))
