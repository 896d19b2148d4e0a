"""Values that nobody expects and no rule forbids never lead to a server error.

A number of 40 digits, a text with a NUL character, a leap second: a contract that does not forbid them promises to take
them, or to refuse them in words. Each is sent by itself in a call that is accepted otherwise. Failures with one stack
trace, or one answer, to one kind of value are one finding, in however many places they show: mostly it is the database
that cannot hold what the door lets in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from itertools import islice
from random import Random

from seamwright.checks._cells import LAST, answered, each_operation, excerpt, sent, these
from seamwright.checks._honest import Accepted, accepted, renewed, repeatable, succeeded
from seamwright.checks.contract._calls import limit_over
from seamwright.checks.contract._cause import fingerprint
from seamwright.checks.contract._drawn import with_meant
from seamwright.checks.contract._unaccepted import crashes_unaccepted
from seamwright.engines.generate.requests import Varied, unusual_cases
from seamwright.model.bench import Bench, Call
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

MOST = 400
"""Unusual values that are tried of one operation, the outermost places first."""

LOOKED_INTO = 12
"""Failures of one operation that are made to happen again; further ones of the same cause are only counted."""


@dataclass(frozen=True, slots=True)
class _Failure:
    varied: Varied
    case: Case
    exchange: Exchange

    @property
    def cause(self) -> str:
        return f"{self.varied.why} {fingerprint(self.exchange)}"


def _applies(subject: Subject) -> Applicability:
    contract = subject.contract

    def why_not(operation: Operation) -> str | None:
        if subject.logins(operation):
            return "identities log in through it, and made-up logins could lock them out"
        if contract is None:
            return "has no contract"
        try:
            odd = next(unusual_cases(contract, operation, Random(0)), None)
        except Undecided as error:
            return str(error)
        return "everything that it takes is bounded" if odd is None else None

    return these(subject, why_not, "everything that its operations take is bounded")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
    try:
        good = await repeatable(bench, operation, await accepted(bench, operation))
    except Undecided as why:
        async for observation in crashes_unaccepted(bench, operation, unusual_cases, why, Severity.MEDIUM):
            yield observation
        return
    tried = 0
    failures: dict[str, list[_Failure]] = {}
    silent = ""
    by_call: dict[int, Varied] = {}
    calls = _calls(bench.contract, operation, good, bench.random_for(operation.id), by_call)
    async with aclosing(bench.stream(calls)) as answers:
        async for call, exchange in answers:
            tried += 1
            varied = by_call.pop(id(call))
            if exchange.failure is not None:
                silent = silent or f"no answer came to {varied.place} with {varied.why}: {exchange}"
            elif exchange.status >= 500:
                failure = _Failure(varied, call.case, exchange)
                known = failures.setdefault(failure.cause, [])
                known.append(failure if known else _Failure(varied, call.case, bench.keep(exchange)))
    refuted, doubts = False, [silent] if silent else []
    for alike in islice(failures.values(), LOOKED_INTO):
        if refuted and bench.remaining < LAST:
            break
        again, honest = await _again(bench, operation, good, alike[0])
        if again.status < 500 or not succeeded(operation, honest):
            varied = alike[0].varied
            doubts.append(
                f"{varied.place} with {varied.why} was answered {alike[0].exchange.status} once, and {again.status} "
                f"when repeated (the honest call: {honest.status})"
            )
            continue
        refuted = True
        yield Refuted(operation.id, _finding(operation, alike, again, honest), tried=0)
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts[:3]), Cause.TARGET)
    elif not tried:
        yield Unknown(operation.id, "no unusual value fits into a call that is accepted otherwise", Cause.USAGE)
    elif not refuted:
        yield Proved(operation.id, tried=tried)


def _calls(
    contract: Contract, operation: Operation, good: Accepted, random: Random, by_call: dict[int, Varied]
) -> Iterator[Call]:
    for varied in islice(unusual_cases(contract, operation, random), MOST):
        base = good.case.but(headers=with_meant(good.case, good.case))
        case = limit_over(contract, operation, base, varied)
        if case is None:
            continue
        call = Call(case, good.caller.identity, f"{varied.place}: {varied.why}", Case(operation.id, body=varied.value))
        by_call[id(call)] = varied
        yield call


async def _again(bench: Bench, operation: Operation, good: Accepted, failure: _Failure) -> tuple[Exchange, Exchange]:
    """The same value once more, and then the honest call."""
    base = await renewed(bench, operation, good)
    case = limit_over(bench.contract, operation, base, failure.varied) or failure.case
    again = answered(await good.caller.call(bench, case, note=f"once more: {failure.varied.place}"))
    honest = answered(
        await good.caller.call(bench, await renewed(bench, operation, good), note="honest call, afterwards")
    )
    return again, honest


def _finding(operation: Operation, alike: list[_Failure], again: Exchange, honest: Exchange) -> Finding:
    first = alike[0]
    places = list(dict.fromkeys(failure.varied.place for failure in alike))
    return Finding(
        title=f"{operation.label} answers {again.status} when {first.varied.place} holds {first.varied.why}",
        detail=(
            f"expected: that it is taken, or refused with a 4xx, since the contract does not forbid it: "
            f"{sent(first.exchange)}\nseen: {excerpt(first.exchange)}\nonce more: {excerpt(again)}\n"
            f"the same call with an ordinary value was answered {honest.status}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=first.cause,
        exchanges=(first.exchange.number, again.number, honest.number),
        count=len(alike),
        facts={"status": again.status, "places": places[:20], "value": first.varied.why},
    )


CHECK = Check(
    id="contract.server-error-on-unusual",
    proves="values that no rule of the contract forbids and nobody expects never lead to a server error",
    oracle="a 5xx to such a value, twice, in a call that is accepted with an ordinary value before and afterwards",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-20", "CWE-248"),
)
