"""What the checks with one steady fault share: a declared answer, in bounded time, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from seamwright.checks.resilience._crossing import Crossing, crossings, deadline_of, recovery_of, steady, timed
from seamwright.model.bench import Bench, Fault
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity

__all__ = ["under_fault"]

AT_ONCE = 3
"""Calls of an operation under one fault. One answer alone is chance; two alike are how the boundary behaves."""

MARGIN = 0.5
"""Seconds of our own side and of the loopback, which no caller of the boundary would notice."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong with an answer: a key for its kind, in words, and how bad it is."""

    kind: str
    text: str
    severity: Severity


async def under_fault(bench: Bench, fault: Fault, doing: str) -> AsyncIterator[Observation]:
    """Judge every dependency under a fault; `doing` says what the fault makes it do ("is slow")."""
    for dependency in bench.cells:
        try:
            for observation in await _dependency(bench, dependency, fault, doing):
                yield observation
        except Undecided as error:
            yield Unknown(dependency, str(error), error.cause)


async def _dependency(bench: Bench, dependency: str, fault: Fault, doing: str) -> list[Observation]:
    found = await crossings(bench, dependency)
    observations: list[Observation] = []
    for crossing in found:
        await steady(bench, crossing, deadline_of(bench.subject) + 1, dependency=dependency)
        answers = await _answers(bench, crossing, dependency, fault, doing)
        observations.append(_judged(bench, crossing, dependency, doing, answers))
    if not any(isinstance(o, Refuted) for o in observations):
        for crossing in found:
            await steady(bench, crossing, recovery_of(bench.subject) + 5, dependency=dependency)
    return observations


async def _answers(bench: Bench, crossing: Crossing, dependency: str, fault: Fault, doing: str) -> Sequence[Exchange]:
    ready = [await crossing.ready(bench) for _ in range(AT_ONCE)]
    longest = deadline_of(bench.subject) + fault.seconds + 2
    async with bench.fault(dependency, fault, ttl=longest + 2):
        return await asyncio.gather(
            *(
                bench.call(case, crossing.caller.identity, timeout=longest, note=f"{dependency} {doing}")
                for case in ready
            )
        )


def _judged(bench: Bench, crossing: Crossing, dependency: str, doing: str, answers: Sequence[Exchange]) -> Observation:
    limit = deadline_of(bench.subject)
    operation = crossing.operation
    wrong = [(exchange, found) for exchange in answers if (found := _wrong(bench, exchange, limit)) is not None]
    measures: dict[str, Any] = {
        f"{dependency}: {operation.id} statuses": sorted({e.status for e in answers}),
        f"{dependency}: {operation.id} slowest": round(max(e.seconds for e in answers), 3),
        "deadline": limit,
    }
    if not wrong:
        return Proved(dependency, tried=len(answers), measures=measures)
    if len(wrong) == 1:
        exchange, found = wrong[0]
        return Unknown(
            dependency,
            f"{operation.id}: once in {len(answers)} calls {found.text} while {dependency} {doing}: {timed(exchange)}",
            measures=measures,
        )
    exchange, found = wrong[0]
    finding = Finding(
        title=f"{operation.label} {found.text} when {dependency} {doing}",
        detail=(
            f"expected: while {dependency} {doing}, an answer that the contract declares within {limit:g} s\n"
            f"seen: {timed(exchange)}\n"
            f"so it was in {len(wrong)} of {len(answers)} calls"
        ),
        severity=found.severity,
        operation=operation.id,
        key=f"{dependency}:{found.kind}:{operation.id}",
        exchanges=tuple(e.number for e, _ in wrong),
        facts={"dependency": dependency, "status": exchange.status, "seconds": round(exchange.seconds, 3)},
    )
    return Refuted(dependency, finding, tried=len(answers), measures=measures)


def _wrong(bench: Bench, exchange: Exchange, limit: float) -> _Wrong | None:
    if exchange.seconds > limit + MARGIN:
        how = "is not answered" if exchange.response is None else "is answered only"
        text = f"{how} after {exchange.seconds:.1f} s, with {limit:g} s promised,"
        return _Wrong("late", text, Severity.HIGH)
    if exchange.response is None:
        return _Wrong("silent", "breaks the connection instead of answering", Severity.HIGH)
    if exchange.status == 500:
        return _Wrong("500", "answers 500, as for an error of its own,", Severity.MEDIUM)
    violations = bench.violations(exchange)
    if violations:
        told = violations[0].text
        return _Wrong(
            "undeclared", f"answers {exchange.status} in a way that is not declared ({told})", Severity.MEDIUM
        )
    return None
