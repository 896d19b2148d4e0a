"""Invariants: what the data must always say, asked of the database itself after many calls at once.

An answer is what a service says it did; the invariant is what it did. Valid calls of the operations that an invariant
names go out with sixteen in flight, of every kind that the contract allows (accepted and declined payments, small and
large quantities, some requests sent twice as clients do). Then the query must give the declared value, at once or
within the time that the manifest allows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from seamwright.checks._cells import statuses
from seamwright.checks._honest import Accepted, accepted, renewed
from seamwright.checks._invariants import equal, settled_value, value_of
from seamwright.model.bench import Bench
from seamwright.model.boundary import Invariant
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.policy import matches
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

CALLS = 48
IN_FLIGHT = 16
TWICE = 4
"""Every n-th request is sent twice: clients do so when an answer is late."""

OBJECTS = 8
"""Objects on which an operation is tried twice at once, where its path names one."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """An operation of another boundary whose calls write the data."""

    boundary: str
    operation: str

    def __str__(self) -> str:
        return f"{self.boundary}.{self.operation}"


def _applies(subject: Subject) -> Applicability:
    boundary = subject.boundary
    if not boundary.invariants:
        return DoesNotApply("the manifest declares no invariant of its data ('invariants')")
    callers = _callers(subject)
    cells = tuple(i.name for i in boundary.invariants if i.after or callers)
    why = f"nothing is known that writes: no HTTP boundary depends on {boundary.name}, and 'after' names no operation"
    return Applies(cells, {i.name: why for i in boundary.invariants if i.name not in cells})


def _callers(subject: Subject) -> tuple[str, ...]:
    """The HTTP boundaries that depend on this database."""
    boundaries = subject.manifest.boundaries.items()
    return tuple(n for n, b in boundaries if b.kind == "http" and subject.boundary.name in b.depends_on)


def _writers(bench: Bench, invariant: Invariant) -> tuple[_Writer, ...]:
    """The operations that must not break an invariant. Raises Undecided where there are none that may be called."""
    boundaries = bench.subject.manifest.boundaries.items()
    names = [n for n, b in boundaries if b.kind == "http"] if invariant.after else _callers(bench.subject)
    found: list[_Writer] = []
    closed: list[str] = []
    for name in names:
        subject = bench.beside(name).subject
        for operation in subject.operations:
            if invariant.after:
                meant = any(matches(pattern, name, operation.id) for pattern in invariant.after)
            else:
                meant = operation.method == "POST" and not operation.at("path")
            if meant and subject.honest(operation) is None:
                closed.append(f"{name}.{operation.id}")
            elif meant:
                found.append(_Writer(name, operation.id))
    if not found and closed:
        raise Undecided(f"no identity of the manifest may call {', '.join(closed)}", Cause.USAGE)
    if not found:
        wanted = (
            f"no HTTP boundary has {', '.join(invariant.after)}" if invariant.after else "nothing is known that writes"
        )
        raise Undecided(f"{wanted}; name operations of this system in 'after'", Cause.USAGE)
    return tuple(found)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    groups: dict[tuple[_Writer, ...], list[Invariant]] = {}
    for invariant in bench.subject.boundary.invariants:
        if invariant.name not in bench.cells:
            continue
        try:
            groups.setdefault(_writers(bench, invariant), []).append(invariant)
        except Undecided as error:
            yield Unknown(invariant.name, str(error), error.cause)
    for writers, invariants in groups.items():
        async for observation in _group(bench, writers, invariants):
            yield observation


async def _group(
    bench: Bench, writers: Sequence[_Writer], invariants: Sequence[Invariant]
) -> AsyncIterator[Observation]:
    """All invariants that the same operations must not break, with the calls made once."""
    try:
        await _put_right(bench, invariants)
        before = [await settled_value(bench, bench.subject.boundary.name, invariant) for invariant in invariants]
        answers = await _driven(bench, writers)
        _require_success(writers, answers)
        for invariant, value in zip(invariants, before, strict=True):
            yield await _judged(bench, invariant, value, writers, answers)
    except Undecided as error:
        for invariant in invariants:
            yield Unknown(invariant.name, str(error), error.cause)


async def _put_right(bench: Bench, invariants: Sequence[Invariant]) -> None:
    """Put test data back where an earlier check has left an invariant broken."""
    for invariant in invariants:
        if not equal(await settled_value(bench, bench.subject.boundary.name, invariant), invariant.equals):
            await bench.settle()
            return


async def _driven(bench: Bench, writers: Sequence[_Writer]) -> list[Exchange]:
    """Send the calls, sixteen in flight. Raises Undecided when no valid call can be had."""
    calls: list[tuple[Bench, Case, Identity]] = []
    for writer in writers:
        there = bench.beside(writer.boundary)
        operation = there.operation(writer.operation)
        good = await accepted(there, operation)
        calls += [(there, *call) for call in await _calls(there, operation, good, CALLS // len(writers))]
    bench.random.shuffle(calls)
    places = asyncio.Semaphore(IN_FLIGHT)

    async def one(there: Bench, case: Case, identity: Identity) -> Exchange:
        async with places:
            return await there.call(case, identity, note=f"one of {len(calls)} calls, {IN_FLIGHT} in flight")

    return list(await asyncio.gather(*(one(*call) for call in calls)))


async def _calls(bench: Bench, operation: Operation, good: Accepted, count: int) -> list[tuple[Case, Identity]]:
    """Valid calls of one operation: half like the accepted one, half generated, some of them twice."""
    made: list[tuple[Case, Identity]] = []
    identity = good.caller.identity
    on_objects = bool(operation.at("path"))
    number = 0
    while len(made) < (min(count, 2 * OBJECTS) if on_objects else count):
        number += 1
        if number % 2:
            case = await renewed(bench, operation, good)
        else:
            case = await good.caller.case(bench, operation)
        made.append((case, identity))
        if on_objects or number % TWICE == 0:
            made.append((case, identity))
    return made


def _require_success(writers: Sequence[_Writer], answers: Sequence[Exchange]) -> None:
    for writer in writers:
        of_it = [e for e in answers if (e.boundary, e.operation) == (writer.boundary, writer.operation)]
        if not any(e.ok for e in of_it):
            raise Undecided(f"{writer}: of {len(of_it)} calls at once none was answered 2xx ({statuses(of_it)})")


async def _judged(
    bench: Bench, invariant: Invariant, before: Any, writers: Sequence[_Writer], answers: Sequence[Exchange]
) -> Observation:
    value = await settled_value(bench, bench.subject.boundary.name, invariant)
    declared = invariant.equals
    measures = {f"{invariant.name}: calls": statuses(answers)}
    if not equal(before, declared) and not _worse(before, value, declared):
        why = (
            f"it did not hold before anything was tried: the query gave {before!r}, and {declared!r} is declared; put "
            "the data right, or declare a 'reset' that does"
        )
        return Unknown(invariant.name, why, measures=measures)
    if equal(value, declared):
        return Proved(invariant.name, tried=len(answers), measures=measures)
    if equal(await value_of(bench, bench.subject.boundary.name, invariant), declared):
        why = (
            f"it was broken ({value!r}) after the calls and held a moment later; if it may take that long, say so by "
            "'within'"
        )
        return Unknown(invariant.name, why, measures=measures)
    finding = _finding(bench, invariant, before, value, writers, answers)
    return Refuted(invariant.name, finding, tried=len(answers), measures=measures)


def _worse(before: Any, after: Any, declared: float | str) -> bool:
    """Whether the calls took a number that was wrong already further away from the declared one."""
    try:
        right = Decimal(str(declared))
        return abs(Decimal(str(after)) - right) > abs(Decimal(str(before)) - right)
    except InvalidOperation:
        return False


def _finding(
    bench: Bench, invariant: Invariant, before: Any, value: Any, writers: Sequence[_Writer], answers: Sequence[Exchange]
) -> Finding:
    database = bench.subject.boundary.name
    held = "it held before" if equal(before, invariant.equals) else f"it was {before!r} before, broken already"
    within = f" within {invariant.within:g} s" if invariant.within else ""
    return Finding(
        title=f"{invariant.name} no longer holds after concurrent calls of {', '.join(map(str, writers))}",
        detail=(
            f"expected: {invariant.equals!r}{within} from {database}: {' '.join(invariant.query.split())}\n"
            f"seen: {value!r} after {len(answers)} calls, {IN_FLIGHT} in flight ({statuses(answers)}); {held}"
        ),
        severity=Severity.CRITICAL,
        key=f"invariant:{invariant.name}",
        exchanges=tuple(e.number for e in answers if e.ok)[:12],
        facts={"database": database, "query": invariant.query, "value": str(value)},
    )


CHECK = Check(
    id="consistency.invariants",
    proves="what the manifest says of the data holds after concurrent writes",
    oracle="after the calls the query gives, twice, a value that is further from the declared one than before",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    kinds=("sql",),
    cwe=("CWE-362",),
    alone=True,
)
