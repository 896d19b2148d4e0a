"""What resilience checks share: operations that cross a dependency, calls made ready beforehand, a steady state."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from seamwright.checks._cells import excerpt
from seamwright.checks._honest import Accepted, Caller, accepted, fresh_key
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Applicability, Applies, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = [
    "Crossing",
    "applies_to_dependencies",
    "applies_to_http_dependencies",
    "aside",
    "control_of",
    "crossings",
    "deadline_of",
    "recovery_of",
    "steady",
    "timed",
]

PROBE = 0.4
"""Seconds by which a dependency is held back to see which operations wait for it: too short to trip a breaker."""

DEADLINE = 3.0
"""Seconds that a caller waits at most, where the boundary promises nothing."""

RECOVERY = 5.0
"""Seconds to serve again after a dependency has come back, where the boundary promises nothing."""

MOST = 3
"""Operations that are tried for one dependency; more would say the same of the same client code."""


def applies_to_http_dependencies(subject: Subject) -> Applicability:
    """One cell for each dependency that speaks HTTP in the clear, so that its answers can be made up or spoiled."""
    found = applies_to_dependencies(subject)
    if isinstance(found, DoesNotApply):
        return found
    others = {
        name: "it does not speak HTTP without TLS, so its answers cannot be spoiled"
        for name in found.cells
        if not subject.manifest.boundaries[name].url.startswith("http://")
    }
    return Applies(tuple(name for name in found.cells if name not in others), {**found.left_out, **others})


def applies_to_dependencies(subject: Subject) -> Applicability:
    """One cell for each dependency in front of which a fault can be armed."""
    boundary = subject.boundary
    if subject.contract is None:
        return DoesNotApply("it has no contract, so nothing says which errors are declared")
    if not boundary.depends_on:
        return DoesNotApply("the manifest names nothing that it depends on ('depends_on')")
    cells: list[str] = []
    left_out: dict[str, str] = {}
    for name in boundary.depends_on:
        if subject.manifest.boundaries[name].relay is None:
            left_out[name] = "no relay stands in front of it; give it one under 'relay'"
        else:
            cells.append(name)
    return Applies(tuple(cells), left_out)


def deadline_of(subject: Subject) -> float:
    """Seconds: the promised deadline, else twice the promised p99 latency, else 3 s."""
    objectives = subject.boundary.objectives
    if objectives.deadline is not None:
        return objectives.deadline
    return 2 * objectives.latency.p99 if objectives.latency.p99 is not None else DEADLINE


def recovery_of(subject: Subject) -> float:
    """Seconds: the promised time to recover, else 5 s."""
    promised = subject.boundary.objectives.recovery
    return RECOVERY if promised is None else promised


@dataclass(frozen=True, slots=True)
class Crossing:
    """An operation that was seen to wait for a dependency, and a call of it that was answered 2xx."""

    operation: Operation
    caller: Caller
    like: Case
    healthy: Exchange

    @property
    def repeatable(self) -> bool:
        """Whether the same call can be sent again and again, with no more than a fresh key."""
        return self.operation.safe or not self.operation.at("path")

    async def ready(self, bench: Bench) -> Case:
        """A call like the accepted one, for a fresh object and under a fresh key.

        Needs the dependency healthy where an object has to be created for it.
        """
        if not self.repeatable:
            case = await self.caller.case(bench, self.operation)
            return case.but(body=self.like.body, media_type=self.like.media_type, query=self.like.query)
        headers = {
            name: fresh_key() if name.lower() == "idempotency-key" else value
            for name, value in self.like.headers.items()
        }
        return self.like.but(headers=headers)


async def crossings(bench: Bench, dependency: str, *, most: int = MOST, counted: bool = False) -> Sequence[Crossing]:
    """The operations that wait for a dependency, those that write first; at most so many. Raises Undecided.

    Each is called while all is well, and again while the dependency is held back by 0.4 s: what takes that much
    longer, or fails, crosses it. What another check has seen not to wait for it is not asked again in the same run; and
    what it has seen to wait is not either where what the fault strikes is `counted`, and shows it anew.
    """
    found: list[Crossing] = []
    asked: list[str] = []
    unusable: list[str] = []
    kept = bench.remaining / 2  # the search may use half of the time, so that the fault itself has the other half
    for operation in _in_order(bench.subject):
        if bench.remaining < kept:
            break
        waits = ("waits", operation.id, dependency)
        if bench.learned.get(waits) is False:
            asked.append(operation.id)
            continue
        try:
            good = await _accepted(bench, operation, recovering=bool(bench.learned.get(waits)))
        except Undecided:
            unusable.append(operation.id)
            continue
        usable = Crossing(operation, good.caller, good.case, good.exchange)
        asked.append(operation.id)
        if not (counted and bench.learned.get(waits)):
            bench.learned[waits] = await _waits(bench, usable, dependency)
        if bench.learned[waits]:
            found.append(usable)
            if len(found) == most:
                break
    if found:
        return found
    refused = f"; no valid call was answered 2xx of {', '.join(unusable)}" if unusable else ""
    raise Undecided(
        f"no operation was seen to cross {dependency}: with it held back by {PROBE:g} s, none took longer "
        f"({', '.join(asked) or 'none could be called'}){refused}",
        Cause.TARGET if unusable else Cause.USAGE,
    )


async def _accepted(bench: Bench, operation: Operation, *, recovering: bool) -> Accepted:
    """A call of it that is accepted. Where another check has just broken what it waits for, it is given its time."""
    until = time.monotonic() + (recovery_of(bench.subject) + 1 if recovering else 0.0)
    while True:
        try:
            return await accepted(bench, operation)
        except Undecided:
            if time.monotonic() >= until:
                raise
        for known in [key for key in bench.learned if key[:2] == ("refused", operation.id)]:
            del bench.learned[known]
        await asyncio.sleep(0.1)


def control_of(found: Sequence[Crossing]) -> Crossing:
    """The one of them whose calls show best that all is well: one that can be called again and again, if there is."""
    return next((crossing for crossing in found if crossing.repeatable), found[0])


async def aside(bench: Bench, dependency: str, *, most: int) -> Sequence[Crossing]:
    """Operations that were seen not to wait for a dependency, those that only read first; at most so many."""
    found: list[Crossing] = []
    for operation in sorted(bench.subject.operations, key=lambda o: (not o.safe, bool(o.at("path")))):
        waits = ("waits", operation.id, dependency)
        if bench.learned.get(waits):
            continue
        try:
            good = await accepted(bench, operation)
        except Undecided:
            continue
        usable = Crossing(operation, good.caller, good.case, good.exchange)
        if not usable.repeatable:
            continue
        if waits not in bench.learned:
            bench.learned[waits] = await _waits(bench, usable, dependency)
        if not bench.learned[waits]:
            found.append(usable)
            if len(found) == most:
                break
    return found


def _in_order(subject: Subject) -> Sequence[Operation]:
    """Writing before reading, and what needs no object before what does."""
    return sorted(subject.operations, key=lambda o: (o.safe, bool(o.at("path")), o.method != "POST"))


async def _waits(bench: Bench, crossing: Crossing, dependency: str) -> bool:
    """Whether a call takes longer, or fails, while the dependency is held back, and is as before afterwards."""
    for _ in range(3):
        case = await crossing.ready(bench)
        async with bench.fault(dependency, Fault("slow", seconds=PROBE), ttl=PROBE + 5):
            held = await bench.call(case, crossing.caller.identity, note=f"{dependency} is held back by {PROBE:g} s")
        after = await bench.call(
            await crossing.ready(bench), crossing.caller.identity, note="control: all is well again"
        )
        if held.ok and held.seconds < PROBE * 0.9:
            return False
        if after.ok and (not held.ok or held.seconds - after.seconds > PROBE * 0.5):
            return True
    return False


async def steady(bench: Bench, crossing: Crossing, within: float, *, dependency: str) -> float:
    """Wait until a call is answered 2xx in time again: how long it took, in seconds. Raises Undecided when it is not.

    A boundary that is later than its deadline while all is well tells nothing by being late under a fault.
    """
    if not crossing.repeatable:
        return 0.0
    began = time.monotonic()
    while True:
        exchange = await bench.call(
            await crossing.ready(bench), crossing.caller.identity, timeout=max(1.0, within), note="steady state"
        )
        passed = time.monotonic() - began
        if exchange.ok and exchange.seconds <= deadline_of(bench.subject):
            return passed
        if passed > within:
            raise Undecided(
                f"{crossing.operation.id}: no steady state without a fault of {dependency} within {within:g} s; "
                f"the last answer: {timed(exchange)}"
            )
        await asyncio.sleep(0.1)


def timed(exchange: Exchange) -> str:
    """An answer in one line, and how long it took."""
    return f"{excerpt(exchange)}, after {exchange.seconds:.2f} s"
