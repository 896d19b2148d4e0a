"""Recovery: after a dependency has come back, the boundary serves again by itself, and in the time it promises.

The dependency refuses connections for some seconds while calls go on, so that breakers open, pools empty and retries
pile up. Then the fault is lifted, and the clock runs until calls are answered again: the time to recover. Services
that need a restart after a short outage of something else show here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from seamwright.checks.resilience._crossing import (
    Crossing,
    applies_to_dependencies,
    crossings,
    recovery_of,
    steady,
    timed,
)
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

OUTAGE = 2.5
"""Seconds of the outage."""

AT_ONCE = 4
LEAST = 8
"""Calls that must have failed during the outage: enough for the usual thresholds of breakers."""

BEYOND = 3.0
"""Seconds that are waited past the promise, to say how late it was."""

IN_A_ROW = 3
"""Answers 2xx one after the other that count as serving again; a half-open breaker lets single calls through."""

MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class _Outage:
    failed: int
    seconds: float | None
    """From the lifting of the fault until it served again; None where it did not while it was watched."""
    witnesses: tuple[Exchange, ...]


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    for dependency in bench.cells:
        try:
            yield await _try(bench, dependency)
        except Undecided as error:
            yield Unknown(dependency, str(error), error.cause)


async def _try(bench: Bench, dependency: str) -> Observation:
    crossing = next((c for c in await crossings(bench, dependency) if c.repeatable), None)
    if crossing is None:
        raise Undecided(
            f"only operations that use up an object cross {dependency}, and none can be created while it is away",
            Cause.USAGE,
        )
    limit = recovery_of(bench.subject)
    await steady(bench, crossing, limit + MARGIN, dependency=dependency)
    outage = await _outage(bench, crossing, dependency, limit)
    if outage.seconds is not None and outage.seconds > limit + MARGIN:
        # Late once may be a machine that was busy; never again needs no second time.
        again = await _outage(bench, crossing, dependency, limit)
        if again.seconds is not None and again.seconds <= limit + MARGIN:
            raise Undecided(
                f"{crossing.operation.id}: served again after {outage.seconds:.1f} s once and after "
                f"{again.seconds:.1f} s the next time, with {limit:g} s promised"
            )
    measures = {
        f"{dependency}: MTTR": None if outage.seconds is None else round(outage.seconds, 3),
        f"{dependency}: failed calls": outage.failed,
        "recovery promised": limit,
    }
    if outage.seconds is not None and outage.seconds <= limit + MARGIN:
        return Proved(dependency, tried=outage.failed, measures=measures)
    return Refuted(dependency, _finding(crossing, dependency, outage, limit), tried=outage.failed, measures=measures)


async def _outage(bench: Bench, crossing: Crossing, dependency: str, limit: float) -> _Outage:
    failed = 0
    began = time.monotonic()
    async with bench.fault(dependency, Fault("refuse"), ttl=OUTAGE * 3 + 5):
        while (passed := time.monotonic() - began) < OUTAGE or (0 < failed < LEAST and passed < OUTAGE * 3):
            cases = [await crossing.ready(bench) for _ in range(AT_ONCE)]
            answers = await asyncio.gather(
                *(bench.call(c, crossing.caller.identity, note=f"{dependency} refuses connections") for c in cases)
            )
            failed += sum(not answer.ok for answer in answers)
            await asyncio.sleep(0.1)  # callers are people and services, not a load test
    if failed < LEAST:
        raise Undecided(
            f"{crossing.operation.id}: only {failed} calls failed while {dependency} refused connections, so there was "
            "nothing to recover from"
        )
    return await _watched(bench, crossing, limit, failed)


async def _watched(bench: Bench, crossing: Crossing, limit: float, failed: int) -> _Outage:
    lifted = time.monotonic()
    row: list[Exchange] = []
    first = 0.0
    last: list[Exchange] = []
    while (passed := time.monotonic() - lifted) < limit + BEYOND or row:
        exchange = await bench.call(
            await crossing.ready(bench), crossing.caller.identity, timeout=limit + BEYOND, note="the fault is lifted"
        )
        if exchange.ok:
            first = first if row else time.monotonic() - lifted
            row.append(exchange)
            if len(row) == IN_A_ROW:
                return _Outage(failed, first, (*last[-1:], row[0]))
            continue
        row = []
        last.append(exchange)
        if passed >= limit + BEYOND:
            break
        await asyncio.sleep(0.05)
    return _Outage(failed, None, tuple(last[-3:]))


def _finding(crossing: Crossing, dependency: str, outage: _Outage, limit: float) -> Finding:
    operation = crossing.operation
    if outage.seconds is None:
        what = f"does not serve again within {limit + BEYOND:g} s"
        severity = Severity.HIGH
    else:
        what = f"serves again only after {outage.seconds:.1f} s"
        severity = Severity.MEDIUM
    shown = f": {timed(outage.witnesses[0])}" if outage.witnesses else ""
    return Finding(
        title=f"{operation.label} {what} once {dependency} is back",
        detail=(
            f"expected: after an outage of {OUTAGE:g} s with {outage.failed} failed calls it serves again within "
            f"{limit:g} s\n"
            f"seen: it {what}{shown}"
        ),
        severity=severity,
        operation=operation.id,
        key=f"{dependency}:recovery:{operation.id}",
        exchanges=tuple(e.number for e in outage.witnesses),
        facts={"dependency": dependency, "seconds": outage.seconds, "promised": limit},
    )


CHECK = Check(
    id="resilience.recovery",
    proves="after a dependency has come back, operations serve again within the promised time",
    oracle="after the fault is lifted, calls are not answered 2xx three times in a row within the promised time",
    applies=applies_to_dependencies,
    run=_run,
    dares=Dares.FAULT,
    alone=True,
)
