"""What is promised to work without a dependency works while that is away.

Some operations can do without: a list that is in the own database, an answer from a cache, a page with one part less.
The manifest names them under `dependencies`; they are called while the dependency refuses connections.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from seamwright.checks._honest import accepted
from seamwright.checks.resilience._crossing import (
    Crossing,
    applies_to_dependencies,
    deadline_of,
    recovery_of,
    timed,
)
from seamwright.checks.resilience._faulty import MARGIN
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

CALLS = 2
"""Calls of each operation: what is so twice is no chance."""


def _named(subject: Subject, dependency: str) -> tuple[str, ...]:
    promise = subject.boundary.dependencies.get(dependency)
    return promise.without if promise is not None else ()


def _applies(subject: Subject) -> Applicability:
    found = applies_to_dependencies(subject)
    if isinstance(found, DoesNotApply):
        return found
    unsaid = {name: "nothing is promised to work without it" for name in found.cells if not _named(subject, name)}
    cells = tuple(name for name in found.cells if name not in unsaid)
    if not cells and unsaid:
        return DoesNotApply(
            "the manifest names no operation that works without a dependency ('dependencies.NAME.without')"
        )
    return Applies(cells, {**found.left_out, **unsaid})


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    for dependency in bench.cells:
        for name in _named(bench.subject, dependency):
            try:
                yield await _try(bench, name, dependency)
            except Undecided as error:
                yield Unknown(dependency, str(error), error.cause)


async def _try(bench: Bench, name: str, dependency: str) -> Observation:
    operation = bench.operation(name)
    good = await accepted(bench, operation)
    crossing = Crossing(operation, good.caller, good.case, good.exchange)
    answers = await _without(bench, crossing, dependency)
    wrong = [exchange for exchange in answers if not _kept(bench, exchange)]
    measures = {f"{dependency}: {name} without it": sorted({exchange.status for exchange in answers})}
    if not wrong:
        return Proved(dependency, tried=len(answers), measures=measures)
    if len(wrong) < len(answers):
        why = f"{name}: answered once and once not while {dependency} was away: {timed(wrong[0])}"
        return Unknown(dependency, why, measures=measures)
    control = await _control(bench, crossing, dependency)
    if control.seconds > deadline_of(bench.subject):
        return Unknown(dependency, f"{name}: it is late while all is well, too: {timed(control)}", Cause.TARGET)
    finding = Finding(
        title=f"{operation.label} does not work without {dependency}, as is promised",
        detail=(
            f"expected: an answer 2xx within {deadline_of(bench.subject):g} s while {dependency} refuses connections, "
            "as before and after\n"
            f"seen: {timed(wrong[0])}"
        ),
        severity=Severity.MEDIUM,
        operation=name,
        key=f"{dependency}:without:{name}",
        exchanges=tuple(e.number for e in (*wrong, control)),
        facts={"dependency": dependency, "status": wrong[0].status},
    )
    return Refuted(dependency, finding, tried=len(answers), measures=measures)


async def _without(bench: Bench, crossing: Crossing, dependency: str) -> Sequence[Exchange]:
    ready = [await crossing.ready(bench) for _ in range(CALLS)]
    longest = deadline_of(bench.subject) + 2
    async with bench.fault(dependency, Fault("refuse"), ttl=CALLS * longest + 2):
        return [
            await bench.call(case, crossing.caller.identity, timeout=longest, note=f"{dependency} refuses connections")
            for case in ready
        ]


def _kept(bench: Bench, exchange: Exchange) -> bool:
    return exchange.ok and exchange.seconds <= deadline_of(bench.subject) + MARGIN


async def _control(bench: Bench, crossing: Crossing, dependency: str) -> Exchange:
    """The honest call works once the dependency is back. Raises Undecided when it does not within the time for that."""
    until = bench.remaining - (recovery_of(bench.subject) + 5)
    while True:
        case = await crossing.ready(bench)
        exchange = await bench.call(case, crossing.caller.identity, note=f"control: {dependency} is back")
        if exchange.ok:
            return exchange
        if bench.remaining < max(until, 1.0):
            raise Undecided(f"{crossing.operation.id}: not answered 2xx after {dependency} was back: {timed(exchange)}")


CHECK = Check(
    id="resilience.works-without",
    proves="operations that are promised to work without a dependency do so while it is away",
    oracle="an operation that works before and after is not answered 2xx in time, twice, while the dependency is away",
    applies=_applies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-636",),
    alone=True,
)
