"""One dependency that hangs does not sink the operations that have no need of it.

Callers of the hanging one pile up, each of them holding a worker, a connection, a lock. If these come out of the same
small stock as everybody's, the whole boundary stands still for the sake of one dependency. Sixteen calls are left
hanging, and meanwhile others are made that do not need it; the same sixteen were made while all was well before, so
that a machine that is merely busy is not taken for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from seamwright.checks.resilience._crossing import (
    Crossing,
    applies_to_dependencies,
    aside,
    control_of,
    crossings,
    deadline_of,
    recovery_of,
    steady,
    timed,
)
from seamwright.checks.resilience._lag import Lag
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

HANGING = 16
"""Calls that hang at a time."""

HEAD_START = 0.2
"""Seconds that they are given to come as far as the dependency."""

OTHERS = 3
"""Calls that do not need it, one after the other, of each operation."""

MOST = 2

MARGIN = 0.25
"""Seconds that our own process may have been late."""


@dataclass(frozen=True, slots=True)
class _Round:
    """The other calls, by operation, how many requests were struck, and how late we were ourselves."""

    others: Sequence[tuple[Crossing, Exchange]]
    struck: int
    lag: float

    @property
    def slowest(self) -> float:
        return max(exchange.seconds for _, exchange in self.others)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    for dependency in bench.cells:
        try:
            yield await _try(bench, dependency)
        except Undecided as error:
            yield Unknown(dependency, str(error), error.cause)


async def _try(bench: Bench, dependency: str) -> Observation:
    crossing = control_of(await crossings(bench, dependency, most=MOST, counted=True))
    others = await aside(bench, dependency, most=MOST)
    if not others:
        raise Undecided(f"no operation was found that can be called and does not wait for {dependency}", Cause.USAGE)
    well = await _round(bench, crossing, others, dependency, None)
    unwell = [timed(exchange) for _, exchange in well.others if not exchange.ok]
    if unwell:
        raise Undecided(f"{HANGING} calls at once keep others from being answered while all is well: {unwell[0]}")
    limit = max(deadline_of(bench.subject) / 2, 2 * well.slowest)
    hung = await _round(bench, crossing, others, dependency, Fault("hang"))
    sunk = _sunk(hung, limit)
    if sunk and await _sunk_again(bench, crossing, others, dependency, limit):
        return Refuted(dependency, _finding(dependency, sunk, well, limit), tried=len(hung.others))
    measures: dict[str, Any] = {
        f"{dependency}: slowest of others": round(hung.slowest, 3),
        f"{dependency}: slowest of others while all is well": round(well.slowest, 3),
        f"{dependency}: hanging": hung.struck,
    }
    if sunk:
        why = f"{sunk[0][0].operation.id}: kept waiting once while {dependency} hung, and not the next time"
        return Unknown(dependency, why, measures=measures)
    if not hung.struck:
        return Unknown(dependency, f"no call reached {dependency} while it was to hang", measures=measures)
    return Proved(dependency, tried=len(hung.others), measures=measures)


async def _sunk_again(
    bench: Bench, crossing: Crossing, others: Sequence[Crossing], dependency: str, limit: float
) -> bool:
    """Whether it is so a second time, with our own process in time and all well in between."""
    again = await _round(bench, crossing, others, dependency, Fault("hang"))
    if again.lag > MARGIN:
        raise Undecided(f"our own process came {again.lag:.2f} s too late, so that no time can be told", Cause.OURS)
    return bool(_sunk(again, limit))


async def _round(
    bench: Bench, crossing: Crossing, others: Sequence[Crossing], dependency: str, fault: Fault | None
) -> _Round:
    """Sixteen calls that cross the dependency, and the others while these are under way; begins and ends all well."""
    within = recovery_of(bench.subject) + 5
    await steady(bench, crossing, within, dependency=dependency)
    longest = deadline_of(bench.subject) + 3
    ready = [await crossing.ready(bench) for _ in range(HANGING)]
    cases = [(other, await other.ready(bench)) for other in others for _ in range(OTHERS)]
    what = f"{dependency} hangs" if fault is not None else "all is well"
    async with AsyncExitStack() as stack:
        lag = await stack.enter_async_context(Lag.watched())
        hanging: list[asyncio.Task[Exchange]] = []
        stack.push_async_callback(_ended, hanging)  # behind the end of the fault, which lets them go
        armed = bench.fault(dependency, fault, ttl=3 * longest) if fault is not None else None
        struck = await stack.enter_async_context(armed) if armed is not None else None
        for case in ready:
            calling = bench.call(case, crossing.caller.identity, timeout=longest, note=f"one of {HANGING}: {what}")
            hanging.append(asyncio.create_task(calling))
        await asyncio.wait(hanging, timeout=HEAD_START)
        seen = []
        for other, case in cases:
            identity = other.caller.identity
            seen.append((other, await bench.call(case, identity, timeout=longest, note=f"does not need it; {what}")))
        count = len(await struck.strikes()) if struck is not None else 0
    await steady(bench, crossing, within, dependency=dependency)
    return _Round(seen, count, lag.most)


async def _ended(tasks: Sequence[asyncio.Task[Exchange]]) -> None:
    """Each call comes to its end, so that none of them is told of as a failure when all is to be well again."""
    try:
        await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for task in tasks:
            task.cancel()


def _sunk(seen: _Round, limit: float) -> list[tuple[Crossing, Exchange]]:
    if not seen.struck:
        return []
    return [(other, exchange) for other, exchange in seen.others if not exchange.ok or exchange.seconds > limit]


def _finding(dependency: str, sunk: Sequence[tuple[Crossing, Exchange]], well: _Round, limit: float) -> Finding:
    other, exchange = max(sunk, key=lambda pair: pair[1].seconds)
    operation = other.operation
    return Finding(
        title=f"{operation.label} is kept waiting by {dependency}, which it does not need",
        detail=(
            f"expected: while {HANGING} calls hang at {dependency}, an answer 2xx within {limit:.1f} s; with as many "
            f"calls while all is well the slowest took {well.slowest:.2f} s\n"
            f"seen: {timed(exchange)}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"{dependency}:bulkhead",
        exchanges=tuple(e.number for _, e in sunk),
        facts={"dependency": dependency, "seconds": round(exchange.seconds, 3), "status": exchange.status},
    )


CHECK = Check(
    id="resilience.bulkhead",
    proves="a dependency that hangs does not keep operations waiting that do not need it",
    oracle="twice, while calls hang at the dependency, others fail or take far longer than with as many calls before",
    applies=applies_to_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-400", "CWE-410"),
    alone=True,
)
