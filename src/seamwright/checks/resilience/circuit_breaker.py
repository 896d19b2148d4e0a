"""A circuit breaker that is promised opens, so that a dead dependency is left alone, and closes once it is back.

What the manifest promises under `dependencies` is tried as it stands there: after so many failed calls the next ones do
not reach the dependency (they are counted there), and when it answers again, calls are served again in time.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from seamwright.checks._cells import statuses
from seamwright.checks.resilience._crossing import (
    Crossing,
    applies_to_http_dependencies,
    control_of,
    crossings,
    deadline_of,
    recovery_of,
    steady,
    timed,
)
from seamwright.model.bench import Bench, Fault, Strike
from seamwright.model.boundary import Breaker
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

MORE = 3
"""Calls that are made once it must be open."""

MARGIN = 0.1
"""The part of the pause before its end in which a request is not yet held against anybody."""

LATE = 0.5
"""Seconds past the promised recovery that are not held against anybody."""

MOST = 2


def _promised(subject: Subject, dependency: str) -> Breaker | None:
    promise = subject.boundary.dependencies.get(dependency)
    return promise.breaker if promise is not None else None


def _applies(subject: Subject) -> Applicability:
    found = applies_to_http_dependencies(subject)
    if isinstance(found, DoesNotApply):
        return found
    without = {name: "no breaker is promised for it" for name in found.cells if _promised(subject, name) is None}
    cells = tuple(name for name in found.cells if name not in without)
    if not cells and without:
        return DoesNotApply("the manifest promises no breaker ('dependencies.NAME.breaker')")
    return Applies(cells, {**found.left_out, **without})


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    for dependency in bench.cells:
        breaker = _promised(bench.subject, dependency)
        assert breaker is not None
        try:
            crossing = control_of(await crossings(bench, dependency, most=MOST, counted=True))
            yield await _try(bench, crossing, dependency, breaker)
        except Undecided as error:
            yield Unknown(dependency, str(error), error.cause)


async def _try(bench: Bench, crossing: Crossing, dependency: str, breaker: Breaker) -> Observation:
    if not crossing.repeatable:
        raise Undecided(
            f"only operations that use up an object cross {dependency}, and none can be created while it fails",
            Cause.USAGE,
        )
    await steady(bench, crossing, deadline_of(bench.subject) + breaker.pause, dependency=dependency)
    async with bench.fault(dependency, Fault("status", params={"code": 500}), ttl=bench.remaining + 5) as struck:
        failed = [await _call(bench, crossing, f"{dependency} answers 500") for _ in range(breaker.failures)]
        before = await struck.strikes()
        then = [await _call(bench, crossing, "the breaker must be open") for _ in range(MORE)]
        after = (await struck.strikes())[len(before) :]
    measures: dict[str, Any] = {f"{dependency}: requests while open": len(after), "failures promised": breaker.failures}
    if not before or any(exchange.ok for exchange in failed):
        why = f"{crossing.operation.id}: while {dependency} answered 500, calls were not failed ({statuses(failed)})"
        return Unknown(dependency, why, measures=measures)
    early = _early(before[-1], after, breaker)
    lifted = time.monotonic()
    limit = breaker.pause + recovery_of(bench.subject)
    try:
        await steady(bench, crossing, limit + LATE, dependency=dependency)
    except Undecided as error:
        if early:
            raise
        return Refuted(dependency, _stays_open(crossing, dependency, limit, error, then), tried=len(failed))
    measures[f"{dependency}: closed after"] = round(time.monotonic() - lifted, 3)
    if early:
        finding = _stays_closed(crossing, dependency, breaker, early, then)
        return Refuted(dependency, finding, tried=len(failed) + len(then), measures=measures)
    if then[-1].started + then[-1].seconds - then[0].started > breaker.pause * (1 - MARGIN):
        why = f"{crossing.operation.id}: {MORE} calls took longer than the pause of {breaker.pause:g} s"
        return Unknown(dependency, why, Cause.OURS, measures=measures)
    return Proved(dependency, tried=len(failed) + len(then), measures=measures)


async def _call(bench: Bench, crossing: Crossing, note: str) -> Exchange:
    case = await crossing.ready(bench)
    return await bench.call(case, crossing.caller.identity, timeout=deadline_of(bench.subject) + 2, note=note)


def _early(last: Strike, after: Sequence[Strike], breaker: Breaker) -> list[Strike]:
    """The requests that came to the dependency within the pause after the last failure."""
    return [strike for strike in after if strike.at < last.at + breaker.pause * (1 - MARGIN)]


def _stays_closed(
    crossing: Crossing, dependency: str, breaker: Breaker, early: list[Strike], then: list[Exchange]
) -> Finding:
    operation = crossing.operation
    return Finding(
        title=f"{operation.label} goes on to call {dependency} after {breaker.failures} failures: no breaker opens",
        detail=(
            f"expected: after {breaker.failures} failed calls no request to {dependency} for {breaker.pause:g} s\n"
            f"seen: {len(early)} requests came of the next {len(then)} calls"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"{dependency}:breaker-closed:{operation.id}",
        exchanges=tuple(e.number for e in then),
        facts={"dependency": dependency, "requests": len(early)},
    )


def _stays_open(crossing: Crossing, dependency: str, limit: float, why: Undecided, then: list[Exchange]) -> Finding:
    operation = crossing.operation
    return Finding(
        title=f"{operation.label} is not served again once {dependency} is back: the breaker does not close",
        detail=f"expected: served again within {limit:g} s\nseen: {why}; while it was open: {timed(then[-1])}",
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"{dependency}:breaker-open:{operation.id}",
        exchanges=tuple(e.number for e in then),
        facts={"dependency": dependency, "promised": limit},
    )


CHECK = Check(
    id="resilience.circuit-breaker",
    proves="the promised circuit breaker opens when the dependency fails, and closes when it is back",
    oracle="requests come to the dependency within the pause after those failures, or calls are not served again",
    applies=_applies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-405",),
    alone=True,
)
