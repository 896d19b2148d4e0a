"""Values exactly at their limits are valid, and never lead to a server error.

The longest text that is allowed, the largest page, the smallest number: off-by-one mistakes and columns that are too
narrow live there. Each limit that the contract states is tried on its own, in a call that is accepted otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from itertools import islice

from seamwright.checks._cells import answered, each_operation, excerpt, in_time, sent
from seamwright.checks._honest import Accepted, accepted, caller, renewed, repeatable
from seamwright.checks.contract._calls import limit_over
from seamwright.checks.contract._cause import fingerprint, kind, root
from seamwright.checks.contract._unaccepted import crashes_unaccepted
from seamwright.checks.contract._varying import where_there_is
from seamwright.engines.generate.requests import Varied, boundary_cases, valid_case
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

MOST = 60
"""Values at a limit that are tried of one operation, the outermost places first."""

COUNTED = frozenset({"required", "minProperties", "maxProperties", "minItems", "maxItems"})
"""Limits of how much an object or a list holds, and not of what."""


def _applies(subject: Subject) -> Applicability:
    return where_there_is(subject, boundary_cases, "nothing that {} has a limit")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    try:
        good = await _control(bench, operation)
    except Undecided as why:
        async for observation in crashes_unaccepted(bench, operation, boundary_cases, why, Severity.HIGH):
            yield observation
        return
    tried, told, doubts = 0, set[str](), list[str]()
    for varied in islice(boundary_cases(bench.contract, operation, bench.random), MOST):
        in_time(bench, tried, "values at a limit")
        case = limit_over(bench.contract, operation, await renewed(bench, operation, good), varied)
        if case is None:
            continue
        exchange = answered(await good.caller.call(bench, case, note=f"{varied.place}: {varied.why}"))
        tried += 1
        # Whatever stands at one place and fails in one way fails for one reason.
        top = "/".join(varied.place.split("/")[:2])
        key = f"{operation.id} {top} {fingerprint(exchange)}"
        if exchange.status < 500 or key in told:
            continue
        again = answered(await good.caller.call(bench, await _fresh(bench, operation, good, varied), note="once more"))
        if again.status < 500:
            doubts.append(f"{varied.place} was answered {exchange.status} once, and {again.status} when repeated")
        elif (spared := await _with_other_texts(bench, operation, good, varied, case)) is not None:
            told.add(key)
            doubts.append(
                f"{varied.place} was answered {exchange.status} twice, and {spared.status} with other texts in it, of "
                "which one may be taken only once: it is not its limit that fails"
            )
        elif (ordinary := await _ordinary(bench, operation, good)).status >= 500:
            told.add(key)
            doubts.append(
                f"{varied.place} was answered {exchange.status} twice, and {ordinary.status} with an ordinary value by "
                "now: it is not known to be its limit that fails"
            )
        else:
            told.add(key)
            yield Refuted(operation.id, _finding(bench, operation, varied, exchange, again, ordinary, key))
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts), Cause.TARGET)
    elif not tried:
        yield Unknown(operation.id, "no value at a limit fits into a call that is accepted otherwise", Cause.USAGE)
    elif not told:
        yield Proved(operation.id, tried=tried)


async def _control(bench: Bench, operation: Operation) -> Accepted:
    """A call that is accepted; for a login a made-up one, so that nobody's account is locked by wrong passwords."""
    if not bench.subject.logins(operation):
        return await repeatable(bench, operation, await accepted(bench, operation))
    who = caller(bench.subject, operation)
    case = valid_case(bench.contract, operation, bench.random)
    exchange = answered(await who.call(bench, case, note="a login of nobody"))
    if exchange.status >= 500:
        raise Undecided(f"an ordinary call was answered {exchange.status} already: contract.server-error-on-valid")
    return Accepted(who, case, exchange)


async def _fresh(bench: Bench, operation: Operation, good: Accepted, varied: Varied) -> Case:
    base = await renewed(bench, operation, good)
    case = limit_over(bench.contract, operation, base, varied)
    if case is None:
        raise Undecided(f"the value at {varied.place} could not be sent once more")
    return case


async def _ordinary(bench: Bench, operation: Operation, good: Accepted) -> Exchange:
    """The accepted call once more: what it fails with, too, is not for a limit to explain."""
    base = await renewed(bench, operation, good)
    return answered(await good.caller.call(bench, base, note="with an ordinary value, once more"))


async def _with_other_texts(
    bench: Bench, operation: Operation, good: Accepted, varied: Varied, case: Case
) -> Exchange | None:
    """What comes to the limit of an object or a list with other texts in it, of which one may be taken only once; None
    where it is a server error all the same."""
    if varied.keyword not in COUNTED:
        return None
    other = await renewed(bench, operation, replace(good, case=case, once=True, unique=""))
    exchange = answered(await good.caller.call(bench, other, note="at its limit, with other texts"))
    return exchange if exchange.status < 500 else None


def _finding(
    bench: Bench,
    operation: Operation,
    varied: Varied,
    first: Exchange,
    again: Exchange,
    ordinary: Exchange,
    key: str,
) -> Finding:
    return Finding(
        title=f"{operation.label} answers {first.status} when {varied.place} is at its limit ({varied.keyword})",
        detail=(
            f"expected: no server error, since a value at its limit is valid ({varied.why}): {sent(first)}\n"
            f"seen: {excerpt(first)}\nonce more: {excerpt(again)}\n"
            f"the same call with an ordinary value in that place was answered {ordinary.status} afterwards"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=key,
        root=root(bench, operation, again, kind(varied), varied.where),
        exchanges=(first.number, again.number),
        facts={"status": first.status, "place": varied.place, "keyword": varied.keyword, "value": _shown(varied)},
    )


def _shown(varied: Varied) -> str:
    text = str(varied.value)
    return text if len(text) <= 80 else f"{text[:80]}… ({len(text)} characters)"


CHECK = Check(
    id="contract.server-error-on-boundary",
    proves="values at the limits that the contract states never lead to a server error",
    oracle="a 5xx to a value at its limit, twice, in a call that is accepted with an ordinary value",
    urgency=1,
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-193", "CWE-248"),
)
