"""Shares the time of a run out among its checks: what each may take, and in what order they have their turns."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum

from seamwright.model.check import Check
from seamwright.model.plan import Planned

__all__ = ["CHECKS_AT_ONCE", "LOOKS_BACK", "Shares", "Stage", "stages"]

CHECK_BUDGET = 20.0
"""Seconds that one check may take, or a sixth of the run's budget where that is more; twice as much when it runs
alone, and then also its share of what is left."""

GENEROUS = 1.25
"""How many times its fair part of the time that is left a check may take; most take less."""

SHORTEST = 3.0
"""Seconds that a check may take, however many there are, as long as they are there."""

FIRST = 0
"""The urgency of checks that go before all others."""

LOOKS_BACK = 9
"""The urgency of checks that begin when all others have ended."""

KEPT_BACK = 0.06
"""The part of a run's time that is kept for checks that look back."""

LEAST_KEPT = 1.0
"""Seconds at the end of a run in which those that were cut off do not go on any more."""

KEPT_LAST = 0.08
"""The part of a run's time that is kept for the check that comes last of all, since nothing may answer after it."""

KEPT_HARSH = 0.75
"""The part of what is left that is kept for those that load or break the system, where they may need it."""

CHECKS_AT_ONCE = 4
"""Checks that run at the same time, as long as none of them wants to be alone."""

GENTLE = "contract"
"""The family of which those that run alone do so before others go on with what was cut off. Those of other families
load the system, break it, or put its data back, and come after all that could see traces of it."""


class Stage(IntEnum):
    """When checks have their turn."""

    TOGETHER = 0
    ALONE = 1
    BACK = 2
    HARSH = 3


def stages(planned: Iterable[Planned], checks: Mapping[str, Check]) -> Iterator[tuple[Stage, list[Planned]]]:
    """What may run at the same time: first the most urgent by themselves, since others build on what they learn, then
    all others together, one by one those that run alone, the least urgent, which look back on all these, and in the
    end one by one those that load the system, break it or put its data back, and those that may leave nobody answering.
    """
    items = list(planned)
    together = [item for item in items if not checks[item.check].alone]
    alone = [item for item in items if checks[item.check].alone]
    yield Stage.TOGETHER, [item for item in together if checks[item.check].urgency == FIRST]
    yield Stage.TOGETHER, [item for item in together if FIRST < checks[item.check].urgency < LOOKS_BACK]
    yield from ((Stage.ALONE, [item]) for item in alone if not _harsh(checks[item.check]))
    yield Stage.BACK, [item for item in together if checks[item.check].urgency >= LOOKS_BACK]
    yield from ((Stage.HARSH, [item]) for item in alone if _harsh(checks[item.check]))


class Shares:
    """The time of one run. Seconds; it begins with `begin`."""

    def __init__(self, planned: Iterable[Planned], checks: Mapping[str, Check], budget: float) -> None:
        known = [checks[item.check] for item in planned]
        self._budget = budget
        self._end = 0.0
        self._longest = max(CHECK_BUDGET, budget / 6)
        self._back = KEPT_BACK * budget if any(c.urgency >= LOOKS_BACK and not c.alone for c in known) else 0.0
        self._waiting = sum(not check.alone for check in known)
        self._alone = len(known) - self._waiting
        self._harsh = sum(map(_harsh, known)) - sum(map(_last, known))
        self._last = KEPT_LAST * budget if any(map(_last, known)) else 0.0

    def begin(self) -> None:
        """Let the time of the run begin."""
        self._end = time.monotonic() + self._budget

    def of(self, check: Check, cut_off: int) -> float:
        """What a check may take that begins now: no more than is left, nor much more than its fair part of that.

        `cut_off` is how many have had their share, and wait for more.
        """
        left = max(0.0, self._end - time.monotonic())
        if check.alone:
            return self._of_one_alone(check, left, cut_off)
        left = max(0.0, left - self._last - (self._back if check.urgency < LOOKS_BACK else 0.0))
        fair = GENEROUS * left * CHECKS_AT_ONCE / max(CHECKS_AT_ONCE, self._waiting)
        self._waiting -= 1
        return min(self._longest, left, max(fair, SHORTEST))

    def _of_one_alone(self, check: Check, left: float, cut_off: int) -> float:
        # What those before it did not need is shared among those that are still to come.
        self._alone -= 1
        most = max(2 * self._longest, left / (self._alone + 1))
        if _last(check):
            return min(left, most)
        left = max(0.0, left - self._last)
        if _harsh(check):
            return min(left, most)
        left = max(0.0, left - self._back)
        if cut_off:
            # One that is alone takes all places at once.
            places = cut_off + CHECKS_AT_ONCE * (self._alone + 1 - self._harsh - bool(self._last))
            most = max(SHORTEST, GENEROUS * left * CHECKS_AT_ONCE / places)
        return min(left, most)

    def until(self) -> float:
        """When those that were cut off end for good (monotonic), if they go on now; the rest is for others."""
        end = self._end - max(LEAST_KEPT, self._back + self._last)
        left = max(0.0, end - time.monotonic())
        return end - min(CHECK_BUDGET * self._harsh, KEPT_HARSH * left)


def _harsh(check: Check) -> bool:
    return check.alone and (check.family != GENTLE or _last(check))


def _last(check: Check) -> bool:
    return check.alone and check.urgency >= LOOKS_BACK
