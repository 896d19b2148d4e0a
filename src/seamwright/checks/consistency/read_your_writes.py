"""Read your writes: what a caller was told is done is there when it looks.

What was created is readable at once with the values that were sent; a change shows on the very next reading, even of
an object that was read just before (and may lie in a cache); what was deleted is gone, or shown as deleted. Answers
202 promise nothing yet, so they are left undecided.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._agreement import differing
from seamwright.checks._cells import answered, each_operation, excerpt, these
from seamwright.checks._deleted import marks
from seamwright.checks._honest import Accepted, accepted, nobody_may, renewed, repeatable
from seamwright.checks._reading import UNREADABLE, address_of, json_of, read_back, reader_of, tells_address
from seamwright.checks.consistency._effects import marked
from seamwright.contracts.objects import reader
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

ROUNDS = 3


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if operation.safe:
            return "it writes nothing"
        if reader(subject.contract, operation) is None:
            return UNREADABLE
        if operation.method == "POST" and not tells_address(subject.contract, operation):
            return "it is an action: the contract does not say which fields it changes"
        return nobody_may(subject, operation)

    return these(subject, why_not, "nothing that it writes can be read back")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await repeatable(bench, operation, await accepted(bench, operation))
    if good.exchange.status == 202:
        raise Undecided(f"{operation.id}: it answers 202, which promises to do it later")
    wrong: list[tuple[str, str, tuple[Exchange, ...]]] = []
    for _ in range(ROUNDS):
        found = await _round(bench, operation, good)
        if found is not None:
            wrong.append(found)
    if len(wrong) == 1:
        raise Undecided(f"{operation.id}: once in {ROUNDS} rounds {wrong[0][1]}")
    if wrong:
        kind, seen, exchanges = wrong[0]
        yield Refuted(operation.id, _finding(operation, kind, seen, exchanges, len(wrong)), tried=ROUNDS)
    else:
        yield Proved(operation.id, tried=ROUNDS)


async def _round(bench: Bench, operation: Operation, good: Accepted) -> tuple[str, str, tuple[Exchange, ...]] | None:
    """Write once and look at once: what is wrong, or None."""
    caller = good.caller.identity
    case, _ = marked(bench, operation, await renewed(bench, operation, good))
    before = None
    if operation.method != "POST":
        before = await read_back(bench, operation, caller, case.path)  # so that a cache has the old state to give
    done = answered(await good.caller.call(bench, case, note="writes"))
    if not done.ok:
        raise Undecided(f"{operation.id}: a call like an accepted one is not accepted: {excerpt(done)}")
    seen = await read_back(bench, operation, caller, address_of(bench.contract, operation, case, done))
    if operation.method == "DELETE":
        gone = not seen.ok or (before is not None and set(marks(seen)) - set(marks(before)))
        return None if gone else ("deleted", f"it is still there: {excerpt(seen)}", (done, seen))
    if not seen.ok:
        return "absent", f"it is not there: {excerpt(seen)}", (done, seen)
    differing = _differing(bench, operation, case, seen)
    if differing:
        return "differs", f"{differing}: {excerpt(seen)}", (done, seen)
    return None


def _differing(bench: Bench, operation: Operation, case: Case, seen: Exchange) -> str:
    """The first field that was sent and read back otherwise, in words; empty where all agree."""
    sent, shown = case.body, json_of(seen)
    read = reader_of(bench.contract, operation)
    name = next(differing(bench.contract, operation, read, sent, shown), None)
    return "" if name is None else f"{name} was sent as {sent[name]!r} and is read as {shown.get(name)!r}"


def _finding(operation: Operation, kind: str, seen: str, exchanges: tuple[Exchange, ...], times: int) -> Finding:
    return Finding(
        title=f"{operation.label} says that it has done something, and the next reading does not show it",
        detail=(
            f"expected: after {excerpt(exchanges[0])} the next reading shows it\n"
            f"seen: {seen}\n"
            f"so it was in {times} of {ROUNDS} rounds"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"read-your-writes:{operation.id}:{kind}",
        exchanges=tuple(e.number for e in exchanges),
        facts={"kind": kind},
    )


CHECK = Check(
    id="consistency.read-your-writes",
    proves="what was created, changed or deleted is so on the very next reading",
    oracle="in two of three rounds the next reading does not show what was answered 2xx",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
)
