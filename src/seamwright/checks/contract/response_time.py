"""Every operation is answered in time when it is called alone, one call after the other.

`load.latency-objective` measures a mix of reads at the declared rate, where requests wait for each other; here each
operation, writes included, is called by itself with nothing else going on, so that what is slow is slow by itself. A
quantile is broken when more calls exceed its limit than chance would explain, in two rounds; a deadline, when any call
exceeds it, twice. Where fewer calls than that exceed a limit, a second round decides whether the promise is kept.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import LAST, each_operation, excerpt, in_time, these
from seamwright.checks._honest import Accepted, accepted, renewed, repeatable, succeeded
from seamwright.model.bench import Bench
from seamwright.model.boundary import Objectives
from seamwright.model.check import Applicability, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

FEWEST = 20
"""Calls of a round without which nothing is concluded."""

MOST = 40
"""Calls of a round, while there is time: they are one after the other."""

CHANCE = 0.01
"""How likely a service that keeps its promise may be to have so many calls over the limit in one round."""

PATIENCE = 5.0
"""Seconds that a call is waited for beyond the longest limit."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """A promise: at most this share of the calls takes longer than so many seconds."""

    name: str
    seconds: float
    share: float

    def over(self, times: list[float]) -> int:
        return sum(t > self.seconds for t in times)

    def kept(self, times: list[float]) -> bool:
        """Whether the quantile of these very calls keeps the promise."""
        return self.over(times) <= self.share * len(times)

    def broken(self, times: list[float]) -> bool:
        """Whether more calls took too long than chance would explain: the upper tail of a binomial distribution."""
        n, least = len(times), self.over(times)
        if not least:
            return False
        tail = sum(math.comb(n, k) * self.share**k * (1 - self.share) ** (n - k) for k in range(least, n + 1))
        return tail < CHANCE


def _limits(objectives: Objectives) -> tuple[_Limit, ...]:
    limits = [_Limit(name, seconds, round(1 - q, 6)) for name, q, seconds in objectives.latency.items()]
    if objectives.deadline is not None:
        limits.append(_Limit("deadline", objectives.deadline, 0.0))
    return tuple(limits)


def _applies(subject: Subject) -> Applicability:
    if not _limits(subject.boundary.objectives):
        return DoesNotApply(
            "no time is promised; add it to the manifest, as in objectives: {latency: {p95: 200ms}, deadline: 2s}"
        )

    def why_not(operation: Operation) -> str | None:
        return (
            "identities log in through it, and too many logins could lock them out"
            if subject.logins(operation)
            else None
        )

    return these(subject, why_not, "none of its operations can be called again and again")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    limits = _limits(bench.subject.boundary.objectives)
    good = await repeatable(bench, operation, await accepted(bench, operation))
    first = await _round(bench, operation, good, limits)
    if all(limit.kept(_times(first)) for limit in limits):
        yield Proved(operation.id, tried=len(first), measures=_measures(operation, first, limits))
        return
    second = await _round(bench, operation, good, limits)
    both = [*first, *second]
    measures = _measures(operation, both, limits)
    unclear: list[str] = []
    for limit in limits:
        if limit.broken(_times(first)) and limit.broken(_times(second)):
            finding = _finding(operation, limit, first, second)
            yield Refuted(operation.id, finding, tried=len(both), measures=measures)
        elif not limit.kept(_times(both)):
            unclear.append(f"{limit.over(_times(both))} of {len(both)} calls over {limit.name} {_ms(limit.seconds)}")
    if unclear:
        why = f"{operation.id}: too few to say that the promise is broken, too many to say that it is kept: "
        yield Unknown(operation.id, why + ", ".join(unclear), Cause.TARGET, measures)
    else:
        yield Proved(operation.id, tried=len(both), measures=measures)


async def _round(bench: Bench, operation: Operation, good: Accepted, limits: tuple[_Limit, ...]) -> list[Exchange]:
    """Call one after the other; as many as there is time for, and at least so many that something can be said."""
    longest = max(limit.seconds for limit in limits)
    until = bench.remaining - max(0.0, bench.remaining - LAST) / (2 * len(bench.cells))
    seen: list[Exchange] = []
    spare = FEWEST if good.once else 0  # What is taken only once may be there already, by chance.
    while len(seen) < FEWEST or (len(seen) < MOST and bench.remaining > until):
        in_time(bench, len(seen), "calls")
        case = await renewed(bench, operation, good)
        exchange = await bench.call(case, good.caller.identity, timeout=longest + PATIENCE, note="one by one")
        if spare and exchange.status in (400, 409, 422):
            spare -= 1
            continue
        late = exchange.failure is not None and exchange.failure.kind == "timeout" and exchange.seconds > longest
        if not late and not succeeded(operation, exchange):
            raise Undecided(
                f"{operation.id}: call {len(seen) + 1} was not answered with success, so its time says nothing: "
                f"{excerpt(exchange)}"
            )
        seen.append(exchange)
    return seen


def _times(exchanges: list[Exchange]) -> list[float]:
    return [exchange.seconds for exchange in exchanges]


def _measures(operation: Operation, calls: list[Exchange], limits: tuple[_Limit, ...]) -> Mapping[str, Any]:
    """Times in seconds, under the operation's name."""
    times = _times(calls)
    told = {
        "calls": len(times),
        "median": round(statistics.median(times), 6),
        "worst": round(max(times), 6),
        "over": {limit.name: limit.over(times) for limit in limits},
    }
    return {operation.id: told}


def _finding(operation: Operation, limit: _Limit, first: list[Exchange], second: list[Exchange]) -> Finding:
    slowest = [*_slowest(first), *_slowest(second)]
    return Finding(
        title=f"{operation.label} is not answered within {_ms(limit.seconds)} ({limit.name}), called alone",
        detail=(
            f"expected: {limit.name} within {_ms(limit.seconds)}, as the objectives of the manifest promise\n"
            f"seen: {_told(limit, _times(first))}\nonce more: {_told(limit, _times(second))}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"{operation.id} {limit.name}",
        exchanges=tuple(exchange.number for exchange in slowest),
        facts={"promise": limit.name, "limit": limit.seconds, "median": statistics.median(_times(second))},
    )


def _slowest(calls: list[Exchange]) -> list[Exchange]:
    return sorted(calls, key=lambda exchange: exchange.seconds, reverse=True)[:2]


def _told(limit: _Limit, times: list[float]) -> str:
    usual, worst = _ms(statistics.median(times)), _ms(max(times))
    return f"{limit.over(times)} of {len(times)} calls took longer, the median {usual}, the worst {worst}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.2g} ms"


CHECK = Check(
    id="contract.response-time",
    proves="every operation, called alone and one call after the other, is answered within the promised time",
    oracle=f"more calls over the limit than chance explains (p < {CHANCE:g}) of at least {FEWEST}, in two rounds",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    alone=True,
)
