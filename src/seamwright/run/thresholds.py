"""Holds a load run against what its boundary promises: latency, availability, and the rate that is really carried."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamwright.model.boundary import Objectives

if TYPE_CHECKING:
    from seamwright.engines.load import Limits, LoadResult

__all__ = ["SCENARIO_ERRORS", "Threshold", "failures", "limits", "patience", "refusals", "thresholds"]

LOAD_TIMEOUT = 5.0
"""Seconds after which a request under load counts as failed, where the objectives say nothing of latency."""

CARRIED = 0.95
"""Share of the promised rate that must be answered: the last answers come after the last requests."""

SCENARIO_ERRORS = frozenset({"correlation", "unfit"})
"""Classes of errors that are not the target's: a scenario cannot go on with what it was answered, or was given."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One promise and what was measured of it; `held` is None where the run cannot say, and `why` says why not.

    Latencies are seconds, availability is a share, and the rate is answers a second.
    """

    name: str
    limit: float
    measured: float | None
    held: bool | None
    why: str = ""


def failures(result: LoadResult) -> dict[str, int]:
    """How many requests failed, by kind: 5xx and 429, no answer, and an answer that breaks the contract.

    Other statuses from 400 are refusals: the target answered, and the request may be to blame. So may be the scenario
    whose next step lacks a value: the answer was as promised, or is counted as a breach.
    """
    kinds = {str(status): count for status, count in result.statuses.items() if status >= 500 or status == 429}
    kinds |= {name: count for name, count in result.errors.items() if count and name not in SCENARIO_ERRORS}
    # The engine was told to call every status from 400 invalid; these are counted already.
    breaches = result.invalid - sum(count for status, count in result.statuses.items() if status >= 400)
    return kinds | ({"contract": breaches} if breaches > 0 else {})


def refusals(result: LoadResult) -> int:
    """How many requests were answered with 4xx, 429 apart."""
    return sum(count for status, count in result.statuses.items() if 400 <= status < 500 and status != 429)


def thresholds(objectives: Objectives, result: LoadResult) -> tuple[Threshold, ...]:
    """Every promise of the objectives. Where no availability is declared, no request may fail."""
    return (*_latencies(objectives, result), _availability(objectives, result), *_rate(objectives, result))


def limits(objectives: Objectives) -> Limits:
    """Those of the promises that can end a run early: latency, and the share of failures (none, where none is said)."""
    from seamwright.engines.load import Limits

    availability = objectives.availability
    # Rounded: 1 - 0.999 is not quite a thousandth.
    return Limits(objectives.latency.items(), 0.0 if availability is None else round(1 - availability, 12))


def patience(objectives: Objectives) -> float:
    """Seconds that a request under load is waited for: far longer than promised, and no longer than that needs."""
    promised = [limit for _, _, limit in objectives.latency.items()]
    if objectives.deadline is not None:
        promised.append(objectives.deadline / 4)
    return max(1.0, 4 * max(promised)) if promised else LOAD_TIMEOUT


def _latencies(objectives: Objectives, result: LoadResult) -> Iterator[Threshold]:
    """Latencies count from when a request was due, those that were waited for in vain among them.

    Few requests prove nothing of a rare quantile, but they may well refute it.
    """
    from seamwright.engines.load import surely_exceeds

    histogram = result.recorder.latency("intended")
    for name, quantile, limit in objectives.latency.items():
        needed = max(20, math.ceil(round(3 / (1 - quantile), 6)))
        if histogram.count < needed and not surely_exceeds(histogram.above(limit), histogram.count, 1 - quantile):
            why = f"{name} needs {needed} requests that were answered or waited for, and there are {histogram.count}"
            yield Threshold(f"latency {name}", limit, None, None, why)
            continue
        measured = histogram.quantile(quantile)
        yield Threshold(f"latency {name}", limit, measured, measured <= limit)


def _availability(objectives: Objectives, result: LoadResult) -> Threshold:
    limit = 1.0 if objectives.availability is None else objectives.availability
    failed = sum(failures(result).values())
    if result.target == 0:
        return Threshold("availability", limit, None, None, "no request came due")
    measured = 1 - failed / result.target
    # Compared by counts: 1 - 0.999 is not quite a thousandth.
    return Threshold("availability", limit, measured, failed <= (1 - limit) * result.target + 1e-9)


def _rate(objectives: Objectives, result: LoadResult) -> Iterator[Threshold]:
    """Answers that are neither failure nor refusal; only where at least the promised rate was offered."""
    if objectives.rate is None or result.rate < objectives.rate * (1 - 1e-9):
        return
    good = sum(count for status, count in result.statuses.items() if status < 400)
    measured = good / max(result.elapsed, result.duration)
    yield Threshold("rate", objectives.rate, measured, measured >= CARRIED * objectives.rate)
