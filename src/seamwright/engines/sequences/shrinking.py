"""Shortens a sequence that fails: fewer steps first, then simpler ones (delta debugging, Zeller and Hildebrandt, 2002).

The search is a generator: it yields candidates, is sent whether each of them still fails, and returns the shortest that
did. What must be sent and how a failure is recognised is the business of whoever drives it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from dataclasses import replace

from seamwright.engines.sequences.steps import Step, needed
from seamwright.model.exchange import Case

__all__ = ["Simpler", "shrinking", "without"]

Simpler = Callable[[Step], Iterable[Case]]
"""Cases of a step with one thing less in each, as one optional field."""


def shrinking(
    steps: Sequence[Step], simpler: Simpler = lambda step: ()
) -> Generator[tuple[Step, ...], bool, tuple[Step, ...]]:
    """Search the shortest sequence that fails as this one does; its last step, which shows the failure, stays.

    Send True after a candidate that still fails. Whoever stops early keeps the last candidate that failed.
    """
    best = tuple(steps)
    alone = needed(best, {best[-1].number})
    if len(alone) < len(best) and (yield alone):
        best = alone
    size = len(best) // 2
    while size:
        shorter = yield from _fewer(best, size)
        size = size // 2 if len(shorter) == len(best) else min(size, len(shorter) // 2)
        best = shorter
    for number in [step.number for step in best]:
        best = yield from _simpler(best, number, simpler)
    return best


def without(steps: Sequence[Step], dropped: Collection[int]) -> tuple[Step, ...]:
    """The sequence without these steps, and without those that need them."""
    gone = set(dropped)
    for step in steps:
        if step.needs & gone:
            gone.add(step.number)
    return tuple(step for step in steps if step.number not in gone)


def _fewer(steps: tuple[Step, ...], size: int) -> Generator[tuple[Step, ...], bool, tuple[Step, ...]]:
    """Leave out `size` neighbouring steps at a time, from the end to the beginning; the last step of all stays."""
    best = steps
    end = len(best) - 1
    while end > 0:
        start = max(0, end - size)
        candidate = without(best, {step.number for step in best[start:end]})
        if candidate and candidate[-1] == best[-1] and len(candidate) < len(best) and (yield candidate):
            best = candidate
            end = min(start, len(best) - 1)
        else:
            end = start
    return best


def _simpler(
    steps: tuple[Step, ...], number: int, simpler: Simpler
) -> Generator[tuple[Step, ...], bool, tuple[Step, ...]]:
    """Take the parts of one step away, one after the other."""
    best = steps
    tried: list[Case] = []
    while True:
        step = next(step for step in best if step.number == number)
        case = next((case for case in simpler(step) if case not in tried), None)
        if case is None:
            return best
        tried.append(case)
        candidate = tuple(replace(s, case=case) if s.number == number else s for s in best)
        if (yield candidate):
            best = candidate
