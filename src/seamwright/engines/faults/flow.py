"""One direction of a relayed connection: bytes go through at once, or late, slowly, in pieces; never out of order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from seamwright.engines.faults.chance import draw
from seamwright.engines.faults.faults import Bandwidth, Fault, Latency, SlowClose, Trickle

__all__ = ["Flow", "Shape", "Sink"]

_FULL = 64 * 1024
"""Bytes held back from which on nothing more is read."""

_AHEAD = 8 * 1024 * 1024
"""The same for bytes that only come later: a delay is to be no limit of what goes through."""

_TICK = 0.02
"""Seconds between pieces of a limited bandwidth."""


class Sink(Protocol):
    """Where the bytes go."""

    def write(self, data: bytes) -> None: ...


class _Part(NamedTuple):
    rule: int
    fault: Fault
    amount: float


class Shape:
    """What holds the bytes of one turn back: of several faults the sum of the delays, and the least bandwidth."""

    __slots__ = ("_parts", "_sliced", "_variation", "close", "delay", "pause", "rate", "size", "spares_head")

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._sliced = 0
        self._weigh()

    def add(self, rule: int, fault: Fault, amount: float) -> None:
        """This fault, armed under this number; `amount` are the seconds that were drawn for it."""
        self._parts.append(_Part(rule, fault, amount))
        self._weigh()

    def remove(self, rule: int) -> bool:
        """The fault has ended; whether it was one of these."""
        kept = [part for part in self._parts if part.rule != rule]
        had = len(kept) < len(self._parts)
        self._parts = kept
        self._weigh()
        return had

    @property
    def empty(self) -> bool:
        """Nothing is held back."""
        return not self._parts

    @property
    def limited(self) -> bool:
        """Only so much goes through, however long it takes."""
        return self.rate is not None or self.size is not None

    def piece(self) -> int | None:
        """How many bytes may go at once; None for all."""
        size = self.size
        if size is not None and self._variation:
            self._sliced += 1
            size += round((2 * draw(self._parts[0].rule, self._sliced) - 1) * self._variation)
        if self.rate is None:
            return size
        ticked = max(1, int(self.rate * _TICK))
        return ticked if size is None else min(size, ticked)

    def wait(self, count: int) -> float:
        """Seconds until the next bytes may follow so many."""
        return (count / self.rate if self.rate is not None else 0.0) + self.pause

    def _weigh(self) -> None:
        faults = [part.fault for part in self._parts]
        self.delay = sum(part.amount for part in self._parts if isinstance(part.fault, Latency))
        self.close = sum(fault.seconds for fault in faults if isinstance(fault, SlowClose))
        self.rate = min((fault.rate for fault in faults if isinstance(fault, Bandwidth)), default=None)
        trickles = [fault for fault in faults if isinstance(fault, Trickle)]
        least = min(trickles, key=lambda fault: fault.size, default=None)
        self.size = least.size if least is not None else None
        self._variation = least.variation if least is not None else 0
        self.pause = sum(fault.seconds for fault in trickles)
        self.spares_head = bool(faults) and all(isinstance(fault, Trickle) and fault.spare_head for fault in faults)
        """The head of an answer is not held back, only its body is."""


class _Held:
    """Bytes that wait; or, without data, what is to be done behind them."""

    __slots__ = ("data", "due", "shape", "then")

    def __init__(self, due: float, data: bytes, shape: Shape | None, then: Callable[[], None] | None = None) -> None:
        self.due = due
        self.data = data
        self.shape = shape
        self.then = then


class Flow:
    """Hands bytes on to a sink. `changed` is called when `full` may have changed."""

    __slots__ = ("_changed", "_clock", "_full", "_loop", "_queue", "_sink", "_timer", "_waiting")

    def __init__(self, sink: Sink, changed: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._sink = sink
        self._changed = changed
        self._queue: deque[_Held] = deque()
        self._waiting = 0
        self._full = False
        self._clock = 0.0
        """When the next bytes may go."""
        self._timer: asyncio.TimerHandle | None = None

    @property
    def full(self) -> bool:
        """So much is held back that its source should wait."""
        return self._full

    @property
    def idle(self) -> bool:
        """Nothing is held back."""
        return not self._queue

    def send(self, data: bytes, shape: Shape | None) -> None:
        """Hand these bytes on behind those that were sent before."""
        if shape is None and not self._queue:
            self._sink.write(data)
            return
        self._held(_Held(self._loop.time() + (shape.delay if shape is not None else 0.0), data, shape))

    def then(self, act: Callable[[], None], shape: Shape | None = None) -> None:
        """Do this when everything before has gone out; at the end of a stream, as late as the shape says."""
        if not self._queue and (shape is None or not shape.close):
            act()
            return
        self._held(_Held(self._loop.time() + (shape.close if shape is not None else 0.0), b"", shape, act))

    def release(self, rule: int) -> None:
        """The fault with this number has ended: what only it holds back goes now."""
        touched, now = False, self._loop.time()
        for held in self._queue:
            if held.shape is not None and (held.shape.remove(rule) or held.shape.empty):
                held.due, touched = min(held.due, now), True
        if touched:
            self._clock = min(self._clock, now)
            self._run()

    def drop(self) -> None:
        """Forget everything; nothing more will be done."""
        self._queue.clear()
        self._waiting = 0
        self._full = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _held(self, held: _Held) -> None:
        self._queue.append(held)
        self._waiting += len(held.data)
        if self._timer is None:
            self._run()
        else:
            self._weighed()

    def _weighed(self) -> None:
        """So much is held back now; tell whom that concerns."""
        full = self._waiting >= _FULL
        if full and self._waiting < _AHEAD:
            shape = self._queue[-1].shape
            full = shape is None or shape.limited
        if full is not self._full:
            self._full = full
            self._changed()

    def _run(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._loop.time()
        while self._queue:
            held = self._queue[0]
            due = max(held.due, self._clock)
            if due > now:
                self._timer = self._loop.call_at(due, self._run)
                break
            if held.then is not None:
                self._queue.popleft()
                held.then()
                continue
            data, shape = held.data, held.shape
            count = shape.piece() if shape is not None else None
            if count is None or count >= len(data):
                self._queue.popleft()
                count = len(data)
            else:
                held.data, data = data[count:], data[:count]
            self._waiting -= count
            if shape is not None:
                self._clock = due + shape.wait(count)
            self._sink.write(data)
        self._weighed()
