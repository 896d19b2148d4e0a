"""Holds the answers to valid calls against the contract, for the check of all operations and that of safe ones."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from seamwright.checks._cells import each_operation, excerpt, sent, statuses
from seamwright.checks._honest import caller, succeeded
from seamwright.checks.contract._calls import Made, valid_calls
from seamwright.model.bench import Bench, Violation
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause

__all__ = ["conforming"]


async def conforming(bench: Bench, *, unknown: bool) -> AsyncIterator[Observation]:
    """Decide every cell: refuted for each way in which an answer broke its contract.

    With `unknown`, an object that does not exist is asked for too. An undeclared status is left to
    `contract.undocumented-status`. Proved needs an answer of the success class.
    """

    def decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
        return _decided(bench, operation, unknown)

    async for observation in each_operation(bench, decide, writes_first=True):
        yield observation


async def _decided(bench: Bench, operation: Operation, unknown: bool) -> AsyncIterator[Observation]:
    seen: list[Exchange] = []
    told: set[str] = set()
    who = caller(bench.subject, operation)
    async for made in valid_calls(bench, operation, who, unknown=unknown):
        seen.append(made.exchange)
        for violation in bench.violations(made.exchange):
            key = f"{operation.id} {violation.keyword} {_shape(violation.place)}"
            if violation.keyword != "status" and key not in told:
                told.add(key)
                yield Refuted(operation.id, _finding(operation, made, violation, key))
    failed = next((e for e in seen if e.failure), None)
    if failed is not None:
        yield Unknown(operation.id, f"no answer came to a valid call: {failed}", Cause.TARGET)
    elif not any(succeeded(operation, exchange) for exchange in seen):
        last = excerpt(seen[-1]) if seen else "nothing was sent"
        yield Unknown(
            operation.id,
            f"no valid call was answered in the success class ({statuses(seen)}); last: {last}",
            Cause.TARGET,
        )
    elif not told:
        yield Proved(operation.id, tried=len(seen))


def _finding(operation: Operation, made: Made, violation: Violation, key: str) -> Finding:
    status = made.exchange.status
    return Finding(
        title=f"{operation.label} answers {status} with what its contract does not allow at {violation.place}",
        detail=(
            f"expected: an answer as the contract declares it for {status}\n"
            f"seen: {violation.place}: {violation.text}\n"
            f"the call was valid ({made.form}): {sent(made.exchange)}\nit was answered {excerpt(made.exchange)}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=key,
        exchanges=(made.exchange.number,),
        facts={"status": status, "place": violation.place, "keyword": violation.keyword},
    )


def _shape(place: str) -> str:
    """The place with every index as `*`: each item of a list is wrong for the same reason."""
    return re.sub(r"/\d+(?=/|$)", "/*", place)
