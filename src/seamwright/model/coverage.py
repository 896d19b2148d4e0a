"""How much of contracts was exercised: sums over the rows of a run's coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from seamwright.model.run import Covered, PointKind

__all__ = ["Share", "answered", "by_kind", "points", "sentence"]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    done: int
    total: int

    @property
    def percent(self) -> float:
        """From 0 to 100, rounded down to a tenth, so that 100 means all of them; 100 of nothing."""
        return 100.0 if not self.total else self.done * 1000 // self.total / 10

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"


def answered(rows: Iterable[Covered]) -> Share:
    """Operations that were answered in their success class."""
    every = [row.answered for row in rows]
    return Share(sum(every), len(every))


def points(rows: Iterable[Covered]) -> Share:
    """Points that were exercised."""
    every = list(rows)
    return Share(sum(row.exercised for row in every), sum(row.total for row in every))


def by_kind(rows: Iterable[Covered]) -> Mapping[PointKind, Share]:
    """Points by what they are about, in a fixed order; kinds of which there are none are left out."""
    done: dict[PointKind, int] = dict.fromkeys(get_args(PointKind), 0)
    total = dict(done)
    for row in rows:
        for each in row.points:
            done[each.kind] += len(each.done)
            total[each.kind] += each.total
    return {kind: Share(done[kind], count) for kind, count in total.items() if count}


def sentence(rows: Sequence[Covered]) -> str:
    """Both in words: `38 of 40 operations, 412 of 460 points`; empty where there is no operation."""
    if not rows:
        return ""
    counted = points(rows)
    return f"{answered(rows)} operations" + (f", {counted} points" if counted.total else "")
