"""Limits that end a load run early: not before it is plain that one of them is broken, and still is. Sans-io."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from seamwright.engines.load.recorder import Row

__all__ = ["Limits", "Watch", "surely_exceeds"]

# One-sided 99.9% of the normal distribution: a run of ten minutes is looked at six hundred times.
_SURE = 3.09
# A request that our own process was late for says nothing of the target; so many of a hundred are let pass.
_OWN = 0.01


@dataclass(frozen=True, slots=True)
class Limits:
    """What may not be exceeded: quantiles of intended latency as (name, quantile, seconds), and a share of failures.

    A request has failed when it got no answer, 5xx, 429, or an answer below 400 that is not as promised. A limit is
    broken once it is exceeded by all that ended so far, and in each second of the last `window` seconds in which
    anything ended, by more than chance would bring about (lower end of Wilson's interval, one-sided 99.9%). So a single
    bad second ends nothing, nor does a bad beginning that is over.
    """

    latency: tuple[tuple[str, float, float], ...] = ()
    failed: float | None = None
    window: float = 5.0

    def __post_init__(self) -> None:
        if not (self.latency or self.failed is not None):
            raise ValueError("limits need a latency or a share of failures")
        if not (math.isfinite(self.window) and self.window >= 2):
            raise ValueError(f"window of limits must be at least 2 seconds, not {self.window}")
        for name, quantile, seconds in self.latency:
            if not (0 <= quantile < 1 and seconds > 0):
                raise ValueError(f"limit {name} needs a quantile below 1 and seconds above 0")
        if self.failed is not None and not 0 <= self.failed < 1:
            raise ValueError(f"share of failures must lie from 0 up and below 1, not at {self.failed}")


@dataclass(slots=True)
class _Count:
    """How many there were, and how many of them were beyond a limit."""

    all: int = 0
    bad: int = 0

    def add(self, other: _Count) -> None:
        self.all += other.all
        self.bad += other.bad

    def exceeds(self, share: float) -> bool:
        return self.bad > share * self.all + 1e-9


class Watch:
    """Looks at a run row by row, and says when it is to end."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._names = [*(name for name, _, _ in limits.latency), *(() if limits.failed is None else ("errors",))]
        self._total = [_Count() for _ in self._names]
        self._last: deque[tuple[Row, list[_Count]]] = deque()

    def see(self, row: Row) -> str | None:
        """Take the next row of the timeline; why the run is to end, None where it may go on."""
        counts = [_Count(all_, bad) for all_, bad in self._counted(row)]
        for total, count in zip(self._total, counts, strict=True):
            total.add(count)
        self._last.append((row, counts))
        while len(self._last) > 1 and self._last[1][0].start <= row.end - self._limits.window + 0.1:
            self._last.popleft()
        if row.end - self._last[0][0].start < self._limits.window - 0.1:
            return None
        due = sum(seen.offered for seen, _ in self._last)
        if sum(seen.late for seen, _ in self._last) > _OWN * due:
            return None
        for index, name in enumerate(self._names):
            if self._broken(index):
                return self._told(index, name, row)
        return None

    def _counted(self, row: Row) -> Iterator[tuple[int, int]]:
        for _, _, seconds in self._limits.latency:
            yield row.intended.count, row.intended.above(seconds)
        if self._limits.failed is not None:
            yield row.answered + row.errors, row.failed

    def _allowed(self, index: int) -> float:
        if index < len(self._limits.latency):
            return 1 - self._limits.latency[index][1]
        return self._limits.failed or 0.0

    def _broken(self, index: int) -> bool:
        allowed = self._allowed(index)
        window = _Count()
        for _, counts in self._last:
            if counts[index].all and not counts[index].exceeds(allowed):
                return False
            window.add(counts[index])
        return surely_exceeds(window.bad, window.all, allowed) and self._total[index].exceeds(allowed)

    def _told(self, index: int, name: str, row: Row) -> str:
        window = _Count()
        for _, counts in self._last:
            window.add(counts[index])
        share, allowed = window.bad / window.all, self._allowed(index)
        what = "failed"
        if index < len(self._limits.latency):
            what = f"took longer than the {1000 * self._limits.latency[index][2]:g} ms of {name}"
        lasting = row.end - self._last[0][0].start
        may = f"{100 * allowed:.4g}% may" if allowed else "none may"
        return f"{share:.2%} of the requests {what} in the last {lasting:.0f} s, and {may}"


def surely_exceeds(bad: int, number: int, share: float) -> bool:
    """Whether so many bad ones of a number are more than a share, and not by chance (one-sided 99.9%)."""
    return number > 0 and bad > share * number + 1e-9 and _lower(bad, number) > share


def _lower(bad: int, number: int) -> float:
    """The lower end of Wilson's score interval for a share (Wilson 1927), one-sided 99.9%."""
    share, z2 = bad / number, _SURE**2
    middle = share + z2 / (2 * number)
    spread = _SURE * math.sqrt(share * (1 - share) / number + z2 / (4 * number * number))
    return (middle - spread) / (1 + z2 / number)
