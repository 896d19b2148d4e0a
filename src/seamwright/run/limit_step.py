"""Judges one step of the search for the highest rate: kept, broken (by what, and what first), or not to be told."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamwright.engines.load.search import Tried
from seamwright.model.boundary import Objectives
from seamwright.model.errors import Undecided
from seamwright.run.thresholds import CARRIED, failures, refusals, thresholds

if TYPE_CHECKING:
    from seamwright.engines.load import LoadResult

__all__ = ["ERRORS", "LATENCY", "OWN", "REFUSED", "THROUGHPUT", "Step", "judged", "seconds_for"]

ERRORS, THROUGHPUT, LATENCY = "errors", "throughput below what was offered", "latency"
"""What a target may give out by, the most telling first: what comes later may follow from what comes before."""

OWN = "our own schedule"

REFUSED = 0.05
"""Share of refusals (4xx) above which a rate was not really carried."""

_LONGEST = 60.0
"""Seconds that a step may last where rare quantiles need many answers."""

_CONNECTIONS = 0.8
"""Share of the connections that the target would use at its usual latency, above which they are the limit, not it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One try of a rate. Latencies are intended ones in seconds, None without an answer; `throughput` is answers a
    second in the time in which requests came due; `gave_out` is what was broken, in the order in which it was."""

    rate: float
    tried: Tried
    gave_out: tuple[str, ...]
    why: str
    offered: int
    answered: int
    failed: int
    throughput: float
    p50: float | None
    p90: float | None
    p99: float | None
    processes: int


def seconds_for(objectives: Objectives, rate: float, least: float) -> float:
    """How long a step at this rate lasts, in whole seconds: long enough for every quantile that is promised."""
    needed = [1.1 * max(20, 3 / (1 - quantile)) / rate for _, quantile, _ in objectives.latency.items()]
    return float(math.ceil(min(_LONGEST, max([least, *needed]))))


def judged(objectives: Objectives, rate: float, result: LoadResult, connections: int, usual: float | None) -> Step:
    """What came of a run at this rate; `usual` is the target's service latency where it has no trouble, in seconds.

    Raises Undecided where the target refuses the calls, or the answers are too few for a quantile.
    """
    during = [row for row in result.timeline if row.start < result.duration - 0.5]
    throughput = sum(row.answered for row in during) / result.duration
    held = [threshold for threshold in thresholds(objectives, result) if threshold.name != "rate"]
    missed = {ERRORS if threshold.name == "availability" else LATENCY for threshold in held if threshold.held is False}
    if throughput < CARRIED * rate:
        missed.add(THROUGHPUT)
    in_order = [reason for reason in (ERRORS, THROUGHPUT, LATENCY) if reason in missed]
    gave_out = tuple(sorted(in_order, key=lambda reason: _first(objectives, result, reason)))
    tried = Tried.BROKEN if gave_out else Tried.KEPT
    why = "; ".join(_told(objectives, result, reason, rate, throughput) for reason in gave_out)
    if not result.kept_schedule:
        tried, gave_out, why = Tried.OURS, (OWN,), result.not_kept_because or ""
    elif gave_out and _ours(result) and usual is not None and rate * usual > _CONNECTIONS * connections:
        tried, gave_out = Tried.OURS, (OWN,)
        why = f"{rate:.4g}/s of {1000 * usual:.3g} ms each need about {math.ceil(rate * usual)} connections, and there "
        why += f"are {connections}; give it more with --connections"
    elif refusals(result) > REFUSED * result.target:
        raise Undecided(
            f"at {rate:g}/s {refusals(result)} of {result.target} requests were refused ({dict(result.statuses)}), so "
            "the rate was not really carried"
        )
    elif not gave_out and (few := [threshold.why for threshold in held if threshold.held is None]):
        raise Undecided(f"at {rate:g}/s for {result.duration:g} s: {'; '.join(few)}")
    intended = result.intended
    return Step(
        rate=rate,
        tried=tried,
        gave_out=gave_out,
        why=why,
        offered=result.target,
        answered=result.answered,
        failed=sum(failures(result).values()),
        throughput=throughput,
        p50=intended.p50 if intended else None,
        p90=intended.p90 if intended else None,
        p99=intended.p99 if intended else None,
        processes=result.processes,
    )


def _ours(result: LoadResult) -> bool:
    """Whether what failed, if anything did, only waited in vain for a connection of ours."""
    return set(failures(result)) <= {"unsent"}


def _first(objectives: Objectives, result: LoadResult, reason: str) -> float:
    """The second in which it was broken for the first time, by all that had ended until then; infinite for none."""
    offered = answered = errors = failed = 0
    allowed = 0.0 if objectives.availability is None else 1 - objectives.availability
    for row in result.timeline:
        offered, answered = offered + row.offered, answered + row.answered
        errors, failed = errors + row.errors, failed + row.failed
        match reason:
            case "errors":
                broken = failed > allowed * (answered + errors) + 1e-9
            case "latency":
                broken = any(limit < value for value, limit in _limited(objectives, row.p50, row.p99))
            case _:
                broken = answered < CARRIED * offered
        if broken:
            return row.start
    return math.inf


def _limited(objectives: Objectives, p50: float | None, p99: float | None) -> Iterator[tuple[float, float]]:
    """Quantiles of a second beside their limits; a second has too few answers for others than these two."""
    for _, quantile, limit in objectives.latency.items():
        value = p50 if quantile <= 0.5 else p99
        if value is not None:
            yield value, limit


def _told(objectives: Objectives, result: LoadResult, reason: str, rate: float, throughput: float) -> str:
    if reason == THROUGHPUT:
        return f"{throughput:.4g}/s were answered of {rate:.4g}/s"
    if reason == ERRORS:
        return f"{sum(failures(result).values())} of {result.target} failed: {failures(result)}"
    missed = [t for t in thresholds(objectives, result) if t.held is False and t.name.startswith("latency")]
    return ", ".join(f"{t.name} {1000 * (t.measured or 0):.4g} ms of {1000 * t.limit:g} ms" for t in missed)
