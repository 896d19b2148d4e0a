"""What came of a load run, or of one process's share of it; and the result that these make together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from seamwright.engines.load.plan import LoadPlan
from seamwright.engines.load.profile import Users
from seamwright.engines.load.recorder import Histogram, Recorder, Window
from seamwright.engines.load.result import ErrorSample, Lag, LoadResult, OperationResult, ValidationFailure

__all__ = ["Outcome", "result_of"]

# Busier than this share of the time, our own work is part of every latency that was measured.
_BUSY = 0.95
_ENOUGH = 0.99

_Sample = TypeVar("_Sample", ValidationFailure, ErrorSample)


@dataclass(slots=True)
class Outcome:
    """One process's share: counters, and series that can be added to those of others. Its meaning is in LoadResult."""

    recorder: Recorder
    invalid: dict[str, int]
    failures: list[ValidationFailure]
    error_samples: list[ErrorSample]
    target: int
    sent: int
    withdrawn: int
    connects: int
    own_failures: int
    backlog: int
    in_flight: int
    elapsed: float
    offered_for: float
    """Seconds in which requests came due."""
    cpu: float
    ended_early: str | None = None
    own_lags: Histogram = field(default_factory=Histogram)
    loop_lags: Histogram = field(default_factory=Histogram)


def result_of(
    plan: LoadPlan, outcomes: Sequence[Outcome], timeline: Sequence[Window], lost: Sequence[str] = (), started: int = 0
) -> LoadResult:
    """One result of the shares of all processes.

    `started` is how many processes there were, where not all have an outcome; `lost` says of each of the others why.
    Shares are added up without loss: counts, and buckets of histograms.
    """
    number = max(started, len(outcomes))
    names = list(dict.fromkeys(request.operation for request in plan.requests))
    recorder, own = Recorder(names), Histogram()
    for outcome in outcomes:
        recorder.merge(outcome.recorder)
        own.merge(outcome.own_lags)
    recorder.timeline = list(timeline)
    why = _why_not_kept(plan, outcomes, number, lost)
    by_status = [recorder.statuses(i) for i in range(len(names))]
    by_error = [recorder.errors(i) for i in range(len(names))]
    statuses: Counter[int] = sum(by_status, Counter())
    errors: Counter[str] = sum(by_error, Counter())
    invalid = {name: sum(outcome.invalid.get(name, 0) for outcome in outcomes) for name in names}
    operations = {
        name: OperationResult(
            sent=recorder.sent(i),
            answered=by_status[i].total(),
            statuses=dict(sorted(by_status[i].items())),
            errors=dict(sorted(by_error[i].items())),
            invalid=invalid[name],
            intended=recorder.latency("intended", name).summary(),
            service=recorder.latency("service", name).summary(),
        )
        for i, name in enumerate(names)
    }
    elapsed = max((outcome.elapsed for outcome in outcomes), default=0.0)
    target = sum(outcome.target - outcome.withdrawn for outcome in outcomes)
    early = next((outcome.ended_early for outcome in outcomes if outcome.ended_early), None)
    offered_for = max((outcome.offered_for for outcome in outcomes), default=0.0)
    rate = plan.offered.mean if not isinstance(plan.offered, Users) else (target / elapsed if elapsed else 0.0)
    if early and offered_for and not isinstance(plan.offered, Users):
        rate = sum(outcome.target for outcome in outcomes) / offered_for
    return LoadResult(
        rate=rate,
        duration=offered_for if early else plan.offered.duration - plan.warm_up,
        seed=plan.seed,
        arrival=plan.offered.arrival,
        elapsed=elapsed,
        target=target,
        sent=sum(outcome.sent for outcome in outcomes),
        answered=statuses.total(),
        statuses=dict(sorted(statuses.items())),
        errors=dict(sorted(errors.items())),
        invalid=sum(invalid.values()),
        intended=recorder.latency("intended").summary(),
        service=recorder.latency("service").summary(),
        send_lag=_lag(recorder.send_lag),
        own_lag=_lag(own),
        kept_schedule=why is None,
        not_kept_because=why,
        backlog=sum(outcome.backlog for outcome in outcomes),
        in_flight=sum(outcome.in_flight for outcome in outcomes),
        connects=sum(outcome.connects for outcome in outcomes),
        cpu=max((outcome.cpu for outcome in outcomes), default=0.0),
        operations=operations,
        timeline=tuple(timeline),
        failures=_samples([outcome.failures for outcome in outcomes], plan.max_samples),
        error_samples=_samples([outcome.error_samples for outcome in outcomes], plan.max_samples),
        recorder=recorder,
        ended_early=early,
        withdrawn=sum(outcome.withdrawn for outcome in outcomes),
        processes=number,
    )


def _samples(lists: Sequence[list[_Sample]], most: int) -> tuple[_Sample, ...]:
    return tuple(sorted((sample for samples in lists for sample in samples), key=lambda sample: sample.at)[:most])


def _why_not_kept(plan: LoadPlan, outcomes: Sequence[Outcome], number: int, lost: Sequence[str]) -> str | None:
    """Each process is judged by itself: one that is starved is not outvoted by those that are not."""
    if lost:
        return "; ".join(lost)
    for index, outcome in enumerate(outcomes):
        why = _why_late(plan, outcome)
        if why is not None:
            return why if number == 1 else f"in process {index + 1} of {number}, {why}"
    return None


def _why_late(plan: LoadPlan, outcome: Outcome) -> str | None:
    bound = plan.lag_bound
    own = _lag(outcome.own_lags)
    if own.p99 > bound:
        return (
            f"1% of the requests came {own.p99 * 1e3:.1f} ms or more after their time in our own process "
            f"(bound {bound * 1e3:.0f} ms); give it more CPU or ask for a lower rate"
        )
    loop = _lag(outcome.loop_lags)
    if loop.p99 > bound:
        return (
            f"the event loop was held up by {loop.p99 * 1e3:.1f} ms or more in 1% of its turns "
            f"(bound {bound * 1e3:.0f} ms); something else runs on it"
        )
    if outcome.own_failures > (1 - _ENOUGH) * outcome.target:
        return (
            f"{outcome.own_failures} of {outcome.connects} connections could not be opened for want of descriptors, "
            "ports or memory in our own process; raise `ulimit -n` or lower the rate"
        )
    if outcome.cpu > _BUSY:
        return f"this process was at work {outcome.cpu:.0%} of the time, so its own work is part of every latency"
    return None


def _lag(histogram: Histogram) -> Lag:
    if histogram.count == 0:
        return Lag(0.0, 0.0, 0.0)
    return Lag(*(histogram.quantile(q) for q in (0.5, 0.99, 1.0)))
