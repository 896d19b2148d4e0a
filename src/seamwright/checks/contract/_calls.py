"""Valid calls of an operation in several forms, and cases that differ from an accepted one in a single place."""

from __future__ import annotations

import copy
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from seamwright.checks._honest import Caller, learn_accepted, likely, succeeded, unknown_object
from seamwright.checks.contract._drawn import drawn_calls
from seamwright.contracts.conformance import request_violations
from seamwright.engines.generate.requests import Varied, boundary_cases, merged, valid_case
from seamwright.model.bench import Bench
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation

__all__ = ["Made", "laid_over", "limit_over", "valid_calls"]

LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "type"})
# "type" is what stands for the zero of a number without limits.
UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})

EDGES = 200
"""Values at a limit that are looked through, the outermost first."""

DRAWS = 12
"""Generated cases that are looked through for optional parts."""


@dataclass(frozen=True, slots=True)
class Made:
    """One valid call that was made: the case, what came, and what kind of call it was.

    The exchange of a drawn call is not recorded yet: `bench.keep` does that.
    """

    case: Case
    exchange: Exchange
    form: str


async def valid_calls(
    bench: Bench, operation: Operation, who: Caller, *, unknown: bool = False, drawn: int | None = None
) -> AsyncGenerator[Made, None]:
    """Call an operation with valid values: as people wrote them, generated, and with and without all that is optional.

    The two last are made from the first call that was answered in the success class, and after them come drawn ones, as
    many as the run's depth says. With `unknown`, one call names an object that does not exist. Where `drawn` says how
    many are to be drawn, time is short: the first accepted call is enough, and the next ones are made on its object.
    """
    base: Case | None = None
    last: Case | None = None
    async for case, form in likely(bench, operation, who):
        exchange = await who.call(bench, case, note=f"valid call: {form}")
        if base is None and succeeded(operation, exchange):
            base = case
            learn_accepted(bench, operation, who, case)
        last = case
        yield Made(case, exchange, form)
        if base is not None and drawn is not None:
            break
    start = base or last
    if start is None:
        return
    for change, form in ((_least, "only what is required"), (_most, "with all that is optional")):
        varied = change(bench, operation, start)
        if varied is not None and drawn is not None:
            yield Made(varied, await who.call(bench, varied, note=f"valid call: {form}"), form)
        elif varied is not None:
            yield await _on_fresh_object(bench, operation, who, varied, form)
    absent = unknown_object(bench, operation, start) if unknown else None
    if absent is not None:
        form = "an object that does not exist"
        yield Made(absent, await who.call(bench, absent, note=f"valid call: {form}"), form)
    outermost = _outermost(bench, operation) if drawn is not None else []
    for side, form in ((LOWER, "all at its lower limits"), (UPPER, "all at its upper limits")):
        edged = _edged(bench, operation, start, [varied for varied in outermost if varied.keyword in side])
        if edged is not None:
            yield Made(edged, await who.call(bench, edged, note=f"valid call: {form}"), form)
    if base is not None:
        async with aclosing(drawn_calls(bench, operation, who, base, to=drawn)) as calls:
            async for case, exchange in calls:
                yield Made(case, exchange, "drawn")


async def _on_fresh_object(bench: Bench, operation: Operation, who: Caller, case: Case, form: str) -> Made:
    fresh = await who.case(bench, operation)
    # A service may want the entity tag of the object although its contract says nothing of it.
    required = {"if-match", *(p.name.lower() for p in operation.at("header"))}
    headers = {
        **case.headers,
        **{n: v for n, v in fresh.headers.items() if n.lower() in required and n in case.headers},
    }
    case = case.but(path=fresh.path, headers=headers)
    return Made(case, await who.call(bench, case, note=f"valid call: {form}"), form)


def _least(bench: Bench, operation: Operation, case: Case) -> Case | None:
    """The case without anything that the contract lets one leave out; None where nothing can be."""

    def required(location: Any, values: Any) -> dict[str, Any]:
        known = {p.name for p in operation.at(location) if p.required}
        return {name: value for name, value in values.items() if name in known}

    least = case.but(
        query=required("query", case.query),
        headers=required("header", case.headers),
        cookies=required("cookie", case.cookies),
    )
    if isinstance(case.body, dict):
        for name in list(case.body):
            shorter = least.but(body={n: v for n, v in least.body.items() if n != name})
            if _valid(bench.contract, operation, shorter):
                least = shorter
    return least if least != case else None


