"""Retries within a budget: a dependency that fails is not sent many times what it is sent while all is well.

Retries help against what passes by itself and against nothing else. A dependency that fails because it is overloaded
gets, from every caller that retries without bounds, the load that keeps it down (Beyer et al., Site Reliability
Engineering, chapter 21: at most three attempts a request). Layers multiply: three attempts in each of three are 27.
The requests are counted at the dependency: first while all is well, then while each is answered 503, or reset.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from seamwright.checks.resilience._crossing import (
    Crossing,
    applies_to_http_dependencies,
    control_of,
    crossings,
    deadline_of,
    recovery_of,
    steady,
)
from seamwright.checks.resilience._faulty import Answers, answers_under
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.finding import Finding, Severity

__all__ = ["CHECK"]

ATTEMPTS = 3
"""Requests for each that is needed, where the manifest promises nothing."""

CALLS = 3
MOST = 2
"""Operations that are tried for one dependency."""

AFTERWARDS = 0.3
"""Seconds that are waited for retries that go on behind the answer."""

COUNTED = Fault("slow", seconds=0.001)
"""Changes nothing, and lets requests be counted."""

FAULTS = ((Fault("status", params={"code": 503}), "answers 503"), (Fault("reset"), "resets connections"))


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    for dependency in bench.cells:
        try:
            found = await crossings(bench, dependency, most=MOST, counted=True)
            for crossing in found:
                async for observation in _try(bench, crossing, control_of(found), dependency):
                    yield observation
        except Undecided as error:
            yield Unknown(dependency, str(error), error.cause)


async def _try(bench: Bench, crossing: Crossing, control: Crossing, dependency: str) -> AsyncIterator[Observation]:
    await steady(bench, control, deadline_of(bench.subject) + 1, dependency=dependency)
    needed = await _counted(bench, crossing, dependency)
    for fault, doing in FAULTS if crossing is control else FAULTS[:1]:
        answers = await _under(bench, crossing, dependency, fault, doing)
        observation = _judged(bench, crossing, dependency, doing, needed, answers)
        await steady(bench, control, recovery_of(bench.subject) + 5, dependency=dependency)
        yield observation


async def _counted(bench: Bench, crossing: Crossing, dependency: str) -> int:
    """How many requests one call makes of the dependency while all is well. Raises Undecided where it is none."""
    answers = await answers_under(bench, crossing, dependency, COUNTED, note="counted: all is well", calls=1)
    if not answers.exchanges[0].ok or not answers.strikes:
        raise Undecided(
            f"{crossing.operation.id}: no call of it could be counted at {dependency} while all was well: "
            f"{answers.exchanges[0]}"
        )
    return len(answers.strikes)


async def _under(bench: Bench, crossing: Crossing, dependency: str, fault: Fault, doing: str) -> Answers:
    ready = [await crossing.ready(bench) for _ in range(CALLS)]
    longest = deadline_of(bench.subject) + 2
    async with bench.fault(dependency, fault, ttl=longest + 2) as struck:
        exchanges = await asyncio.gather(
            *(bench.call(c, crossing.caller.identity, timeout=longest, note=f"{dependency} {doing}") for c in ready)
        )
        await asyncio.sleep(AFTERWARDS)
        return Answers(exchanges, await struck.strikes(), 0.0)


def _judged(
    bench: Bench, crossing: Crossing, dependency: str, doing: str, needed: int, answers: Answers
) -> Observation:
    promised = bench.subject.boundary.dependencies.get(dependency)
    attempts = (promised.attempts if promised is not None else None) or ATTEMPTS
    operation, came = crossing.operation, len(answers.strikes)
    factor = came / (needed * len(answers.exchanges))
    measures: dict[str, Any] = {
        f"{dependency}: {operation.id} amplification when it {doing}": round(factor, 2),
        "amplification allowed": attempts,
    }
    if came == 0:
        why = f"{operation.id}: no call reached {dependency} while it was to be hit"
        return Unknown(dependency, why, measures=measures)
    if factor <= attempts:
        return Proved(dependency, tried=len(answers.exchanges), measures=measures)
    finding = Finding(
        title=f"{operation.label} sends {dependency} {factor:.1f} times as many requests when it {doing}",
        detail=(
            f"expected: at most {attempts} times as many as while all is well, where a call makes {needed}\n"
            f"seen: {came} requests at {dependency} of {len(answers.exchanges)} calls"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"{dependency}:storm:{operation.id}",
        exchanges=tuple(e.number for e in answers.exchanges),
        facts={"dependency": dependency, "amplification": round(factor, 2), "allowed": attempts},
    )
    return Refuted(dependency, finding, tried=len(answers.exchanges), measures=measures)


CHECK = Check(
    id="resilience.retry-storm",
    proves="a dependency that fails is not sent more requests than its retry budget allows",
    oracle="more requests come to the dependency for each call than the budget times those that come while all is well",
    applies=applies_to_http_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-405", "CWE-799"),
    alone=True,
)
