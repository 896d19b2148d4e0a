"""Requests that break the schema are refused, and nothing of them is executed.

A server that checks a request before it executes it never runs a resolver on a value of the wrong type. Each rule is
broken on its own in a call that is answered otherwise: an unknown field, an argument that is missing, a text where a
number is wanted, a null where none may stand (GraphQL, September 2025, sections 5 and 6.1.2).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from seamwright.checks._cells import LAST, answered, each_operation
from seamwright.checks._honest import Caller, caller
from seamwright.checks.contract.graphql._calls import Made, applicable, asked, gave, renewed, shown, valid_calls
from seamwright.checks.contract.graphql._cause import cause
from seamwright.checks.contract.graphql._errors import faults
from seamwright.contracts.graphql.answers import answer_of, field_of
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

if TYPE_CHECKING:
    from seamwright.engines.generate.graphql.breaks import Broken

__all__ = ["CHECK"]

MOST = 80
"""Broken requests that are tried of one operation."""

_NO_REFUSAL = frozenset({401, 403, 408, 425, 429})
"""Statuses that say nothing of the request: they would have come to the honest one too."""


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        return (
            "identities log in through it, and broken logins could lock them out" if subject.logins(operation) else None
        )

    return applicable(subject, why_not)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    from seamwright.contracts.graphql.conformance import GraphQLValidator
    from seamwright.engines.generate.graphql.breaks import broken
    from seamwright.engines.generate.graphql.cases import LEAN, arguments_of

    who = caller(bench.subject, operation)
    good = await _accepted(bench, operation, who)
    validator = GraphQLValidator(bench.contract)
    tried, told, doubts = 0, set[str](), list[str]()
    base = arguments_of(bench.contract, good.case)
    random = bench.random_for(f"{operation.id} broken")
    bounds = replace(LEAN, avoid=good.failing)
    for each in islice(broken(bench.contract, operation, base, random, bounds), MOST):
        if bench.remaining < LAST:
            raise Undecided(f"the time budget of the check ended after {tried} broken requests", Cause.USAGE)
        key = f"{each.rule} {each.kind}".strip()
        if key in told or not validator.request_violations(operation, each.case):
            continue
        tried += 1
        first = answered(await who.call(bench, each.case, f"{each.rule} at {each.place}: {each.why}"))
        wrong = _wrong(first)
        if not wrong:
            if first.status in _NO_REFUSAL:
                doubts.append(f"{each.rule}: answered {first.status}, which does not say whether it is refused")
            continue
        again = answered(await who.call(bench, each.case, f"once more: {each.rule} at {each.place}"))
        honest = answered(
            await who.call(bench, await renewed(bench, operation, who, good.case), "honest call, once more")
        )
        if _wrong(again) != wrong or not gave(honest):
            doubts.append(f"{each.rule}: not the same twice ({shown(first)}, then {shown(again)})")
            continue
        told.add(key)
        yield Refuted(operation.id, _finding(operation, each, first, again, wrong, _cause(bench, first, wrong, key)))
    control = answered(
        await who.call(bench, await renewed(bench, operation, who, good.case), "honest call, at the end")
    )
    if not gave(control):
        doubts.append(f"the honest call is no longer answered at the end: {shown(control)}")
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts[:3]), Cause.TARGET)
    elif not told:
        yield Proved(operation.id, tried=tried)


async def _accepted(bench: Bench, operation: Operation, who: Caller) -> Made:
    """A call that is answered with data. Raises Undecided where none is."""
    last = "nothing was sent"
    async for made in valid_calls(bench, operation, who):
        if gave(made.exchange):
            return made
        last = shown(answered(made.exchange))
        if made.form == "drawn":
            break
    raise Undecided(f"{operation.id}: no valid call was answered with data; last: {last}")


def _wrong(exchange: Exchange) -> str:
    """How a broken request was not refused: `accepted` or `failed`; empty where it was."""
    answer = answer_of(exchange)
    data = answer.data.get(field_of(exchange.operation)) if answer is not None and answer.data is not None else None
    if exchange.ok and answer is not None and (data is not None or not answer.errors):
        return "accepted"
    return "failed" if next(faults(exchange), None) is not None else ""


def _cause(bench: Bench, exchange: Exchange, wrong: str, key: str) -> str:
    """What two of them have in common that are one: the rule, or what broke.

    What refuses a request before anything is executed is one place, which gives all of them the same status.
    """
    fault = next(faults(exchange), None)
    if wrong == "accepted" or fault is None:
        return f"{wrong} {key}"
    answer = answer_of(exchange)
    refused = answer is not None and answer.data is None and not any(error.path for error in answer.errors)
    return f"{wrong} {f'status {fault.status} to what is refused' if refused else cause(bench, exchange, fault)}"


def _finding(operation: Operation, broken: Broken, first: Exchange, again: Exchange, wrong: str, key: str) -> Finding:
    if wrong == "accepted":
        title = f"{operation.label} answers a request that breaks the schema: {broken.rule} at {broken.place}"
        severity = Severity.MEDIUM
    else:
        title = f"{operation.label} fails on a request that breaks the schema: {broken.rule} at {broken.place}"
        severity = Severity.MEDIUM
    return Finding(
        title=title,
        detail=(
            f"expected: errors and no data, since {broken.why} ({broken.place})\n"
            f"seen: {shown(first)}\n{asked(first)}\nonce more: {shown(again)}\n"
            "the same call without what is wrong in it is answered"
        ),
        severity=severity,
        operation=operation.id,
        key=key,
        exchanges=(first.number, again.number),
        facts={"status": first.status, "rule": broken.rule, "place": broken.place},
    )


CHECK = Check(
    id="contract.graphql-invalid-input-refused",
    proves="requests that break one rule of the schema are refused with errors and without data",
    oracle="data, or an error that the server is to blame for, to a request that breaks one rule, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    kinds=("graphql",),
    cwe=("CWE-20",),
)
