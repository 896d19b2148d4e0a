"""Holds the answers to valid calls against the contract, for the check of all operations and that of safe ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from seamwright.checks._cells import each_operation, excerpt, sent
from seamwright.checks._honest import caller
from seamwright.checks.contract._calls import Made, valid_calls
from seamwright.checks.contract._cause import breach, breach_root
from seamwright.checks.contract._seen import Seen
from seamwright.model.bench import Bench, Violation
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation

__all__ = ["conforming"]

WITNESSES = 3
"""Answers that are kept of those that break the contract in the same way."""


async def conforming(bench: Bench, *, unknown: bool) -> AsyncIterator[Observation]:
    """Decide every cell: refuted for each way in which an answer broke its contract.

    With `unknown`, an object that does not exist is asked for too. An undeclared status is left to
    `contract.undocumented-status`. Proved needs an answer of the success class.
    """

    def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        return _decided(bench, operation, unknown)

    async for observation in each_operation(bench, decide, writes_first=True):
        yield observation


async def _decided(bench: Bench, operation: Operation, unknown: bool) -> AsyncGenerator[Observation, None]:
    seen = Seen(operation)
    told: Counter[str] = Counter()
    who = caller(bench.subject, operation)
    async with aclosing(valid_calls(bench, operation, who, unknown=unknown)) as calls:
        async for made in calls:
            seen.add(made.exchange)
            for violation in bench.violations(made.exchange):
                if violation.keyword == "status":
                    continue
                key = breach(operation, violation, made.exchange.status)
                told[key] += 1
                if told[key] <= WITNESSES:
                    kept = bench.keep(made.exchange)
                    yield Refuted(operation.id, _finding(bench, operation, made, kept, violation, key))
    verdict = seen.verdict()
    if not told or isinstance(verdict, Unknown):
        yield verdict


def _finding(
    bench: Bench, operation: Operation, made: Made, exchange: Exchange, violation: Violation, key: str
) -> Finding:
    status = exchange.status
    return Finding(
        title=f"{operation.label} answers {status} with what its contract does not allow at {violation.place}",
        detail=(
            f"expected: an answer as the contract declares it for {status}\n"
            f"seen: {violation.place}: {violation.text}\n"
            f"the call was valid ({made.form}): {sent(exchange)}\nit was answered {excerpt(exchange)}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=key,
        root=breach_root(bench, operation, violation, status),
        exchanges=(exchange.number,),
        facts={"status": status, "place": violation.place, "keyword": violation.keyword},
    )
