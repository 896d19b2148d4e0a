"""An answer is lost after the dependency has done its work, and nothing is done twice because of it.

The caller cannot tell "not done" from "done, and nobody told", and sends it again. Whether that does it again is
decided by keys and by what the dependency remembers, and it is seen in the data: the answers to some calls are dropped,
clients that were answered an error send their call again as it was, and then the invariants of the manifest are asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import statuses
from seamwright.checks._invariants import equal, settled_value
from seamwright.checks.resilience._crossing import (
    Crossing,
    applies_to_dependencies,
    control_of,
    crossings,
    deadline_of,
    recovery_of,
    steady,
)
from seamwright.model.bench import Bench, Fault
from seamwright.model.boundary import Invariant
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.policy import matches
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

LOST = 3
"""Calls of an operation whose first answer is lost, one after the other."""


@dataclass(frozen=True, slots=True)
class _Promise:
    """An invariant, and the boundary of the database that it is of."""

    database: str
    invariant: Invariant


def _promises(subject: Subject, operation: str) -> list[_Promise]:
    """The invariants that the manifest says this operation must not break."""
    name = subject.boundary.name
    return [
        _Promise(database, invariant)
        for database, boundary in subject.manifest.boundaries.items()
        for invariant in boundary.invariants
        if any(matches(pattern, name, operation) for pattern in invariant.after)
    ]


def _applies(subject: Subject) -> Applicability:
    found = applies_to_dependencies(subject)
    if isinstance(found, Applies) and not any(_promises(subject, o.id) for o in subject.operations if not o.safe):
        return DoesNotApply("no invariant of the manifest names an operation of it under 'after', to see effects by")
    return found


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    for dependency in bench.cells:
        try:
            tried = 0
            found = await crossings(bench, dependency, counted=True)
            for crossing in found:
                if crossing.operation.safe or not _promises(bench.subject, crossing.operation.id):
                    continue
                tried += 1
                async for observation in _try(bench, crossing, control_of(found), dependency):
                    yield observation
            if not tried:
                why = f"no operation that crosses {dependency} and writes is named by an invariant"
                yield Unknown(dependency, why, Cause.USAGE)
        except Undecided as error:
            yield Unknown(dependency, str(error), error.cause)


async def _try(bench: Bench, crossing: Crossing, control: Crossing, dependency: str) -> AsyncIterator[Observation]:
    promises = _promises(bench.subject, crossing.operation.id)
    await _put_right(bench, promises)
    await steady(bench, control, deadline_of(bench.subject) + 1, dependency=dependency)
    lost = 0
    answers: list[Exchange] = []
    for _ in range(LOST):
        struck, exchanges = await _lose(bench, crossing, dependency)
        lost += struck
        answers += exchanges
    await steady(bench, control, recovery_of(bench.subject) + 5, dependency=dependency)
    operation = crossing.operation
    measures: dict[str, Any] = {f"{dependency}: {operation.id} answers lost": lost}
    if not lost:
        why = f"{operation.id}: no call reached {dependency} while its answers were to be lost"
        yield Unknown(dependency, why, measures=measures)
        return
    broken = [(p, value) for p in promises if not equal(value := await _value(bench, p), p.invariant.equals)]
    for promise, value in broken:
        yield Refuted(dependency, _finding(crossing, dependency, promise, value, lost, answers), tried=lost)
    if broken:
        await bench.settle()
    else:
        yield Proved(dependency, tried=lost, measures=measures)


async def _lose(bench: Bench, crossing: Crossing, dependency: str) -> tuple[int, Sequence[Exchange]]:
    """One call whose first answer is lost on its way back, and the same once more where that was answered an error."""
    case, who = await crossing.ready(bench), crossing.caller.identity
    longest = deadline_of(bench.subject) + 2
    async with bench.fault(dependency, Fault("drop-answer", first_n=1), ttl=longest + 2) as struck:
        exchange = await bench.call(case, who, timeout=longest, note=f"the answer of {dependency} is lost")
        lost = len(await struck.strikes())
    if exchange.ok or not _sent_again(crossing):
        return lost, [exchange]
    return lost, [exchange, await bench.call(case, who, timeout=longest, note="the same call, sent again")]


def _sent_again(crossing: Crossing) -> bool:
    """Whether a client may send the call again as it was: it is idempotent by its method or by its key."""
    operation = crossing.operation
    return operation.method in ("PUT", "DELETE") or operation.parameter("header", "Idempotency-Key") is not None


async def _put_right(bench: Bench, promises: Sequence[_Promise]) -> None:
    """Begin with data of which everything holds. Raises Undecided."""
    if all([equal(await _value(bench, p), p.invariant.equals) for p in promises]):
        return
    await bench.settle()
    for promise in promises:
        if not equal(value := await _value(bench, promise), promise.invariant.equals):
            raise Undecided(
                f"{promise.invariant.name}: it did not hold before anything was tried ({value!r}); put the data right, "
                "or declare a 'reset' that does",
                Cause.USAGE,
            )


async def _value(bench: Bench, promise: _Promise) -> Any:
    return await settled_value(bench, promise.database, promise.invariant)


def _finding(
    crossing: Crossing, dependency: str, promise: _Promise, value: Any, lost: int, answers: Sequence[Exchange]
) -> Finding:
    operation, invariant = crossing.operation, promise.invariant
    return Finding(
        title=f"{operation.label} breaks '{invariant.name}' when an answer of {dependency} is lost",
        detail=(
            f"expected: {invariant.equals!r} from {promise.database}: {' '.join(invariant.query.split())}\n"
            f"seen: {value!r} after {lost} lost answers of {dependency} ({statuses(answers)}); it held before"
        ),
        severity=Severity.CRITICAL,
        operation=operation.id,
        key=f"{dependency}:lost:{operation.id}:{invariant.name}",
        exchanges=tuple(e.number for e in answers),
        facts={"dependency": dependency, "database": promise.database, "value": str(value)},
    )


CHECK = Check(
    id="resilience.lost-answer",
    proves="an answer of a dependency that is lost after its work was done leads to nothing being done twice",
    oracle="an invariant that held before gives another value after calls whose first answer was lost",
    applies=_applies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-841",),
    alone=True,
)
