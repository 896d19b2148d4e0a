"""Gives what time a run has left, when every check has had its turn, to those that were cut off."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from seamwright.run.sessions import Clock

__all__ = ["Turn", "overtime"]

LEAST = 2.0
"""Seconds without which nobody is let go on: a check keeps the last one of them for its end."""

SHORTEST = 3.0
"""Seconds that a check gets, however many wait, as long as they are there."""

ENDING = 1.0
"""Seconds that a check has for its end when there is no more time, where it had kept so many."""

GENEROUS = 1.25
"""How many times its even part of the time that is left a check gets; many need less."""


class Turn:
    """The turn of one check in a run: it has a place, and gives it up when it ends or waits for more time."""

    def __init__(self, urgency: int, places: asyncio.Semaphore, *, waits: bool) -> None:
        self.urgency = urgency
        self.clock = Clock(0.0)
        self.limit: asyncio.Timeout | None = None
        """What ends the check with its clock."""
        self.rested = asyncio.Event()
        """Set while it has no place: it has ended, or waits for more time."""
        self.waited = 0.0
        """Seconds that it has waited for more time."""
        self._places = places
        self._waits = waits
        self._granted: asyncio.Future[float] | None = None
        self._placed = False

    async def begin(self) -> None:
        """Wait for a place, and take it."""
        await self._places.acquire()
        self._placed = True

    def end(self) -> None:
        """Give up its place for good."""
        self._release()
        self.rested.set()

    @property
    def waiting(self) -> bool:
        """Whether it waits for more time."""
        return self._granted is not None

    async def more(self, still: Callable[[], Awaitable[bool]]) -> bool:
        """Wait for more time; whether there is some. Where there is none, it has what it had kept for its end.

        Its place is free as soon as it asks; it waits when it is `still`, and says then that anything could go on.
        """
        if not self._waits or self.limit is None:
            return False
        self._release()
        if not await still():
            return False
        kept, began = min(ENDING, self.clock.remaining), time.monotonic()
        self.limit.reschedule(None)
        self._granted = asyncio.get_running_loop().create_future()
        self.rested.set()
        try:
            seconds = await self._granted
        finally:
            self._granted = None
            self.waited += time.monotonic() - began
        self.clock.give(seconds or kept, more=seconds > 0)
        self.limit.reschedule(asyncio.get_running_loop().time() + (seconds or kept))
        return seconds > 0

    def grant(self, seconds: float) -> None:
        """Let it go on for so long, or tell it with 0 that there is no more time."""
        assert self._granted is not None
        self._waits = seconds > 0
        self.rested.clear()
        if not self._granted.done():
            self._granted.set_result(seconds)

    def _release(self) -> None:
        if self._placed:
            self._placed = False
            self._places.release()


async def overtime(turns: Sequence[Turn], until: float, at_once: int) -> None:
    """Let those that wait go on, the most urgent first and so many at once, round after round, until all have ended
    or it is `until` (monotonic); then tell the others that there is no more time. All have ended afterwards."""
    while time.monotonic() + LEAST < until and (waiting := _waiting(turns)):
        queue = deque(waiting)
        await asyncio.gather(*(_lane(queue, until, at_once) for _ in range(at_once)))
    for turn in _waiting(turns):
        turn.grant(0.0)
    for turn in turns:
        await turn.rested.wait()


async def _lane(queue: deque[Turn], until: float, at_once: int) -> None:
    while queue and (seconds := until - time.monotonic()) >= LEAST:
        even = GENEROUS * seconds * at_once / max(at_once, len(queue))
        turn = queue.popleft()
        turn.grant(min(seconds, max(SHORTEST, even)))
        await turn.rested.wait()


def _waiting(turns: Sequence[Turn]) -> list[Turn]:
    return sorted((turn for turn in turns if turn.waiting), key=lambda turn: turn.urgency)
