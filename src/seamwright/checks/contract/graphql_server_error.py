"""Valid GraphQL calls do not make the server fail.

A GraphQL server answers 200 when a resolver throws, with `null` in place of the field and an error beside it, so that
nobody's monitoring sees it. Every operation is called with valid values, among them limits (an empty text, the largest
Int, an empty list, null where it may stand, an id that names nothing), and asked for what lies deep inside. An error
counts only where its code or its words say that the server is to blame; that something was not found or not allowed is
an answer. What failed is made to fail again before it is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random

from seamwright.checks._cells import LAST, each_operation
from seamwright.checks._honest import Caller, caller
from seamwright.checks.contract._graphql import Answers, Made, applicable, asked, gave, renewed, shown, valid_calls
from seamwright.checks.contract._graphql_errors import Fault, faults
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

EDGES = 60
"""Values at their limits that are tried of one operation."""

TOLD = 12
"""Faults of one operation that are made to happen again and told."""


def _applies(subject: Subject) -> Applicability:
    return applicable(subject)


@dataclass(slots=True)
class _Seen:
    """What is known of one operation after its valid calls."""

    who: Caller
    answers: Answers
    base: Made | None = None
    failing: frozenset[str] = frozenset()
    told: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    """First every operation with ordinary values, then with limits: what these leave behind may break all others."""
    known: dict[str, _Seen] = {}

    async def ordinary(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
        seen = _Seen(caller(bench.subject, operation), Answers(operation))
        async with aclosing(valid_calls(bench, operation, seen.who)) as calls:  # type: ignore[type-var]
            async for made in calls:
                if seen.base is None and gave(made.exchange):
                    seen.base = made
                seen.failing = made.failing
                async for refuted in _judged(bench, operation, seen, made):
                    yield refuted
        known[operation.id] = seen

    async def limits(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
        if operation.id not in known:
            return
        seen = known[operation.id]
        async for made in _at_limits(bench, operation, seen):
            async for refuted in _judged(bench, operation, seen, made):
                yield refuted
        verdict = seen.answers.verdict()
        if seen.doubts:
            yield Unknown(operation.id, "; ".join(seen.doubts[:3]), Cause.TARGET)
        elif not seen.told or isinstance(verdict, Unknown):
            yield verdict

    for decide, writes_first in ((ordinary, True), (limits, False)):
        async for observation in each_operation(bench, decide, writes_first=writes_first):
            yield observation


async def _judged(bench: Bench, operation: Operation, seen: _Seen, made: Made) -> AsyncIterator[Observation]:
    """Refuted for every fault in an answer that was not told of this operation, and happens again."""
    seen.answers.add(made.exchange)
    for fault in faults(made.exchange):
        key = _key(bench, made.exchange, fault)
        if key in seen.told or len(seen.told) >= TOLD:
            continue
        if bench.remaining < LAST:
            seen.doubts.append(f"a valid call failed ({fault.short}), and no time was left to try it again")
            continue
        first = bench.keep(made.exchange)
        repeated = await _repeated(bench, operation, seen.who, made)
        if any(_key(bench, repeated, other) == key for other in faults(repeated)):
            seen.told.add(key)
            yield Refuted(operation.id, _finding(bench, operation, made, first, repeated, fault, key))
        else:
            seen.doubts.append(f"a valid call failed once ({fault.short}), and was answered {shown(repeated)} again")


async def _at_limits(bench: Bench, operation: Operation, seen: _Seen) -> AsyncIterator[Made]:
    """The first call that was accepted, with one value at a limit each."""
    if seen.base is None or bench.subject.logins(operation):
        return
    from seamwright.engines.generate.graphql.cases import LEAN, arguments_of, asking
    from seamwright.engines.generate.graphql.edges import edges

    start = await renewed(bench, operation, seen.who, seen.base.case)
    random = bench.random_for(f"{operation.id} limits")
    bounds = replace(LEAN, avoid=seen.failing)
    for edge in islice(edges(bench.contract, operation, arguments_of(bench.contract, start), random), EDGES):
        if bench.remaining < LAST:
            raise Undecided("the time budget of the check ended; give it more with --budget", Cause.USAGE)
        case = asking(bench.contract, operation, edge.arguments, Random(0), bounds=bounds)
        form = f"{edge.place} is {edge.what}"
        yield Made(case, await seen.who.call(bench, case, f"valid call: {form}"), form, limit=True)


async def _repeated(bench: Bench, operation: Operation, who: Caller, made: Made) -> Exchange:
    try:
        case = made.case if made.limit else await renewed(bench, operation, who, made.case)
    except Undecided:
        case = made.case
    return await who.call(bench, case, "the same call again")


def _key(bench: Bench, exchange: Exchange, fault: Fault) -> str:
    """The same exception in the same field is one fault, whichever operation shows it."""
    from seamwright.contracts.graphql.coordinates import coordinate

    where = coordinate(bench.contract, exchange, fault.path) if fault.path else exchange.operation
    return f"{where} {fault.shape}"


def _finding(
    bench: Bench, operation: Operation, made: Made, first: Exchange, again: Exchange, fault: Fault, key: str
) -> Finding:
    from seamwright.contracts.graphql.coordinates import coordinate

    path = "/".join(str(step) for step in fault.path)
    where = coordinate(bench.contract, first, fault.path) if fault.path else operation.id
    inside = "" if where == operation.id else f" of {operation.label}"
    return Finding(
        title=f"{where} fails on a valid call{inside} ({made.form}): {fault.short}",
        detail=(
            "expected: data, or an error that says what the caller did wrong; the call keeps to the schema\n"
            f"seen: {f'at {path}: ' if path else ''}{fault.short}\n{asked(first)}\n"
            f"it was answered {shown(first)}\nonce more: {shown(again)}"
        ),
        severity=Severity.MEDIUM if made.limit else Severity.HIGH,
        operation=operation.id,
        key=key,
        exchanges=(first.number, again.number),
        facts={"status": first.status, "path": path, "field": where, "message": fault.text, "form": made.form},
    )


CHECK = Check(
    id="contract.graphql-server-error",
    proves="valid queries and mutations, values at their limits included, never make the server fail",
    oracle="an error that the server is to blame for, by its code or its words, or a 5xx, twice",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    kinds=("graphql",),
    cwe=("CWE-248",),
    alone=True,
)
