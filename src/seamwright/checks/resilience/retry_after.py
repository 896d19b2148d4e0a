"""`Retry-After` is honoured: who is told when to come back does not come before.

A dependency that answers 429 or 503 with `Retry-After: 1` (RFC 9110, section 10.2.3; RFC 6585, section 4) has said that
it needs a second. A retry within it, and a new request within it, is one that it has asked not to be sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from seamwright.checks.resilience._crossing import (
    Crossing,
    applies_to_http_dependencies,
    control_of,
    crossings,
    deadline_of,
    recovery_of,
    steady,
)
from seamwright.model.bench import Bench, Fault, Strike
from seamwright.model.check import Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

AFTER = 1
"""Seconds that the dependency asks for."""

MARGIN = 0.1
"""Seconds before their end in which a request is not yet held against anybody."""

NEXT = 0.3
"""Seconds after which a second call is made, answered or not is the first."""

CODES = (429, 503)

MOST = 2
"""Operations among which one is looked for that can be called again and again."""


@dataclass(frozen=True, slots=True)
class _Seen:
    exchanges: Sequence[Exchange]
    retried: Sequence[Strike]
    """Requests that came too early while only one call was under way."""
    new: Sequence[Strike]
    """Those that came too early after a second call had been made."""
    strikes: int
    in_time: bool
    """Whether the second call was made early enough to be tempted."""


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    for dependency in bench.cells:
        try:
            crossing = control_of(await crossings(bench, dependency, most=MOST, counted=True))
            for code in CODES:
                yield await _try(bench, crossing, dependency, code)
        except Undecided as error:
            yield Unknown(dependency, str(error), error.cause)


async def _try(bench: Bench, crossing: Crossing, dependency: str, code: int) -> Observation:
    await steady(bench, crossing, deadline_of(bench.subject) + AFTER + 1, dependency=dependency)
    seen = await _seen(bench, crossing, dependency, code)
    operation = crossing.operation
    measures = {f"{dependency}: requests before Retry-After of {code} was over": len(seen.retried) + len(seen.new)}
    await steady(bench, crossing, recovery_of(bench.subject) + AFTER + 5, dependency=dependency)
    if not seen.strikes:
        why = f"{operation.id}: no call reached {dependency} while it was to answer {code}"
        return Unknown(dependency, why, measures=measures)
    early = [*seen.retried, *seen.new]
    if early:
        what = "the same call again" if seen.retried else "the next call"
        finding = Finding(
            title=f"{operation.label} does not wait when {dependency} answers {code} with Retry-After",
            detail=(
                f"expected: no request to {dependency} for {AFTER} s after {code} with Retry-After: {AFTER}\n"
                f"seen: {len(early)} came, {what} first ({early[0].operation})"
            ),
            severity=Severity.MEDIUM,
            operation=operation.id,
            key=f"{dependency}:retry-after:{operation.id}",
            exchanges=tuple(e.number for e in seen.exchanges),
            facts={"dependency": dependency, "status": code, "early": len(early)},
        )
        return Refuted(dependency, finding, tried=len(seen.exchanges), measures=measures)
    if not seen.in_time:
        why = f"{operation.id}: the second call was made too late to be one that should have waited"
        return Unknown(dependency, why, Cause.OURS, measures=measures)
    return Proved(dependency, tried=len(seen.exchanges), measures=measures)


async def _seen(bench: Bench, crossing: Crossing, dependency: str, code: int) -> _Seen:
    ready = [await crossing.ready(bench) for _ in range(2)]
    longest = deadline_of(bench.subject) + AFTER + 2
    fault = Fault("status", params={"code": code, "retry_after": AFTER})
    note = f"{dependency} answers {code} with Retry-After: {AFTER}"
    async with bench.fault(dependency, fault, ttl=2 * longest + 2) as struck:
        first = asyncio.create_task(bench.call(ready[0], crossing.caller.identity, timeout=longest, note=note))
        try:
            await asyncio.wait({first}, timeout=NEXT)
            alone = await struck.strikes()
            second = await bench.call(ready[1], crossing.caller.identity, timeout=longest, note=note)
            exchanges = (await first, second)
        finally:
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
        strikes = await struck.strikes()
    if not strikes:
        return _Seen(exchanges, (), (), 0, False)
    begun = strikes[0].at
    early = [strike for strike in strikes[1:] if strike.at < begun + AFTER - MARGIN]
    retried = [strike for strike in early if strike in alone]
    new = [strike for strike in early if strike not in alone]
    soon = exchanges[1].started < exchanges[0].started + AFTER - MARGIN
    return _Seen(exchanges, retried, new, len(strikes), soon)


CHECK = Check(
    id="resilience.retry-after",
    proves="a dependency that says Retry-After is sent nothing before that is over",
    oracle="a request comes to the dependency within the second that its 429 or 503 has asked for",
    applies=applies_to_http_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-799",),
    alone=True,
)