def _outermost(bench: Bench, operation: Operation) -> list[Varied]:
    """The values at a limit that stand at the top; what lies deeper comes after them."""
    limits = islice(boundary_cases(bench.contract, operation, bench.random_for(operation.id)), EDGES)
    top = takewhile(lambda varied: varied.place.count("/") <= 1, limits)
    return [varied for varied in top if " at its limit" in varied.why]


def _edged(bench: Bench, operation: Operation, case: Case, limits: list[Varied]) -> Case | None:
    """The case with all these values, as far as they go together; None where none does."""
    edged = case
    for varied in limits:
        edged = limit_over(bench.contract, operation, edged, varied) or edged
    return edged if edged != case else None


def _most(bench: Bench, operation: Operation, case: Case) -> Case | None:
    """The case with every optional part that can be added to it; None where nothing can be."""
    most = case
    for _ in range(DRAWS):
        drawn = valid_case(bench.contract, operation, bench.random)
        added = most.but(query={**drawn.query, **most.query}, cookies={**drawn.cookies, **most.cookies})
        if added != most and _valid(bench.contract, operation, added):
            most = added
        if isinstance(most.body, dict) and isinstance(drawn.body, dict):
            for name in drawn.body.keys() - most.body.keys():
                longer = most.but(body={**most.body, name: drawn.body[name]})
                if _valid(bench.contract, operation, longer):
                    most = longer
    return most if most != case else None


def laid_over(contract: Contract, operation: Operation, base: Case, varied: Varied) -> Case | None:
    """The base with one value of its own, all else as it was, so that nothing but this value can be what is refused.

    A varied body comes with other values in all its places; only the place in question is taken from it, where that
    breaks the very same keyword. None where the contract's own validator sees no such break.
    """
    keyword = varied.keyword

    def broken(case: Case) -> bool:
        return any(v.keyword == keyword for v in request_violations(contract, operation, case))

    return _laid(base, varied, broken, lambda case: not _valid(contract, operation, case))


def limit_over(contract: Contract, operation: Operation, base: Case, varied: Varied) -> Case | None:
    """As `laid_over`, for a value that is valid."""

    def holds(case: Case) -> bool:
        return _valid(contract, operation, case)

    return _laid(base, varied, holds, holds)


def _laid(base: Case, varied: Varied, first: Callable[[Case], bool], second: Callable[[Case], bool]) -> Case | None:
    whole = merged(base, varied)
    if varied.where == "body" and not varied.absent and varied.raw is None:
        grafted = _grafted(base.body, varied.value, varied.place.removeprefix("body").split("/")[1:])
        if grafted is not _NOTHING and first(base.but(body=grafted, raw=None)):
            return base.but(body=grafted, raw=None)
    return whole if second(whole) else None


class _Nothing:
    pass


_NOTHING = _Nothing()


def _grafted(onto: Any, scion: Any, steps: list[str]) -> Any:
    """`onto` with what lies at a place of `scion`, or without what it lacks there; `_NOTHING` where it cannot be."""
    if not steps:
        return scion
    root = copy.deepcopy(onto)
    node, other = root, scion
    for step in steps[:-1]:
        node, other = _child(node, step), _child(other, step)
    key = steps[-1].replace("~1", "/").replace("~0", "~")
    value = _child(other, steps[-1])
    if isinstance(node, dict) and isinstance(other, dict):
        node.pop(key, None)
        if value is not _NOTHING:
            node[key] = value
        return root
    if isinstance(node, list) and key.isdigit() and int(key) < len(node) and value is not _NOTHING:
        node[int(key)] = value
        return root
    return _NOTHING


def _child(node: Any, step: str) -> Any:
    key = step.replace("~1", "/").replace("~0", "~")
    if isinstance(node, dict):
        return node.get(key, _NOTHING)
    if isinstance(node, list) and key.isdigit() and int(key) < len(node):
        return node[int(key)]
    return _NOTHING


def _valid(contract: Contract, operation: Operation, case: Case) -> bool:
    return not request_violations(contract, operation, case)
