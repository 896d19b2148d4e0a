"""One Idempotency-Key, many requests at once: the retry that overtakes its original.

Keys are often looked up first and stored last; between the two there is room for a second request, and both are
carried out. So eight requests under one key leave at the same moment on connections of their own, in several rounds.
Some may be refused while the first is in flight (409 in the IETF draft); what counts is how many objects there are
afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from seamwright.checks._cells import each_operation, excerpt, statuses, these
from seamwright.checks._honest import Accepted, accepted, renewed
from seamwright.checks._reading import tells_address
from seamwright.checks.consistency._effects import created_id, keyed, listed, no_key
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK", "ROUNDS"]

AT_ONCE = 8
ROUNDS = 10
"""Races are won and lost by chance; the first one that is seen is enough."""


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if why := no_key(subject, operation):
            return why
        if not tells_address(subject.contract, operation):
            return "the contract does not tell the id of what it makes, so its effects cannot be counted"
        return None

    return these(subject, why_not, "no operation declares an Idempotency-Key")


@dataclass(frozen=True, slots=True)
class _Round:
    answers: tuple[Exchange, ...]
    """What the requests that left together got."""
    ids: frozenset[tuple[object, ...]]
    count: int | None
    """How many objects with the round's canary are listed; None where that cannot be told."""

    @property
    def effects(self) -> int:
        return max(len(self.ids), self.count or 0)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await accepted(bench, operation)
    await _keys_decide(bench, operation, good)
    rounds: list[_Round] = []
    while len(rounds) < ROUNDS and not any(r.effects > 1 for r in rounds):
        # Over connections that are open already, requests arrive closer together.
        rounds.append(await _round(bench, operation, good, fresh=len(rounds) % 2 == 0))
    tried = len(rounds) * AT_ONCE
    broken = [r for r in rounds if r.effects > 1]
    measures = {
        f"{operation.id} answers": statuses(e for r in rounds for e in r.answers),
        f"{operation.id} effects": [r.effects for r in rounds],
    }
    if broken:
        yield Refuted(operation.id, _finding(operation, broken, len(rounds)), tried=tried, measures=measures)
        return
    idle = [r for r in rounds if r.effects == 0 or not any(e.ok for e in r.answers)]
    if idle:
        raise Undecided(
            f"{operation.id}: of {AT_ONCE} requests at once under one key none was accepted "
            f"({statuses(idle[0].answers)}), so nothing shows that the key made the difference"
        )
    yield Proved(operation.id, tried=tried, measures=measures)


async def _keys_decide(bench: Bench, operation: Operation, good: Accepted) -> None:
    """Control: two requests at once under two keys make two objects."""
    cases = [await renewed(bench, operation, good) for _ in range(2)]
    both = await asyncio.gather(*(good.caller.call(bench, case, note="control: two keys at once") for case in cases))
    ids = {created_id(bench.contract, operation, e) for e in both} - {None}
    if len(ids) != 2:
        raise Undecided(
            f"{operation.id}: two requests at once under two keys do not make two objects: "
            f"{'; '.join(excerpt(e) for e in both)}"
        )


async def _round(bench: Bench, operation: Operation, good: Accepted, *, fresh: bool) -> _Round:
    case, canary = await keyed(bench, operation, good)
    answers = await asyncio.gather(
        *(
            bench.call(case, good.caller.identity, fresh=fresh, note=f"one of {AT_ONCE} at once under one key")
            for _ in range(AT_ONCE)
        )
    )
    # What was refused while the first was in flight may be asked again, and then gets the one result.
    late = await good.caller.call(bench, case, note="once more under the key, when all are answered")
    ids = frozenset(i for e in (*answers, late) if (i := created_id(bench.contract, operation, e)) is not None)
    return _Round(tuple(answers), ids, await listed(bench, operation, good, canary, case.path))


def _finding(operation: Operation, broken: list[_Round], rounds: int) -> Finding:
    first = broken[0]
    witnesses = [e for e in first.answers if e.ok]
    return Finding(
        title=f"{operation.label} is done more than once for one Idempotency-Key",
        detail=(
            f"expected: {AT_ONCE} requests at once under one key make one object\n"
            f"seen: {first.effects} objects, {statuses(first.answers)}\n"
            f"so it was in {len(broken)} of {rounds} rounds"
        ),
        severity=Severity.CRITICAL,
        operation=operation.id,
        key=f"idempotent-concurrent:{operation.id}",
        exchanges=tuple(e.number for e in witnesses),
        facts={
            "effects": [r.effects for r in broken],
            "ids": sorted(str(i[0]) for i in first.ids),
            "listed": first.count,
        },
    )


CHECK = Check(
    id="consistency.idempotent-concurrent",
    proves="simultaneous requests with one Idempotency-Key have one effect",
    oracle="requests that left together under one key made more than one object",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-367", "CWE-837"),
)
