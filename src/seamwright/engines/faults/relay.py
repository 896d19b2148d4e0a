"""A relay between a client and an upstream that shows faults when it is told to, and logs each thing it did.

With nothing armed it changes no byte, passes half-closes and resets on, and holds either side back when the other
cannot keep up. One thing no relay can hide: an upstream that refuses has its client accepted first and then reset.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from seamwright.engines.faults.chance import draw, normal
from seamwright.engines.faults.door import Armed, LogEntry, check_ttl
from seamwright.engines.faults.faults import Close, DropAnswer, Fault, Hang, Latency, Refuse, Reset
from seamwright.engines.faults.journal import line
from seamwright.engines.faults.link import Link
from seamwright.engines.faults.listener import Listener
from seamwright.engines.faults.protocols import PROTOCOLS, framing_of
from seamwright.engines.faults.selection import ALL, Selection
from seamwright.engines.faults.struck import Struck
from seamwright.engines.faults.turn import Strike, Turn

__all__ = ["Relay"]

_LOG = 10_000
_CONNECT_TIMEOUT = 30.0
_RETRY = 0.2

# What is drawn for a request, kept apart so that one does not decide another.
_WHETHER, _HOW_LONG, _WHICH = range(3)


@dataclass(slots=True)
class _Active:
    """An armed fault with the requests that matched it so far."""

    armed: Armed
    count: int = 0
    timer: asyncio.TimerHandle | None = None


class Relay:
    """Relays `listen_host:listen_port` to `upstream_host:upstream_port`; a FaultDoor.

    Port 0 takes a free one, and `listening_socket` is a socket that is bound and not yet listening, to be used instead
    (the relay closes it). `protocol` is what the connections speak, one of `PROTOCOLS`. `seed` decides all that is left
    to chance, `journal` is given each line of the fault log, and `changed` is called when other faults are in force
    than before. With `tls` it ends the TLS of its callers, and with `upstream_tls` it speaks TLS to the upstream, whose
    certificate must be for `upstream_host`. `start` and `stop` it, or use it as an async context manager, on one event
    loop.
    """

    def __init__(
        self,
        listen_host: str,
        listen_port: int,
        upstream_host: str,
        upstream_port: int,
        *,
        listening_socket: socket.socket | None = None,
        protocol: str = "tcp",
        seed: int = 0,
        journal: Callable[[dict[str, Any]], None] | None = None,
        changed: Callable[[], None] | None = None,
        tls: ssl.SSLContext | None = None,
        upstream_tls: ssl.SSLContext | None = None,
    ) -> None:
        if protocol not in PROTOCOLS:
            raise ValueError(f"protocol {protocol!r} is not known; there are {', '.join(PROTOCOLS)}")
        self._listen = (listen_host, listen_port)
        self._given = listening_socket
        self.upstream = (upstream_host, upstream_port)
        self.protocol = protocol
        self.seed = seed
        self.rules = 0
        self.requests = 0
        """How many have begun."""
        self._tls, self._upstream_tls = tls, upstream_tls
        self._journal = journal
        self._changed = changed or (lambda: None)
        self._listener: Listener | None = None
        self._active: dict[int, _Active] = {}
        self._links: dict[int, Link] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._log: deque[LogEntry] = deque(maxlen=_LOG)
        self._entries = self._connections = self._ids = 0
        self._settling = asyncio.Lock()
        self._stopped = False

    async def start(self, faults: Sequence[tuple[Fault, float, Selection]] = ()) -> tuple[Armed, ...]:
        """Listen, with these faults armed before the first connection is accepted: fault, time to live, selection.

        Raises OSError when the address cannot be had, ValueError when a fault cannot be armed; then nothing listens.
        """
        if self._listener is not None:
            raise RuntimeError("this relay was started before; make a new one")
        for fault, ttl, where in faults:
            self._check(fault, ttl, where)
        if self._given is not None:
            self._listener = Listener(self._given, self._accepted, self._tls)
        else:
            self._listener = Listener.bind(*self._listen, self._accepted, self._tls)
        armed = tuple([self._arm(fault, ttl, where) for fault, ttl, where in faults])
        if self._refusing:
            self._refused()
            return armed
        try:
            await self._listener.listen()
        except OSError:
            await self.stop()
            raise
        return armed

    async def stop(self) -> None:
        """End all faults, close all connections, and give the port back."""
        self._stopped = True
        await self.clear()
        async with self._settling:
            if self._listener is not None:
                self._listener.close()
        for task in self._tasks:
            task.cancel()
        for link in list(self._links.values()):
            link.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._links:
            await asyncio.wait([link.ended for link in self._links.values()], timeout=1.0)

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
    def bound(self) -> bool:
        """Whether it has an address."""
        return self._listener is not None

    @property
    def connections(self) -> int:
        """How many client connections are open."""
        return len(self._links)

    # FaultDoor

    async def arm(self, fault: Fault, ttl: float, where: Selection = ALL) -> Armed:
        """From now on this fault strikes what is selected, for at most `ttl` seconds. See FaultDoor."""
        ttl = self._check(fault, ttl, where)
        if self._listener is None or self._stopped:
            raise RuntimeError("the relay does not run, so no fault can be armed in it")
        armed = self._arm(fault, ttl, where)
        if isinstance(fault, Refuse):
            await self._settle()
        elif where.open:
            self._strike_open(self._active[armed.id])
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
        return self.in_force

    @property
    def in_force(self) -> tuple[Armed, ...]:
        """The faults in force, in the order in which they were armed."""
        return tuple(active.armed for active in self._active.values())

    async def log(self, since: int = 0) -> tuple[LogEntry, ...]:
        """The entries after the one numbered `since`, oldest first."""
        return tuple(entry for entry in self._log if entry.number > since)

    # what links ask and tell

    def numbered(self) -> int:
        """The number of a request that begins now."""
        self.requests += 1
        return self.requests

    def strikes(self, link: Struck, turn: Turn) -> Sequence[Strike]:
        """What strikes the turn that now begins on `link`. A greeting answers no request."""
        head, found, decided = turn.head, [], False
        for active in self._active.values():
            fault, where = active.armed.fault, active.armed.where
            if (
                isinstance(fault, Refuse)
                or (fault.answers and not head.http)
                or (head.preamble and where.operation is None)
                or (head.greeting and (where.operation is not None or isinstance(fault, DropAnswer)))
                or not where.matches(head.operation)
            ):
                continue
            strike = self._chosen(active, link)
            if strike is None or (decided and not fault.shapes):
                continue
            decided = decided or not fault.shapes
            found.append(strike)
        if decided and (last := [strike for strike in found if _ends(strike.fault)]):
            found = last
        for strike in found:
            self._told(strike, link, turn)
            if strike.fault.shapes:
                amount = f" for {strike.amount:g} s" if isinstance(strike.fault, Latency) else ""
                self.note(link, turn, strike, f"{getattr(strike.fault, 'direction', 'answer')} held back{amount}")
        return found

    def opened(self, link: Struck) -> None:
        """A connection is made: faults that strike connections do not wait for its first request."""
        for active in list(self._active.values()):
            if active.armed.where.open and isinstance(active.armed.fault, Reset | Close | Hang):
                self._strike_link(active, link)

    def note(self, link: Struck, turn: Turn | None, strike: Strike | None, done: str) -> None:
        """Enter into the log what was done to a link."""
        number, kind = (strike.id, strike.fault.kind) if strike is not None else (None, "upstream")
        self._enter(number, kind, done, link.number, turn)

    def gone(self, link: Struck) -> None:
        """Both sides of a link are closed."""
        self._links.pop(link.number, None)

    # inside

    def _check(self, fault: Fault, ttl: float, where: Selection) -> float:
        ttl = check_ttl(ttl)
        if isinstance(fault, Refuse) and where.params():
            raise ValueError("a refuse fault strikes all connections; nobody is there to select requests")
        if fault.answers and self.protocol not in ("http", "auto"):
            raise ValueError(f"a {fault.kind} fault needs a relay that knows HTTP, and this one speaks {self.protocol}")
        if where.operation is not None and self.protocol == "tcp":
            raise ValueError(
                "an operation can only be told by a relay that knows the protocol, and this one speaks tcp"
            )
        return ttl

    def _arm(self, fault: Fault, ttl: float, where: Selection) -> Armed:
        self._ids += 1
        armed = Armed(self._ids, fault, time.time() + ttl, where)
        active = _Active(armed)
        active.timer = asyncio.get_running_loop().call_later(ttl, self._expire, armed.id)
        self._active[armed.id] = active
        self._counted()
        self._note(armed, f"armed for {ttl:g} s")
        return armed

    def _chosen(self, active: _Active, link: Struck) -> Strike | None:
        """One more request matches; the strike, if this is one of those that are struck."""
        number, where = active.armed.id, active.armed.where
        if where.connection is not None and link.number != where.connection:
            return None
        if where.share is not None and draw(self.seed, number, link.number, _WHICH) >= where.share:
            return None
        active.count += 1
        count = active.count
        if not where.chosen(count):
            return None
        if where.probability is not None and draw(self.seed, number, count, _WHETHER) >= where.probability:
            return None
        return Strike(number, active.armed.fault, self._drawn(active.armed, count))

    def _drawn(self, armed: Armed, count: int) -> float:
        fault = armed.fault
        if not isinstance(fault, Latency):
            return 0.0
        if fault.distribution == "constant":
            return fault.seconds
        chance = draw(self.seed, armed.id, count, _HOW_LONG)
        off = normal(chance) if fault.distribution == "normal" else 2 * chance - 1
        return max(0.0, fault.seconds + off * fault.spread)

    def _strike_open(self, active: _Active) -> None:
        """Strike what is under way on the open connections, in the order in which these were accepted."""
        for link in [self._links[number] for number in sorted(self._links)]:
            self._strike_link(active, link)

    def _strike_link(self, active: _Active, link: Struck) -> None:
        armed = active.armed
        if not (link.open and link.upstream.transport and armed.where.matches(link.operation)):
            return
        if not link.shows(armed.fault):
            return
        if (strike := self._chosen(active, link)) is not None:
            self._told(strike, link, None)
            link.strike(strike)

    def _told(self, strike: Strike, link: Struck | None, turn: Turn | None) -> None:
        if self._journal is not None:
            self._journal(line(strike.id, strike, link.number if link is not None else 0, turn))

    def _accepted(self) -> asyncio.Protocol:
        self._connections += 1
        link = Link(self, self._connections, framing_of(self.protocol))
        self._links[link.number] = link
        self._spawn(self._connect(link))
        return link.client

    async def _connect(self, link: Link) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                await link.accepted
        except TimeoutError:  # a caller that never began to speak TLS; its connection was given up before
            link.abort()
            self.gone(link)
            return
        if self._stopped or self._refusing:  # accepted by the kernel a moment before it was told not to
            link.abort()
            return
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                name = self.upstream[0] if self._upstream_tls is not None else None
                await loop.create_connection(
                    lambda: link.upstream, *self.upstream, ssl=self._upstream_tls, server_hostname=name
                )
        except (OSError, ValueError) as error:  # an ssl.SSLError is an OSError, and a name that is none a ValueError
            host, port = self.upstream
            self.note(link, None, None, f"no connection to {host}:{port}: {str(error) or 'timed out'}; client reset")
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
                    self._enter(None, "listen", f"cannot listen again yet: {error}")
                    asyncio.get_running_loop().call_later(_RETRY, lambda: self._spawn(self._settle()))
                return
            if self._listener.listening:
                self._listener.refuse()
                self._refused()

    def _refused(self) -> None:
        """Nobody listens any more: what is open ends, and it is told."""
        refusing = next(a.armed for a in self._active.values() if isinstance(a.armed.fault, Refuse))
        closed = [link for link in self._links.values() if link.open]
        for link in closed:
            link.abort()
        self._note(refusing, f"stopped listening and closed {len(closed)} open connections")
        self._told(Strike(refusing.id, refusing.fault), None, None)

    def _expire(self, number: int) -> None:
        self._end(number, "its time to live ran out")
        self._spawn(self._settle())

    def _end(self, number: int, why: str) -> bool:
        active = self._active.pop(number, None)
        if active is None:
            return False
        if active.timer is not None:
            active.timer.cancel()
        self._counted()
        self._note(active.armed, f"ended: {why}")
        for link in list(self._links.values()):
            link.release(number)
            link.hasten()
        return True

    def _counted(self) -> None:
        self.rules = sum(not isinstance(active.armed.fault, Refuse) for active in self._active.values())
        if self.rules:
            for link in self._links.values():
                link.careful()
        self._changed()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note(self, armed: Armed, done: str) -> None:
        self._enter(armed.id, armed.fault.kind, done)

    def _enter(self, fault: int | None, kind: str, done: str, connection: int = 0, turn: Turn | None = None) -> None:
        self._entries += 1
        number, request, operation, trace = 0, 0, "", None
        if turn is not None:
            number, request = turn.number, turn.request
            operation, trace = turn.head.operation, turn.head.trace
        entry = LogEntry(self._entries, time.time(), fault, kind, connection, number, done, request, operation, trace)
        self._log.append(entry)


def _ends(fault: Fault) -> bool:
    """No answer comes, so that nothing else could be seen of the request."""
    return fault.ends or (isinstance(fault, Hang) and fault.after is None)
