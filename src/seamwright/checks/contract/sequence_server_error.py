"""No sequence of valid calls leads to a server error.

Some failures need a history: an object that was removed and is changed again, two that name each other, a state that
nobody thought of. Every two operations on one object are called one after the other, and then random walks over all
operations give each step the objects that earlier steps made. A sequence that ends in a 5xx is played again and
shortened, step by step and field by field, to the fewest calls that still fail. A single call that fails by itself is
left to `contract.server-error-on-valid`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from seamwright.checks._cells import excerpt, these
from seamwright.checks._honest import nobody_may
from seamwright.checks.contract._cause import fingerprint, root
from seamwright.checks.contract._player import Judge, Played, Player, Shortest, listed_steps
from seamwright.engines.sequences import Action, Step, chain, pairs, walk
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

STEPS = 8
"""Steps of a walk: the shortest sequence behind a failure is hardly ever longer than half of this."""

OFTEN = 6
"""Times that each operation is to succeed in sequences, at least; more often where the run is deep and time allows."""

WALKS = 200

PAIRS = 150

PREPARING = 0.5
"""Part of the time that may be left when no more accepted calls are looked for."""

SHARE = 0.35
"""Part of the time that is kept for playing failures again."""


@dataclass(slots=True)
class _Tally:
    walked: Counter[str] = field(default_factory=Counter)
    """How often each operation was a step."""
    chosen: Counter[str] = field(default_factory=Counter)
    """The same of random walks alone, which prefer what was seldom chosen."""
    succeeded: Counter[str] = field(default_factory=Counter)
    why: dict[str, Undecided] = field(default_factory=dict)
    """Why no accepted call of an operation is known."""
    broken_off: Undecided | None = None
    """Why a sequence could not be played to its end."""
    failures: dict[tuple[str, str], list[Played]] = field(default_factory=dict)
    """Operation and how it failed → the first walk that ended so."""


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        if subject.logins(operation):
            return "identities log in through it"
        return nobody_may(subject, operation)

    return these(subject, why_not, "none of its operations can be walked")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    player, tally = Player(bench), _Tally()
    # A walk needs operations that make what others are about, whichever of them the cells are.
    actions = [a for a in player.actions.values() if _walkable(bench, a, tally)]
    preparing, sequences = deque(actions), _sequences(bench, player, actions, tally)

    async def still() -> bool:
        return True  # Between two sequences nothing is under way.

    while True:
        share = SHARE * bench.remaining
        await _prepared(bench, player, preparing, tally)
        ended = await _walks(bench, player, sequences, share, tally)
        unreached = any(not tally.walked[cell] and cell not in tally.why for cell in bench.cells)
        if ended or not unreached or not await bench.more(still):
            break
    refuted: set[str] = set()
    doubts: dict[str, list[str]] = {}
    for (cell, _), played in tally.failures.items():
        found = await _shortened(player, played) if cell in bench.cells else None
        if isinstance(found, Shortest):
            refuted.add(cell)
            yield Refuted(cell, _finding(bench, bench.operation(cell), found), tried=tally.walked[cell])
        elif found is not None:
            doubts.setdefault(cell, []).append(found)
    for cell in bench.cells:
        if cell not in refuted:
            yield _verdict(cell, tally, doubts.get(cell, []))


def _walkable(bench: Bench, action: Action, tally: _Tally) -> bool:
    """Whether an operation can be a step: not one that would change, again and again, objects that others made."""
    operation = bench.operation(action.operation)
    if not operation.safe and operation.at("path") and not action.on:
        why = "nothing creates the object that it is called on, and objects of others are not walked over"
        tally.why[operation.id] = Undecided(f"{operation.id}: {why}", Cause.USAGE)
        return False
    return bench.subject.honest(operation) is not None


async def _prepared(bench: Bench, player: Player, actions: deque[Action], tally: _Tally) -> None:
    """Find out what each operation accepts, as far as the time for it goes; `actions` are those that are left.

    Those for which nothing was found are walked with made-up values.
    """
    until = PREPARING * bench.remaining
    while actions and bench.remaining > until:
        action = actions.popleft()
        try:
            await player.good(bench.operation(action.operation))
        except Undecided as reason:
            tally.why[action.operation] = reason


async def _walks(
    bench: Bench, player: Player, sequences: Iterator[tuple[Step, ...]], share: float, tally: _Tally
) -> bool:
    """Walk the next sequences, until so much of the time is left; whether there are no more."""
    while bench.remaining >= share:
        sequence = next(sequences, None)
        if sequence is None:
            return True
        try:
            await _walked(player, sequence, tally)
        except Undecided as reason:
            tally.broken_off = tally.broken_off or reason
    return False


async def _shortened(player: Player, played: Sequence[Played]) -> Shortest | str:
    """The shortest form of a sequence that failed, or why it decides nothing."""
    last = played[-1].exchange
    assert last is not None
    try:
        found = await player.shortest([p.step for p in played], _fails(last))
    except Undecided as reason:
        return str(reason)
    if found is None:
        return f"it was answered {last.status} once in a walk, and not when the walk was repeated"
    if len(found.played) < 2:
        return f"a single call of it is answered {last.status}, with nothing before it"
    return found


def _sequences(bench: Bench, player: Player, actions: Sequence[Action], tally: _Tally) -> Iterator[tuple[Step, ...]]:
    """First every two operations on one object, then walks, until each operation was walked often enough."""
    changing = {action.operation for action in actions if not bench.operation(action.operation).safe}
    for first, second in islice(pairs(actions, changing), PAIRS):
        script = [(first, 0), (second, 0)]
        yield chain(actions, script, player.draw) or ()
    often = max(OFTEN, bench.depth // 5)
    for number in range(WALKS):
        if number >= OFTEN and all(tally.succeeded[cell] >= often for cell in bench.cells if cell not in tally.why):
            return
        random = bench.random_for(f"walk {number}")
        yield walk(actions, partial(player.draw, random=random), random, STEPS, tally.chosen)


async def _walked(player: Player, steps: Sequence[Step], tally: _Tally) -> None:
    tally.walked.update(step.operation for step in steps)
    played: list[Played] = []
    for one in await player.play(steps):
        played.append(one)
        exchange = one.exchange
        if exchange is None:
            continue
        tally.succeeded[one.step.operation] += exchange.ok
        if exchange.status >= 500:
            tally.failures.setdefault((one.step.operation, fingerprint(exchange)), list(played))


def _fails(seen: Exchange) -> Judge:
    """Whether a sequence ends as this one did: the same status to the same operation."""

    async def judge(played: Sequence[Played]) -> str:
        last = played[-1].exchange if played else None
        return excerpt(last) if last is not None and last.status == seen.status else ""

    return judge


def _verdict(cell: str, tally: _Tally, doubts: list[str]) -> Observation:
    measures = {f"{cell} walked": tally.walked[cell]}
    why = tally.why.get(cell) or tally.broken_off
    if doubts:
        return Unknown(cell, "; ".join(doubts), Cause.TARGET, measures)
    if tally.succeeded[cell]:
        return Proved(cell, tried=tally.walked[cell], measures=measures)
    if why is not None:
        return Unknown(cell, str(why), why.cause, measures)
    if not tally.walked[cell]:
        return Unknown(cell, "not reached: the time budget of the check ended before it", Cause.USAGE, measures)
    return Unknown(cell, f"it was a step {tally.walked[cell]} times, and never answered in its success class")


def _finding(bench: Bench, operation: Operation, found: Shortest) -> Finding:
    last = found.played[-1].exchange
    assert last is not None
    cause = fingerprint(last)
    return Finding(
        title=f"{operation.label} answers {last.status} after a sequence of valid calls",
        detail=(
            "expected: no server error, since every call keeps to the contract\n"
            f"seen: {found.why}\n"
            f"the shortest sequence that was found, in {found.replays} replays:\n{listed_steps(found)}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        # A stack trace is the cause itself; otherwise the same text may come from anywhere.
        key=f"sequence {cause}" if " trace " in cause else f"sequence {operation.id} {cause}",
        root=root(bench, operation, last),
        exchanges=found.numbers,
        facts={
            "status": last.status,
            "steps": [p.step.operation for p in found.played],
            "replays": found.replays,
        },
    )


CHECK = Check(
    id="contract.sequence-server-error",
    proves="no sequence of valid calls, on objects that the calls before made, leads to a server error",
    oracle="a 5xx at the end of a sequence of two or more valid calls, each time that it is played again",
    urgency=1,
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-248", "CWE-754"),
)
