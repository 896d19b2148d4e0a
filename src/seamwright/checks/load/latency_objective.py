"""At the declared rate, latency stays within what was promised.

The load is an open model: requests leave by the clock, whether or not earlier ones were answered, as users do. Latency
counts from when a request was meant to leave, so that waiting behind a stalled one counts too (coordinated omission).
Reads of every safe operation are mixed. An objective that is missed is measured once more before it is told; a run
that could not keep its own schedule, or has too few answers for a quantile, concludes nothing.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.checks.load._rate import BOUNDARY, DURATION, Mix, declared_rate, figures_of, kept, reads
from seamwright.model.bench import Bench, LoadFigures
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.finding import Finding, Severity
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

LONGEST = 12.0
"""Seconds that a run may last where rare quantiles need many answers."""

ERRORS = 0.05
"""Share of answers that are no success, above which the latency of the others says little."""


@dataclass(frozen=True, slots=True)
class _Promise:
    name: str
    quantile: float
    limit: float

    @property
    def needs(self) -> int:
        """Answers without which a quantile is a guess: three beyond it."""
        return max(20, math.ceil(round(3 / (1 - self.quantile), 6)))


def _promises(subject: Subject) -> tuple[_Promise, ...]:
    return tuple(_Promise(*item) for item in subject.boundary.objectives.latency.items())


def _applies(subject: Subject) -> Applicability:
    if declared_rate(subject) is None or not _promises(subject):
        return DoesNotApply("its objectives do not give both a latency and the rate at which it must hold")
    if not any(o.method == "GET" for o in subject.operations):
        return DoesNotApply("it has no safe operation that could be sent at a rate")
    return Applies((BOUNDARY,))


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    rate = declared_rate(bench.subject) or 0.0
    promises = _promises(bench.subject)
    objectives = {p.name: p.limit for p in promises}
    figures: LoadFigures | None = None
    try:
        mix = await reads(bench)
        figures = await bench.load(mix.cases, rate=rate, duration=_duration(bench, rate, promises))
        kept(figures)
        missed = _missed(figures, promises)
        second: LoadFigures | None = None
        if missed:
            second = await bench.load(mix.cases, rate=rate, duration=_duration(bench, rate, promises))
            kept(second)
    except Undecided as error:
        measures = {"load": figures_of(figures, objectives)} if figures else {}
        yield Unknown(BOUNDARY, str(error), error.cause, measures)
        return
    measures = {"load": figures_of(second or figures, objectives)}
    yield _judged(figures, second, missed, promises, mix, measures)


def _duration(bench: Bench, rate: float, promises: tuple[_Promise, ...]) -> float:
    """Long enough for every quantile that can be had within the budget, this run and its confirmation counted."""
    most = min(LONGEST, bench.remaining / 2 - 2)
    wanted = (1.1 * promise.needs / rate for promise in promises)
    return max(0.5, min(most, max((DURATION, *(seconds for seconds in wanted if seconds <= most)))))


def _missed(figures: LoadFigures, promises: tuple[_Promise, ...]) -> tuple[_Promise, ...]:
    return tuple(
        p for p in promises if p.name in figures.intended and _enough(figures, p) and figures.intended[p.name] > p.limit
    )


def _enough(figures: LoadFigures, promise: _Promise) -> bool:
    # What was waited for in vain counts as latency too, so it is what was sent that must be enough.
    return figures.sent >= promise.needs


def _judged(
    first: LoadFigures,
    second: LoadFigures | None,
    missed: tuple[_Promise, ...],
    promises: tuple[_Promise, ...],
    mix: Mix,
    measures: Mapping[str, Any],
) -> Observation:
    if second is not None:
        again = tuple(p for p in _missed(second, promises) if p in missed)
        if again:
            return Refuted(BOUNDARY, _finding(first, second, again, mix), first.sent + second.sent, measures)
        text = ", ".join(f"{p.name} {_ms(first, p)}, then {_ms(second, p)}" for p in missed)
        return Unknown(BOUNDARY, f"missed once and held the second time: {text}", Cause.TARGET, measures)
    doubtful = [p for p in promises if p.name not in first.intended]
    if doubtful:
        names = ", ".join(p.name for p in doubtful)
        return Unknown(BOUNDARY, f"{names} is not measured by the load engine", Cause.OURS, measures)
    few = [p for p in promises if not _enough(first, p)]
    if few:
        text = ", ".join(f"{p.name} needs {p.needs}" for p in few)
        return Unknown(BOUNDARY, f"{first.sent} requests are too few: {text}", Cause.USAGE, measures)
    good = sum(count for status, count in first.statuses.items() if status.startswith("2"))
    if good < (1 - ERRORS) * first.sent:
        seen = {**first.statuses, **first.errors}
        return Unknown(
            BOUNDARY, f"only {good} of {first.sent} were answered with success: {seen}", Cause.TARGET, measures
        )
    return Proved(BOUNDARY, first.sent, measures)


def _finding(first: LoadFigures, second: LoadFigures, broken: tuple[_Promise, ...], mix: Mix) -> Finding:
    text = ", ".join(f"{p.name} is above the {p.limit * 1000:g} ms that are promised" for p in broken)
    lines = [
        f"seen: {p.name} promised {p.limit * 1000:g} ms, measured {_ms(first, p)} and once more {_ms(second, p)} "
        f"(in service alone {1000 * second.service.get(p.name, 0.0):.0f} ms)"
        for p in broken
    ]
    witnesses = [*(e.number for e in mix.tried), *(e.number for e in (*first.samples, *second.samples))]
    return Finding(
        title=f"At {second.target_rate:g} requests a second, {text}",
        detail="\n".join(
            [
                f"expected: the objectives hold at {second.target_rate:g}/s, counted from when each request was due",
                *lines,
                f"{first.sent} requests were sent in {first.duration:.1f} s, {second.sent} in {second.duration:.1f} s",
            ]
        ),
        severity=Severity.HIGH,
        key="latency",
        exchanges=tuple(dict.fromkeys(witnesses)),
        facts={
            "broken": {p.name: {"limit": p.limit, "first": _of(first, p), "second": _of(second, p)} for p in broken},
            "rate": second.target_rate,
        },
    )


def _of(figures: LoadFigures, promise: _Promise) -> float:
    return figures.intended.get(promise.name, 0.0)


def _ms(figures: LoadFigures, promise: _Promise) -> str:
    return f"{1000 * _of(figures, promise):.0f} ms"


CHECK = Check(
    id="load.latency-objective",
    proves="at the declared rate, latency counted from the intended time stays within the objective",
    oracle="a quantile above its objective in two runs that kept their schedule, each with enough answers",
    applies=_applies,
    run=_run,
    dares=Dares.LOAD,
    alone=True,
)
