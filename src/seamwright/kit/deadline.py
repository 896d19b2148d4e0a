"""A budget of time for one piece of work, shared by every call made on its behalf."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

__all__ = ["Deadline", "DeadlineExceeded"]


class DeadlineExceeded(TimeoutError):
    """The budget ran out before the work was done."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment by which the work must have ended, on the monotonic clock (seconds).

    Make it once where the work arrives and hand it down: retries, queueing and slow peers then share one
    budget, where a timeout given to each call would add up.
    """

    at: float
    clock: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)

    @classmethod
    def after(cls, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> Deadline:
        """The deadline `seconds` from now."""
        if seconds < 0:
            raise ValueError(f"a deadline lies ahead; {seconds} seconds does not")
        return cls(clock() + seconds, clock)

    @property
    def remaining(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.at - self.clock())

    @property
    def expired(self) -> bool:
        return self.remaining <= 0.0

    def check(self) -> None:
        """Raises `DeadlineExceeded` when no time is left: call it before starting something costly."""
        if self.expired:
            raise DeadlineExceeded("the deadline has passed before the call was made")

    @asynccontextmanager
    async def enforce(self) -> AsyncIterator[Deadline]:
        """Cancels what runs inside when the deadline passes, and raises `DeadlineExceeded` in its place."""
        self.check()
        scope = asyncio.timeout(self.remaining)
        try:
            async with scope:
                yield self
        except TimeoutError as error:
            if scope.expired():
                raise DeadlineExceeded("the deadline passed while the call was under way") from error
            raise
