"""Holds the answers to valid rpcs against the contract, for the check of all rpcs and that of safe ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from seamwright.checks._cells import each_operation, excerpt, sent
from seamwright.checks._honest import caller
from seamwright.checks.contract._cause import shape
from seamwright.checks.contract._seen import Seen
from seamwright.checks.contract.grpc._calls import MadeRpc, method_of, rpc_calls
from seamwright.model.bench import Bench, Violation
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation

__all__ = ["rpcs_conforming"]

WITNESSES = 3
"""Answers that are kept of those that break the contract in the same way."""

_BADLY = frozenset({"cardinality", "syntax", "wire-type"})
"""What no client can read, however patient it is."""


async def rpcs_conforming(bench: Bench) -> AsyncIterator[Observation]:
    """Decide every cell: refuted for each way in which an answer broke its contract; proved needs an OK."""
    async for observation in each_operation(bench, _decided, writes_first=True):
        yield observation


async def _decided(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    seen = Seen(operation)
    told: Counter[str] = Counter()
    who = caller(bench.subject, operation)
    gives = method_of(bench, operation)[1].gives.full_name
    async with aclosing(rpc_calls(bench, operation, who)) as calls:
        async for made in calls:
            seen.add(made.exchange)
            for violation in bench.violations(made.exchange):
                # The same field of the same message is one mistake, in however many rpcs it shows.
                where = operation.id if violation.keyword == "cardinality" else gives
                key = f"{where} {violation.keyword} {shape(violation.place)}"
                told[key] += 1
                if told[key] <= WITNESSES:
                    kept = bench.keep(made.exchange)
                    yield Refuted(operation.id, _finding(operation, made, kept, violation, key))
    verdict = seen.verdict()
    if not told or isinstance(verdict, Unknown):
        yield verdict


def _finding(operation: Operation, made: MadeRpc, exchange: Exchange, violation: Violation, key: str) -> Finding:
    place = f" at {violation.place}" if violation.place else ""
    return Finding(
        title=f"{operation.label} answers OK with what its contract does not allow{place}: {violation.keyword}",
        detail=(
            f"expected: an answer as the contract declares it\n"
            f"seen: {violation.text}\n"
            f"the call was valid ({made.form}): {sent(exchange)}\nit was answered {excerpt(exchange)}"
        ),
        severity=Severity.HIGH if violation.keyword in _BADLY else Severity.MEDIUM,
        operation=operation.id,
        key=key,
        exchanges=(exchange.number,),
        facts={"place": violation.place, "keyword": violation.keyword},
    )
