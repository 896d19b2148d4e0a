"""Valid GraphQL calls do not make the server fail.

A GraphQL server answers 200 when a resolver throws, with `null` in place of the field and an error beside it, so that
nobody's monitoring sees it. Every operation is called with valid values, among them limits (an empty text, the largest
Int, an empty list, null where it may stand, an id that names nothing), and asked for what lies deep inside. An error
counts only where its code or its words say that the server is to blame; that something was not found or not allowed is
an answer. What failed is made to fail again before it is told.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from random import Random
from typing import TYPE_CHECKING

from seamwright.checks._cells import LAST, each_operation
from seamwright.checks._honest import Caller, caller
from seamwright.checks.contract.graphql._calls import (
    Answers,
    Made,
    applicable,
    asked,
    first_call,
    further_calls,
    gave,
    renewed,
    shown,
    strange_call,
)
from seamwright.checks.contract.graphql._cause import cause
from seamwright.checks.contract.graphql._errors import Fault, faults
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

if TYPE_CHECKING:
    from seamwright.engines.generate.graphql.edges import Edge

__all__ = ["CHECK"]

EDGES = 60
"""Values at their limits that are tried of one operation."""

EARLY = 8
"""Of these, as many come before any others of another operation."""

TOLD = 12
"""Faults of one operation that are made to happen again and told."""


def _applies(subject: Subject) -> Applicability:
    return applicable(subject)


@dataclass(slots=True)
class _Seen:
    """What is known of one operation after its valid calls."""

    who: Caller
    answers: Answers
    first: Made | None = None
    base: Made | None = None
    failing: frozenset[str] = frozenset()
    edges: list[Edge] | None = None
    told: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    """First every operation once, so that a slow service has shown them all; then with other ordinary values; then with
    limits, since what these leave behind may break all others: half of the time is for them, a few of each first."""
    known: dict[str, _Seen] = {}
    left: float | None = None

    async def once(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        seen = _Seen(caller(bench.subject, operation), Answers(operation))
        try:
            seen.first = await first_call(bench, operation, seen.who)
        except Undecided as reason:
            if bench.subject.logins(operation):
                raise
            # Whatever is not there is no reason to break.
            seen.first = await strange_call(bench, operation, seen.who)
            seen.doubts.append(str(reason))
        known[operation.id] = seen
        async for refuted in _judged(bench, operation, seen, seen.first):
            yield refuted

    async def ordinary(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        nonlocal left
        left = bench.remaining if left is None else left
        if operation.id not in known:  # It was slow, as the first call of all may be.
            async for refuted in once(bench, operation):
                yield refuted
        seen = known[operation.id]
        assert seen.first is not None
        if bench.remaining < left / 2:
            seen.doubts.append("no time was left to try it with all that is optional; give more with --budget")
            return
        async with aclosing(further_calls(bench, operation, seen.who, seen.first)) as calls:
            async for made in calls:
                async for refuted in _judged(bench, operation, seen, made):
                    yield refuted

    async def limits(bench: Bench, operation: Operation, some: slice) -> AsyncIterator[Observation]:
        seen = known.get(operation.id)
        if seen is None:
            return
        async for made in _at_limits(bench, operation, seen, some):
            async for refuted in _judged(bench, operation, seen, made):
                yield refuted

    async def first_limits(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        async for refuted in limits(bench, operation, slice(EARLY)):
            yield refuted

    async def other_limits(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        async for refuted in limits(bench, operation, slice(EARLY, EDGES)):
            yield refuted
        seen = known.get(operation.id)
        if seen is None:
            return
        verdict = seen.answers.verdict()
        if seen.doubts:
            yield Unknown(operation.id, "; ".join(seen.doubts[:3]), Cause.TARGET)
        elif not seen.told or isinstance(verdict, Unknown):
            yield verdict

    for decide, writes_first in ((once, True), (ordinary, True), (first_limits, False), (other_limits, False)):
        async for observation in each_operation(bench, decide, writes_first=writes_first):
            yield observation


async def _judged(bench: Bench, operation: Operation, seen: _Seen, made: Made) -> AsyncIterator[Observation]:
    """Refuted for every fault in an answer that was not told of this operation, and happens again."""
    seen.answers.add(made.exchange)
    if not made.limit:
        seen.failing = made.failing
    if seen.base is None and gave(made.exchange):
        seen.base = made
    for fault in faults(made.exchange):
        key = cause(bench, made.exchange, fault)
        if key in seen.told or len(seen.told) >= TOLD or (fault.silent and seen.told):
            continue
        if bench.remaining < LAST:
            seen.doubts.append(f"a valid call failed ({fault.short}), and no time was left to try it again")
            continue
        first = bench.keep(made.exchange)
        repeated = await _repeated(bench, operation, seen.who, made)
        if any(cause(bench, repeated, other) == key for other in faults(repeated)):
            seen.told.add(key)
            yield Refuted(operation.id, _finding(bench, operation, made, first, repeated, fault, key))
        else:
            seen.doubts.append(f"a valid call failed once ({fault.short}), and was answered {shown(repeated)} again")


async def _at_limits(bench: Bench, operation: Operation, seen: _Seen, some: slice) -> AsyncIterator[Made]:
    """The first call that was accepted, with one value at a limit each: some of them all.

    Where none was accepted, the first one that did not fail: what is refused for its objects may fail for its values.
    """
    start = seen.base or seen.first
    if start is None or (seen.base is None and seen.told) or bench.subject.logins(operation):
        return
    from seamwright.engines.generate.graphql.cases import LEAN, arguments_of, asking
    from seamwright.engines.generate.graphql.edges import edges

    if seen.edges is None:
        with suppress(Undecided):
            start = replace(start, case=await renewed(bench, operation, seen.who, start.case))
        random = bench.random_for(f"{operation.id} limits")
        every = edges(bench.contract, operation, arguments_of(bench.contract, start.case), random)
        seen.edges = list(islice(_in_turns(every), EDGES))
    bounds = replace(LEAN, avoid=seen.failing)
    for edge in seen.edges[some]:
        if bench.remaining < LAST:
            raise Undecided("the time budget of the check ended; give it more with --budget", Cause.USAGE)
        case = asking(bench.contract, operation, edge.arguments, Random(0), bounds=bounds)
        form = f"{edge.place} is {edge.what}"
        yield Made(case, await seen.who.call(bench, case, f"valid call: {form}"), form, limit=True)


def _in_turns(edges: Iterable[Edge]) -> Iterator[Edge]:
    """One limit of each place in turn, so that the first few are of many places.

    Null comes last in each: where it may stand it is mostly what a place that is left out is taken for.
    """
    by_place: dict[str, list[Edge]] = {}
    for edge in sorted(edges, key=lambda edge: edge.what == "null"):
        by_place.setdefault(edge.place, []).append(edge)
    for turn in zip_longest(*by_place.values()):
        yield from (edge for edge in turn if edge is not None)


async def _repeated(bench: Bench, operation: Operation, who: Caller, made: Made) -> Exchange:
    try:
        case = made.case if made.limit else await renewed(bench, operation, who, made.case)
    except Undecided:
        case = made.case
    return await who.call(bench, case, "the same call again")


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
