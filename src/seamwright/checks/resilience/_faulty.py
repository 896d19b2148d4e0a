"""What the checks with one steady fault share: a declared answer, in bounded time, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from seamwright.checks.resilience._crossing import (
    Crossing,
    control_of,
    crossings,
    deadline_of,
    recovery_of,
    steady,
    timed,
)
from seamwright.checks.resilience._lag import Lag
from seamwright.model.bench import Bench, Fault, Strike
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.verdict import Cause

__all__ = ["MARGIN", "Answers", "Wrong", "answers_under", "under_fault", "wrong_with"]

AT_ONCE = 3
"""Calls of an operation under one fault. One answer alone is chance; two alike are how the boundary behaves."""

MARGIN = 0.5
"""Seconds of our own side and of the loopback, which no caller of the boundary would notice."""

UNCOUNTED = frozenset({"refuse"})
"""Faults under which nobody is there to count what they strike."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with an answer: a key for its kind, in words, and how bad it is."""

    kind: str
    text: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to calls that were made under one fault, what the fault struck, and how late we were ourselves."""

    exchanges: Sequence[Exchange]
    strikes: Sequence[Strike]
    lag: float


Judge = Callable[[Answers], Wrong | None]
"""Looks at all answers together; what it finds is wrong with every one of them."""


async def under_fault(
    bench: Bench, fault: Fault, doing: str, *more: tuple[Fault, str], also: Judge | None = None
) -> AsyncIterator[Observation]:
    """Judge every dependency under a fault; `doing` says what the fault makes it do ("is slow").

    `more` are faults that are tried after it on one operation; `also` may find more in what a fault struck.
    """
    for dependency in bench.cells:
        try:
            found = await crossings(bench, dependency, counted=fault.kind not in UNCOUNTED)
            for observation in await _Trial(bench, dependency, fault, doing, also).observations(found):
                yield observation
            for another, does in more:
                for observation in await _Trial(bench, dependency, another, does, also).observations(found[:1]):
                    yield observation
        except Undecided as error:
            yield Unknown(dependency, str(error), error.cause)


@dataclass(frozen=True, slots=True)
class _Trial:
    """One dependency under one fault."""

    bench: Bench
    dependency: str
    fault: Fault
    doing: str
    also: Judge | None

    async def observations(self, found: Sequence[Crossing]) -> list[Observation]:
        """What is seen of each of these operations, which wait for the dependency."""
        control = control_of(found)
        seen: list[Observation] = []
        for crossing in found:
            await steady(self.bench, control, deadline_of(self.bench.subject) + 1, dependency=self.dependency)
            judged = await self._judged(crossing)
            if isinstance(judged, Refuted):
                late_before = any(isinstance(o, Refuted) and self._late(o) for o in seen)
                judged = await self._confirmed(crossing, control, judged, late_before=late_before)
            seen.append(judged)
        if not any(isinstance(o, Refuted) for o in seen):
            await self._over(control)
        return seen

    async def _over(self, control: Crossing) -> float:
        """The fault is lifted, and the honest call works again. Raises Undecided when it does not."""
        return await steady(self.bench, control, recovery_of(self.bench.subject) + 5, dependency=self.dependency)

    def _late(self, judged: Refuted) -> bool:
        return judged.finding.key.startswith(f"{self.dependency}:late:")

    async def _confirmed(
        self, crossing: Crossing, control: Crossing, judged: Refuted, *, late_before: bool
    ) -> Observation:
        """A witness that counts: honest calls work without the fault, and what is late is late again, or elsewhere."""
        await self._over(control)
        if late_before or not self._late(judged):
            return judged
        # Late once may be a machine that was busy.
        again = await self._judged(crossing)
        if isinstance(again, Refuted):
            await self._over(control)
            return judged
        return Unknown(
            self.dependency,
            f"{crossing.operation.id}: late once while {self.dependency} {self.doing}, and not the next time",
            measures=judged.measures,
        )

    async def _judged(self, crossing: Crossing) -> Observation:
        answers = await answers_under(
            self.bench, crossing, self.dependency, self.fault, note=f"{self.dependency} {self.doing}"
        )
        limit = deadline_of(self.bench.subject)
        operation, exchanges, doing = crossing.operation, answers.exchanges, f"{self.dependency} {self.doing}"
        common = self.also(answers) if self.also is not None else None
        wrong = [
            (exchange, found)
            for exchange in exchanges
            if (found := common or wrong_with(self.bench, exchange, limit)) is not None
        ]
        measures: dict[str, Any] = {
            f"{self.dependency}: {operation.id} statuses": sorted({e.status for e in exchanges}),
            f"{self.dependency}: {operation.id} slowest": round(max(e.seconds for e in exchanges), 3),
            "deadline": limit,
        }
        if self.fault.kind not in UNCOUNTED:
            measures[f"{self.dependency}: {operation.id} struck"] = len(answers.strikes)
            if not answers.strikes:
                why = f"{operation.id}: none of {len(exchanges)} calls reached {self.dependency} while it was to be hit"
                return Unknown(self.dependency, why, measures=measures)
        if any(e.failure is not None and e.failure.kind == "too-large" for e in exchanges):
            why = f"{operation.id}: it answers with more than is read here while {doing}, so that nothing can be told"
            return Unknown(self.dependency, why, measures=measures)
        if not wrong:
            return Proved(self.dependency, tried=len(exchanges), measures=measures)
        exchange, found = wrong[0]
        if len(wrong) == 1:
            why = f"{operation.id}: once in {len(exchanges)} calls {found.text} while {doing}: {timed(exchange)}"
            return Unknown(self.dependency, why, measures=measures)
        if found.kind == "late" and answers.lag > MARGIN / 2:
            why = f"{operation.id}: our own process came {answers.lag:.2f} s too late, so that no time can be told"
            return Unknown(self.dependency, why, Cause.OURS, measures=measures)
        finding = Finding(
            title=f"{operation.label} {found.text} when {doing}",
            detail=(
                f"expected: while {doing}, an answer that the contract declares within {limit:g} s\n"
                f"seen: {timed(exchange)}\n"
                f"so it was in {len(wrong)} of {len(exchanges)} calls"
            ),
            severity=found.severity,
            operation=operation.id,
            key=f"{self.dependency}:{found.kind}:{operation.id}",
            exchanges=tuple(e.number for e, _ in wrong),
            facts={"dependency": self.dependency, "status": exchange.status, "seconds": round(exchange.seconds, 3)},
        )
        return Refuted(self.dependency, finding, tried=len(exchanges), measures=measures)


async def answers_under(
    bench: Bench, crossing: Crossing, dependency: str, fault: Fault, *, note: str, calls: int = AT_ONCE
) -> Answers:
    """Make so many calls at once while a fault is armed."""
    ready = [await crossing.ready(bench) for _ in range(calls)]
    longest = deadline_of(bench.subject) + fault.seconds + 2
    async with bench.fault(dependency, fault, ttl=longest + 2) as struck, Lag.watched() as lag:
        exchanges = await asyncio.gather(
            *(bench.call(case, crossing.caller.identity, timeout=longest, note=note) for case in ready)
        )
        strikes = await struck.strikes()
    return Answers(exchanges, strikes, lag.most)


def wrong_with(bench: Bench, exchange: Exchange, limit: float) -> Wrong | None:
    """What is wrong with an answer under a fault: it is late, not there, a 500, or not declared."""
    if exchange.seconds > limit + MARGIN:
        how = "is not answered" if exchange.response is None else "is answered only"
        text = f"{how} after {exchange.seconds:.1f} s, with {limit:g} s promised,"
        return Wrong("late", text, Severity.HIGH)
    if exchange.response is None:
        return Wrong("silent", "breaks the connection instead of answering", Severity.HIGH)
    if exchange.status == 500:
        return Wrong("500", "answers 500, as for an error of its own,", Severity.MEDIUM)
    violations = bench.violations(exchange)
    if violations:
        told = violations[0].text
        return Wrong("undeclared", f"answers {exchange.status} in a way that is not declared ({told})", Severity.MEDIUM)
    return None
