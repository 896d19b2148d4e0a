"""Searches the highest rate that a target keeps: a geometric rise, bisection, the boundary tried again. Sans-io."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

__all__ = ["Knee", "Search", "Tried", "knee"]

# A rate at which our own process came too late so often, and nothing was learnt, is one that we cannot make.
_OWN_TRIES = 3
# Off the plateau is at least this much above it: quick answers vary by more than their own length.
_OFF = 0.001


class Tried(StrEnum):
    """What came of one try of a rate."""

    KEPT = "kept"
    BROKEN = "broken"
    OURS = "ours"
    """Our own side could not make that rate, so nothing was learnt of the target."""


@dataclass(slots=True)
class Search:
    """Says which rate to try next, from what came of those before; rates are requests a second.

    The rate rises from `first` by `growth` until it is broken for the first time, or up to `most`; where already the
    first is broken it falls, down to `least`. Then the geometric middle is tried until what keeps and what does not
    are within `precision` of each other; then both are tried until each was `repeats` times. A rate that was broken
    even once does not keep, and one that was kept even once is not the one that fails: what lies between is told.
    """

    first: float
    most: float | None = None
    least: float = 1.0
    growth: float = 2.0
    precision: float = 0.05
    repeats: int = 3
    _tries: dict[float, Counter[Tried]] = field(default_factory=dict, init=False)
    _last: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if not 0 < self.least <= self.first <= (self.most or math.inf):
            raise ValueError(f"a search begins between {self.least:g}/s and its highest rate, not at {self.first:g}/s")
        if not (self.growth > 1 and 0 < self.precision < 1 and self.repeats >= 1):
            raise ValueError("growth of a search must be above 1, precision between 0 and 1, and repeats at least 1")

    def tell(self, rate: float, tried: Tried) -> None:
        """Take what came of a try of this rate."""
        self._tries.setdefault(rate, Counter())[tried] += 1
        self._last = rate

    def tries(self, rate: float) -> Counter[Tried]:
        """How often this rate was tried, by what came of it."""
        return Counter(self._tries.get(rate, Counter()))

    @property
    def keeps(self) -> float | None:
        """The highest rate that was kept each time, below any that was not; None where there is none."""
        end = self._end
        good = [r for r, t in self._tries.items() if t[Tried.KEPT] and not t[Tried.BROKEN] and (end is None or r < end)]
        return max(good, default=None)

    @property
    def fails(self) -> float | None:
        """The lowest rate above that which was broken each time; None where there is none."""
        keeps = self.keeps or 0.0
        return min(
            (r for r, t in self._tries.items() if r > keeps and t[Tried.BROKEN] and not t[Tried.KEPT]), default=None
        )

    @property
    def sometimes(self) -> tuple[float, ...]:
        """Rates that were kept and broken."""
        return tuple(sorted(r for r, t in self._tries.items() if t[Tried.KEPT] and t[Tried.BROKEN]))

    @property
    def out_of_reach(self) -> float | None:
        """The lowest rate that our own side could not make, where that ended the search before the target did."""
        end = self._end
        return end if end is not None and not self._tries[end][Tried.BROKEN] else None

    @property
    def confirmed(self) -> bool:
        """Whether what keeps and what fails, as far as there is either, were tried as often as was asked."""
        keeps, fails = self.keeps, self.fails
        found = [(keeps, Tried.KEPT), (fails, Tried.BROKEN)]
        return keeps is not None and all(r is None or self._tries[r][what] >= self.repeats for r, what in found)

    def next(self) -> float | None:
        """The rate to try next; None at the end of the search."""
        if not self._tries:
            return _round(self.first)
        last = self._last
        if last is not None and self._unclear(last):
            return last
        end, keeps = self._end, self.keeps
        if end is None:
            assert keeps is not None
            if self.most is None or keeps < _round(self.most):
                return _round(min(keeps * self.growth, self.most or math.inf))
            return self._again(keeps, Tried.KEPT)
        if keeps is None:
            if end <= self.least:
                return self._again(end, Tried.BROKEN)
            return _round(max(self.least, end / self.growth))
        middle = _round(math.sqrt(keeps * end))
        if end / keeps > 1 + self.precision and keeps < middle < end:
            return middle
        return self._again(keeps, Tried.KEPT) or self._upper()

    def _upper(self) -> float | None:
        if self.out_of_reach is not None:
            return None
        fails = self.fails
        if fails is not None:
            return self._again(fails, Tried.BROKEN)
        above = _round(self.sometimes[-1] * (1 + 2 * self.precision))
        above = min(above, _round(self.most or math.inf))
        return None if above in self._tries else above

    def _again(self, rate: float, what: Tried) -> float | None:
        tries = self._tries[rate]
        done = tries[what] >= self.repeats or tries[Tried.OURS] >= 2 * _OWN_TRIES
        return None if done else rate

    def _unclear(self, rate: float) -> bool:
        tries = self._tries[rate]
        return not (tries[Tried.KEPT] or tries[Tried.BROKEN]) and tries[Tried.OURS] < _OWN_TRIES

    @property
    def _end(self) -> float | None:
        """The lowest rate that was ever broken, or that we could not make."""
        bad = [r for r, t in self._tries.items() if t[Tried.BROKEN] or not (t[Tried.KEPT] or self._unclear(r))]
        return min(bad, default=None)


@dataclass(frozen=True, slots=True)
class Knee:
    """Where latency leaves its plateau: still on it at `on`, off it at `off` requests a second; seconds."""

    plateau: float
    on: float
    off: float


def knee(points: Sequence[tuple[float, float]]) -> Knee | None:
    """The knee of (rate, latency in seconds), in any order, rates more than once too; None where none is to be seen.

    The plateau is the median latency of the lowest third of the rates. A rate is off it with twice that, and a
    millisecond more at least; the knee lies below the rate from which on all are off.
    """
    by_rate: dict[float, list[float]] = {}
    for rate, latency in points:
        by_rate.setdefault(rate, []).append(latency)
    rates = sorted(by_rate)
    if len(rates) < 3:
        return None
    plateau = median(median(by_rate[rate]) for rate in rates[: max(1, len(rates) // 3)])
    bound = max(2 * plateau, plateau + _OFF)
    off = len(rates)
    while off and median(by_rate[rates[off - 1]]) > bound:
        off -= 1
    if off in (0, len(rates)):
        return None
    return Knee(plateau, rates[off - 1], rates[off])


def _round(rate: float) -> float:
    """Four digits are enough to tell two rates apart."""
    return float(f"{rate:.4g}")
