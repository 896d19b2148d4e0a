"""A circuit breaker: after some failures in a row nothing more is sent for a while, and then one call tries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Breaker", "CircuitOpen"]


class CircuitOpen(Exception):
    """Nothing was sent: the other side has failed too often just now. `seconds` are those until it is tried again."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the circuit is open for another {seconds:.2f} s")


class Breaker:
    """Guards the calls to one other side, within one event loop or thread.

    It opens after `failures` failed calls one after the other. For `pause` seconds every call raises `CircuitOpen` at
    once. Then a single call is let through: its success closes the circuit, its failure opens it for another pause.
    Calls that were under way when it opened change nothing by how they end. (Nygard, Release It!, "Circuit Breaker".)
    """

    def __init__(self, *, failures: int = 5, pause: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        if failures < 1 or pause <= 0:
            raise ValueError(f"a breaker needs a failure and a pause at least, not {failures} and {pause} s")
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._failed = 0
        self._until: float | None = None
        """When the next call may try; None while the circuit is closed."""
        self._trying = False
        self._round = 0
        """Counts how often it has opened or closed: what began in another round tells nothing of this one."""

    @property
    def closed(self) -> bool:
        """Whether calls go through as they come."""
        return self._until is None

    def hold(self, seconds: float) -> None:
        """Send nothing for so many seconds: the other side has asked for it (`Retry-After`)."""
        until = self._clock() + seconds
        if self._until is None or until > self._until:
            self._open(until)

    @contextmanager
    def guarding(self, on: type[Exception] | tuple[type[Exception], ...]) -> Iterator[None]:
        """Let one call through, or raise `CircuitOpen`. An exception of these types is a failure of the other side.

        Any other one, a cancellation for example, says nothing of it.
        """
        trying = self._enter()
        began = self._round
        try:
            yield
        except on:
            if began == self._round:
                self._failed += 1
                if trying or self._failed >= self._most:
                    self._open(self._clock() + self._pause)
            raise
        else:
            if began == self._round:
                self._failed = 0
                if trying:
                    self._until, self._trying = None, False
                    self._round += 1
        finally:
            if trying and began == self._round:
                self._trying = False  # it was cancelled, say, and another one may try

    def _enter(self) -> bool:
        """Whether this call is the one that tries; raises `CircuitOpen`."""
        if self._until is None:
            return False
        left = self._until - self._clock()
        if left > 0 or self._trying:
            raise CircuitOpen(max(0.0, left))
        self._trying = True
        return True

    def _open(self, until: float) -> None:
        self._until = until
        self._failed = 0
        self._trying = False
        self._round += 1
