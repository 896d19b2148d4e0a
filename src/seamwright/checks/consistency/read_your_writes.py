"""Read your writes: what a caller was told is done is there when it looks.

What was created is readable at once with the values that were sent; a change shows on the very next reading, even of
an object that was read just before (and may lie in a cache); what was deleted is gone. Answers 202 promise nothing
yet, so they are left undecided.
"""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator, Mapping
from typing import Any

from seamwright.checks._cells import answered, each_operation, excerpt, these
from seamwright.checks._honest import Accepted, accepted, renewed
from seamwright.checks.consistency._effects import json_of, marked, read_back, reader_of
from seamwright.contracts.links import producers, success_schema
from seamwright.contracts.objects import reader
from seamwright.contracts.schemas import properties
from seamwright.engines.generate.rendering import media_type_for
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

ROUNDS = 3


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if operation.safe:
            return "it writes nothing"
        read = reader(subject.contract, operation)
        if read is None:
            return "the contract has no operation that reads back what it changes"
        if operation.protected and subject.honest(operation) is None:
            return "no identity that is here may call it"
        if operation.method == "POST" and not _creates(subject.contract, operation, read):
            return "it is an action: the contract does not say which fields it changes"
        return None

    return these(subject, why_not, "nothing that it writes can be read back")


def _creates(contract: Contract, operation: Operation, read: Operation) -> bool:
    return any(p.operation.id == operation.id for p in producers(contract, read))


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
    good = await accepted(bench, operation)
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
    case, _ = marked(bench, operation, await renewed(bench, operation, good))
    if operation.method != "POST":
        await read_back(bench, operation, good, case.path)  # so that a cache has the old state to give
    done = answered(await good.caller.call(bench, case, note="writes"))
    if not done.ok:
        raise Undecided(f"{operation.id}: a call like an accepted one is not accepted: {excerpt(done)}")
    seen = await read_back(bench, operation, good, _address(bench, operation, case, done))
    if operation.method == "DELETE":
        return ("deleted", f"it is still there: {excerpt(seen)}", (done, seen)) if seen.ok else None
    if not seen.ok:
        return "absent", f"it is not there: {excerpt(seen)}", (done, seen)
    differing = _differing(bench, operation, case, seen)
    if differing:
        return "differs", f"{differing}: {excerpt(seen)}", (done, seen)
    return None


def _address(bench: Bench, operation: Operation, case: Case, done: Exchange) -> dict[str, Any]:
    values = dict(case.path)
    for producer in producers(bench.contract, reader_of(bench.contract, operation)):
        if producer.operation.id == operation.id:
            values |= producer.values(done) or {}
    return values


def _differing(bench: Bench, operation: Operation, case: Case, seen: Exchange) -> str:
    """The fields that were sent and read back otherwise, in words; empty where all agree.

    Only plain values of declared fields are compared, and texts without regard to case, outer blanks and Unicode
    form, which services may settle in their own way. Formatted texts have more than one spelling.
    """
    sent, shown = case.body, json_of(seen)
    media_type = media_type_for(operation)
    answered_by = success_schema(bench.contract, reader_of(bench.contract, operation))
    if not isinstance(sent, Mapping) or not isinstance(shown, Mapping) or media_type is None or answered_by is None:
        return ""
    assert operation.body is not None
    asked = properties(bench.contract, operation.body.content[media_type].schema)
    told = properties(bench.contract, answered_by)
    for name, value in sent.items():
        schema = told.get(name, {})
        if name not in asked or name not in told or schema.get("format") or asked[name].get("writeOnly") is True:
            continue
        if isinstance(value, Mapping | list) or value is None:
            continue
        if _plain(shown.get(name)) != _plain(value):
            return f"{name} was sent as {value!r} and is read as {shown.get(name)!r}"
    return ""


def _plain(value: Any) -> Any:
    return unicodedata.normalize("NFC", value).strip().casefold() if isinstance(value, str) else value


def _finding(operation: Operation, kind: str, seen: str, exchanges: tuple[Exchange, ...], times: int) -> Finding:
    return Finding(
        title=f"{operation.id} ({operation}): what it says it has done is not what is read next",
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
