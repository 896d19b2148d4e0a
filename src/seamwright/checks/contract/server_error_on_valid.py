"""Valid input never leads to a server error.

A 5xx says "this is our fault", and on valid input it is: mostly an optional field that the code takes for granted, or
a combination that nobody tried. Each operation is called with examples, generated values, nothing optional and
everything optional. A server error is made to happen again before it is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks._cells import each_operation, excerpt, sent, statuses, these
from seamwright.checks._honest import Accepted, Caller, caller, renewed, succeeded
from seamwright.checks.contract._calls import Made, valid_calls
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    return these(subject, lambda operation: None, "its contract has no operation")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
    who = caller(bench.subject, operation)
    seen: list[Exchange] = []
    doubts: list[str] = []
    told: set[str] = set()
    async for made in valid_calls(bench, operation, who):
        seen.append(made.exchange)
        if made.exchange.failure:
            doubts.append(f"no answer came to a valid call: {made.exchange}")
        elif made.exchange.status >= 500:
            again = await _again(bench, operation, who, made)
            if again.status < 500:
                doubts.append(
                    f"a valid call was answered {made.exchange.status} once, and {again.status or again} when repeated"
                )
                continue
            key = f"{operation.id} {made.exchange.status}"
            if key not in told:
                told.add(key)
                yield Refuted(operation.id, _finding(operation, made, again, key))
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts), Cause.TARGET)
    elif not told and not any(succeeded(operation, exchange) for exchange in seen):
        yield Unknown(operation.id, f"no valid call was answered in the success class ({statuses(seen)})", Cause.TARGET)
    elif not told:
        yield Proved(operation.id, tried=len(seen))


async def _again(bench: Bench, operation: Operation, who: Caller, made: Made) -> Exchange:
    case = await renewed(bench, operation, Accepted(who, made.case, made.exchange))
    return await who.call(bench, case, note="the same values again, on a fresh object")


def _finding(operation: Operation, made: Made, again: Exchange, key: str) -> Finding:
    return Finding(
        title=f"{operation.label} answers {made.exchange.status} to a valid call ({made.form})",
        detail=(
            f"expected: no server error, since the call keeps to the contract: {sent(made.exchange)}\n"
            f"seen: {excerpt(made.exchange)}\nonce more, on a fresh object: {excerpt(again)}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=key,
        exchanges=(made.exchange.number, again.number),
        facts={"status": made.exchange.status, "form": made.form},
    )


CHECK = Check(
    id="contract.server-error-on-valid",
    proves="valid input never leads to a server error, whatever optional parts are there or not",
    oracle="a 5xx to a valid call, twice",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-248",),
)
