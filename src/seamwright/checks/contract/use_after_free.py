"""What was deleted stays deleted: it is not read again, not changed again, and deleting it again breaks nothing.

An object lives its whole life: made, read (so that a cache has it), changed, deleted, then read, changed and deleted
once more. Being shown afterwards is what decides, not a status: an answer that shows the object as deleted (`status:
archived`, `deleted_at`) is a soft delete and as good as a 404, and deletion may take a moment to get around. That the
very next reading shows it is the sentence of `consistency.read-your-writes`. A failing life is shortened to the calls
that bring the failure about.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from seamwright.checks._cells import each_operation, excerpt, these, undecidable
from seamwright.checks._deleted import marks
from seamwright.checks._honest import nobody_may
from seamwright.checks._reading import UNREADABLE
from seamwright.checks.contract._player import Judge, Played, Player, Shortest, listed_steps, shows
from seamwright.checks.contract._still_shown import still_shown
from seamwright.contracts.links import path_parameters
from seamwright.contracts.objects import reader, same_place
from seamwright.engines.sequences import Step
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

WITHIN = 1.0
"""Seconds that a deletion may take to get around."""

AGAIN = 0.2

PROMISED = 3.0
"""The same where it is only promised (202 Accepted)."""

ROUNDS = 2


@dataclass(frozen=True, slots=True)
class _Life:
    """The operations that an object of one resource lives by."""

    read: Operation
    updates: tuple[Operation, ...]
    remove: Operation


_WRONG = {
    "read": ("shows its object after it was deleted", "404 or 410, or the object shown as deleted"),
    "changed": ("leaves an object that can be changed and read again", "a deleted object is not changed"),
    "deleted again": ("fails when its object is deleted twice", "no server error: 404, 410, or success again"),
}
"""Kind of failure → what the operation does, and what was expected."""


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if operation.method != "DELETE":
            return "it deletes nothing"
        read = reader(subject.contract, operation)
        if not path_parameters(operation.path) or read is None or not same_place(read, operation):
            return UNREADABLE if read is None else "its path names no object that is read at the same place"
        return nobody_may(subject, operation)

    return these(subject, why_not, "nothing that it deletes can be looked for afterwards")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    player = Player(bench)

    async def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        async for observation in _decide(bench, player.on(bench), operation):
            yield observation

    async for observation in each_operation(bench, decide):
        yield observation


async def _decide(bench: Bench, player: Player, operation: Operation) -> AsyncIterator[Observation]:
    life = await _life(bench, player, operation)
    soft: set[tuple[str, str]] = set()
    suspected: dict[str, tuple[Step, ...]] = {}
    for steps in _lives(player, life):
        played = await player.play(steps)
        _controlled(life, played)
        for kind, cut in _parts(life, played):
            if _looks_wrong(life, kind, played[:cut]):
                suspected.setdefault(kind, steps[:cut])
        soft |= {mark for p in played if p.step.operation == life.read.id and p.exchange for mark in marks(p.exchange)}
    refuted = False
    for kind, steps in suspected.items():
        if refuted and kind == "changed":
            continue  # It was never gone.
        shortest = await player.shortest(steps, _judge(player, life, kind))
        if shortest is not None:
            refuted = True
            yield Refuted(operation.id, _finding(operation, kind, shortest), tried=ROUNDS)
    if not refuted:
        shown_as = ", ".join(f"{name}: {value}" for name, value in sorted(soft))
        yield Proved(
            operation.id, tried=ROUNDS, measures={f"{operation.id} shows as deleted": shown_as} if soft else {}
        )


async def _life(bench: Bench, player: Player, operation: Operation) -> _Life:
    """The operations of the life, each of which was seen to work. Raises Undecided."""
    read = reader(bench.contract, operation)
    assert read is not None
    await player.good(operation)
    for step in player.chain((read, 0)):
        await player.good(bench.operation(step.operation))
    updates: list[Operation] = []
    for update in bench.subject.operations:
        if update.path == operation.path and update.method in ("PUT", "PATCH"):
            with suppress(Undecided):
                await player.good(update)
                updates.append(update)
    return _Life(read, tuple(updates), operation)


def _lives(player: Player, life: _Life) -> list[tuple[Step, ...]]:
    """The whole life of an object, and the shortest that there is; each as it goes on after the end."""
    about = (life.read, 0)
    after = [about, *(one for update in life.updates for one in ((update, 0), about)), (life.remove, 0)]
    before = [about, *(one for update in life.updates for one in ((update, 0), about))]
    lives = [player.chain(*before, (life.remove, 0), *after)]
    return lives + [player.chain(about, (life.remove, 0), *after)] * (ROUNDS - 1)


def _controlled(life: _Life, played: Sequence[Played]) -> None:
    """Positive controls: it was made, shown and deleted. Raises Undecided."""
    made = _made(played)
    shown = next((p for p in played if p.step.operation == life.read.id), None)
    gone = next((p for p in played if p.step.operation == life.remove.id), None)
    if made is None or shown is None or shown.exchange is None or not shows(shown.exchange, made):
        seen = excerpt(shown.exchange) if shown and shown.exchange else "it was not made"
        raise Undecided(f"{life.remove.id}: an object of its own is not shown before it is deleted: {seen}")
    if gone is None or gone.exchange is None or not gone.exchange.ok:
        seen = excerpt(gone.exchange) if gone and gone.exchange else "it was not called"
        raise Undecided(f"{life.remove.id}: an object of its own is not deleted: {seen}")


def _parts(life: _Life, played: Sequence[Played]) -> list[tuple[str, int]]:
    """Where in a life each kind of failure would show, as the number of steps up to there."""
    updates = {update.id for update in life.updates}
    found: list[tuple[str, int]] = []
    for number in range(_end(life, played) + 1, len(played)):
        this, before = played[number].step.operation, played[number - 1].step.operation
        if this == life.read.id:
            found.append(("changed" if before in updates else "read", number + 1))
        elif this == life.remove.id:
            found.append(("deleted again", number + 1))
    return found


def _end(life: _Life, played: Sequence[Played]) -> int:
    """Where in a life the object is deleted for the first time; beyond it where it never is."""
    ends = (n for n, p in enumerate(played) if p.step.operation == life.remove.id and p.ok)
    return next(ends, len(played))


def _looks_wrong(life: _Life, kind: str, played: Sequence[Played]) -> bool:
    """Whether a life, which ends where this kind of failure shows, fails so at this moment. Raises Undecided."""
    made, last, end = _made(played), played[-1].exchange, _end(life, played[:-1])
    if made is None or made.exchange is None or last is None or end == len(played) - 1:
        return False
    if kind == "deleted again":
        return last.status >= 500
    if why := undecidable(last):
        raise Undecided(f"{life.remove.id}: what is left of its object cannot be read: {why}")
    if kind == "changed" and not _changes_back(life, played, end):
        return False
    readings = [p.exchange for p in played[:end] if p.step.operation == life.read.id and p.ok and p.exchange]
    return still_shown(readings[-1] if readings else made.exchange, last, made)


def _judge(player: Player, life: _Life, kind: str) -> Judge:
    """Whether a life fails so, once it had the time that a deletion may take; what took no end once is not waited for
    that long again."""
    waited = False

    async def judge(played: Sequence[Played]) -> str:
        nonlocal waited
        end = _end(life, played)
        promised = end < len(played) and (seen := played[end].exchange) is not None and seen.status == 202
        until = time.monotonic() + (AGAIN if waited else PROMISED if promised else WITHIN)
        while _looks_wrong(life, kind, played):
            last = played[-1]
            if kind == "deleted again" or time.monotonic() >= until:
                waited = True
                return excerpt(last.exchange) if last.exchange else ""
            await asyncio.sleep(0.1)
            played = (*played[:-1], replace(last, exchange=await player.again(last, "is it still shown?")))
        return ""

    return judge


def _changes_back(life: _Life, played: Sequence[Played], end: int) -> bool:
    """Whether the last update was accepted as a change of what was deleted.

    PUT may make what is not there (RFC 9110, section 9.3.4), and says so with 201; and what is only shown as deleted
    may be brought back.
    """
    update = played[-2]
    if update.step.operation not in {o.id for o in life.updates} or not update.ok:
        return False
    readings = [p.exchange for p in played[end + 1 : -1] if p.step.operation == life.read.id and p.exchange]
    known = {mark for p in played[:end] if p.exchange for mark in marks(p.exchange)}
    soft = any(exchange.ok and set(marks(exchange)) - known for exchange in readings)
    anew = any(p.exchange is not None and p.exchange.status == 201 for p in played[end + 1 :])
    return not soft and not anew


def _made(played: Sequence[Played]) -> Played | None:
    """The step that made the object that the last step is about."""
    return next((p for p in played if p.step.number == played[-1].step.on and p.address), None) if played else None


def _finding(operation: Operation, kind: str, shortest: Shortest) -> Finding:
    what, expected = _WRONG[kind]
    return Finding(
        title=f"{operation.label} {what}",
        detail=(
            f"expected: {expected}\nseen: {shortest.why}\n"
            f"the shortest sequence that was found, in {shortest.replays} replays:\n{listed_steps(shortest)}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"use-after-free:{operation.id}:{kind}",
        exchanges=shortest.numbers,
        facts={"kind": kind, "steps": [p.step.operation for p in shortest.played], "replays": shortest.replays},
    )


CHECK = Check(
    id="contract.use-after-free",
    proves="what was deleted is not read or changed afterwards, and deleting it again breaks nothing",
    oracle="after a 2xx to DELETE the object is shown as it was, or is changed and shown, or a second DELETE is a 5xx",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-672",),
)
