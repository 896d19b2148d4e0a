"""A bulkhead: only so many calls to one other side are under way at a time, so that it cannot take everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Bulkhead", "BulkheadFull"]


class BulkheadFull(Exception):
    """Nothing was sent: as many calls as may be are under way."""


class Bulkhead:
    """Lets `at_once` calls through at a time, within one event loop or thread.

    Whoever comes then is refused at once with `BulkheadFull`, and does not wait: a queue before something slow is how
    slowness spreads. Give each dependency one of its own. (Nygard, Release It!, "Bulkheads".)
    """

    def __init__(self, at_once: int) -> None:
        if at_once < 1:
            raise ValueError(f"a bulkhead lets one call through at least, not {at_once}")
        self._left = at_once

    @property
    def left(self) -> int:
        """How many more calls may begin now."""
        return self._left

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Take a place for the length of the block. Raises `BulkheadFull`."""
        if self._left == 0:
            raise BulkheadFull("as many calls as may be are under way")
        self._left -= 1
        try:
            yield
        finally:
            self._left += 1
