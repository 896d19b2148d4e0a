"""Invariants: what the data must always say, asked of the database itself after many calls at once.

An answer is what a service says it did; the invariant is what it did. Valid calls of the operations that an invariant
names go out with sixteen in flight, of every kind that the contract allows (accepted and declined payments, small and
large quantities, some requests sent twice as clients do). Then the query must give the declared value, at once or
within the time that the manifest allows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from seamwright.checks._cells import statuses
from seamwright.checks._honest import Accepted, accepted, renewed
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

POLL = 0.1


@dataclass(frozen=True, slots=True)
class _Cell:
    """One invariant, where its data lies, and the operations of this boundary that must not break it."""

    name: str
    database: str
    invariant: Invariant
    operations: tuple[str, ...]


def _cells(subject: Subject) -> Iterator[tuple[_Cell, str]]:
    """Every invariant of the system that concerns this boundary, with why it is left out (empty: it is not)."""
    boundary = subject.boundary
    names = [i.name for b in subject.manifest.boundaries.values() for i in b.invariants]
    for database, other in subject.manifest.boundaries.items():
        for invariant in other.invariants:
            name = invariant.name if names.count(invariant.name) == 1 else f"{database}: {invariant.name}"
            if invariant.after:
                named = [
                    o.id
                    for o in subject.operations
                    if any(matches(pattern, boundary.name, o.id) for pattern in invariant.after)
                ]
                if not named and database in boundary.depends_on:
                    why = f"none of its operations ({', '.join(invariant.after)}) belongs to {boundary.name}"
                    yield _Cell(name, database, invariant, ()), why
            elif database in boundary.depends_on:
                named = [o.id for o in subject.operations if o.method == "POST" and not o.at("path")]
                if not named:
                    yield (
                        _Cell(name, database, invariant, ()),
                        "nothing is known that writes; name operations in 'after'",
                    )
            else:
                named = []
            if named:
                unusable = [n for n in named if _unusable(subject, n)]
                why = f"no identity that is here may call {', '.join(unusable)}" if unusable == named else ""
                yield _Cell(name, database, invariant, tuple(n for n in named if n not in unusable)), why


def _unusable(subject: Subject, name: str) -> bool:
    operation = next(o for o in subject.operations if o.id == name)
    return operation.protected and subject.honest(operation) is None


def _applies(subject: Subject) -> Applicability:
    found = list(_cells(subject))
    cells = tuple(cell.name for cell, why in found if not why)
    left_out = {cell.name: why for cell, why in found if why}
    if not cells and not left_out:
        return DoesNotApply("the manifest declares no invariant of data that this boundary writes")
    return Applies(cells, left_out)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    known = {cell.name: cell for cell, _ in _cells(bench.subject)}
    groups: dict[tuple[str, ...], list[_Cell]] = {}
    for name in bench.cells:
        groups.setdefault(known[name].operations, []).append(known[name])
    for operations, cells in groups.items():
        async for observation in _group(bench, operations, cells):
            yield observation


async def _group(bench: Bench, operations: Sequence[str], cells: Sequence[_Cell]) -> AsyncIterator[Observation]:
    """All invariants that the same operations must not break, with the calls made once."""
    try:
        await _put_right(bench, cells)
        before = [await _settled(bench, cell) for cell in cells]
        answers = await _driven(bench, operations)
        _require_success(operations, answers)
        for cell, value in zip(cells, before, strict=True):
            yield await _judged(bench, cell, value, answers)
    except Undecided as error:
        for cell in cells:
            yield Unknown(cell.name, str(error), error.cause)


async def _put_right(bench: Bench, cells: Sequence[_Cell]) -> None:
    """Put test data back where an earlier check has left an invariant broken."""
    for cell in cells:
        if not _equal(await _settled(bench, cell), cell.invariant.equals):
            await bench.settle()
            return


async def _driven(bench: Bench, operations: Sequence[str]) -> list[Exchange]:
    """Send the calls, sixteen in flight. Raises Undecided when no valid call can be had."""
    calls: list[tuple[Case, Identity | None]] = []
    for name in operations:
        operation = bench.operation(name)
        good = await accepted(bench, operation)
        calls += await _calls(bench, operation, good, CALLS // len(operations))
    bench.random.shuffle(calls)
    places = asyncio.Semaphore(IN_FLIGHT)

    async def one(case: Case, identity: Identity | None) -> Exchange:
        async with places:
            return await bench.call(case, identity, note=f"one of {len(calls)} calls, {IN_FLIGHT} in flight")

    return list(await asyncio.gather(*(one(case, identity) for case, identity in calls)))


async def _calls(bench: Bench, operation: Operation, good: Accepted, count: int) -> list[tuple[Case, Identity | None]]:
    """Valid calls of one operation: half like the accepted one, half generated, some of them twice."""
    made: list[tuple[Case, Identity | None]] = []
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


def _require_success(operations: Sequence[str], answers: Sequence[Exchange]) -> None:
    for name in operations:
        of_it = [e for e in answers if e.operation == name]
        if not any(e.ok for e in of_it):
            raise Undecided(f"{name}: of {len(of_it)} calls at once none was answered 2xx ({statuses(of_it)})")


async def _judged(bench: Bench, cell: _Cell, before: Any, answers: Sequence[Exchange]) -> Observation:
    value = await _settled(bench, cell)
    declared = cell.invariant.equals
    measures = {f"{cell.name}: calls": statuses(answers)}
    if not _equal(before, declared) and not _worse(before, value, declared):
        why = (
            f"it did not hold before anything was tried: the query gave {before!r}, and {declared!r} is declared; put "
            "the data right, or declare a 'reset' that does"
        )
        return Unknown(cell.name, why, measures=measures)
    if _equal(value, declared):
        return Proved(cell.name, tried=len(answers), measures=measures)
    if _equal(await _value(bench, cell), declared):
        why = (
            f"it was broken ({value!r}) after the calls and held a moment later; if it may take that long, say so by "
            "'within'"
        )
        return Unknown(cell.name, why, measures=measures)
    return Refuted(cell.name, _finding(cell, before, value, answers), tried=len(answers), measures=measures)


def _worse(before: Any, after: Any, declared: float | str) -> bool:
    """Whether the calls took a number that was wrong already further away from the declared one."""
    try:
        right = Decimal(str(declared))
        return abs(Decimal(str(after)) - right) > abs(Decimal(str(before)) - right)
    except InvalidOperation:
        return False


async def _settled(bench: Bench, cell: _Cell) -> Any:
    """The value of the query, asked until it is the declared one or its time has ended."""
    end = time.monotonic() + cell.invariant.within
    while True:
        value = await _value(bench, cell)
        if _equal(value, cell.invariant.equals) or time.monotonic() >= end:
            return value
        await asyncio.sleep(POLL)


async def _value(bench: Bench, cell: _Cell) -> Any:
    rows = await bench.query(cell.database, cell.invariant.query)
    if len(rows) != 1 or len(rows[0]) != 1:
        raise Undecided(f"{cell.name}: its query must give one value, and gave {len(rows)} rows", Cause.USAGE)
    return rows[0][0]


def _equal(value: Any, declared: float | str) -> bool:
    if value == declared or str(value) == str(declared):
        return True
    try:
        return Decimal(str(value)) == Decimal(str(declared))
    except InvalidOperation:
        return False


def _finding(cell: _Cell, before: Any, value: Any, answers: Sequence[Exchange]) -> Finding:
    held = "it held before" if _equal(before, cell.invariant.equals) else f"it was {before!r} before, broken already"
    within = f" within {cell.invariant.within:g} s" if cell.invariant.within else ""
    return Finding(
        title=f"{cell.name}: no longer so after concurrent calls of {', '.join(cell.operations)}",
        detail=(
            f"expected: {cell.invariant.equals!r}{within} from {cell.database}: "
            f"{' '.join(cell.invariant.query.split())}\n"
            f"seen: {value!r} after {len(answers)} calls, {IN_FLIGHT} in flight ({statuses(answers)}); {held}"
        ),
        severity=Severity.CRITICAL,
        operation=cell.operations[0] if len(cell.operations) == 1 else "",
        key=f"invariant:{cell.name}",
        exchanges=tuple(e.number for e in answers if e.ok)[:12],
        facts={"database": cell.database, "query": cell.invariant.query, "value": str(value)},
    )


CHECK = Check(
    id="consistency.invariants",
    proves="what the manifest says of the data holds after concurrent writes",
    oracle="after the calls the query gives, twice, a value that is further from the declared one than before",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-362",),
    alone=True,
)
