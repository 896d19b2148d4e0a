"""An update that is accepted is there when the object is read, field by field, and PATCH touches nothing else.

Each field that can be sent and is shown is changed by itself, one update after the other on one object, and then all
together; after each the object is read, until it shows the change or time runs out. PATCH changes what it names and
leaves the rest (RFC 5789, section 2), PUT replaces what is there (RFC 9110, section 9.3.4). That the very next reading
shows a change is the sentence of `consistency.read-your-writes`; here it may take a moment.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seamwright.checks._agreement import agree, compared_fields, differing
from seamwright.checks._cells import each_operation, excerpt, statuses, these, undecidable
from seamwright.checks._honest import Accepted, nobody_may
from seamwright.checks._reading import UNREADABLE, json_of
from seamwright.checks.contract._player import Judge, Played, Player, Shortest, listed_steps
from seamwright.contracts.conformance import request_violations
from seamwright.contracts.links import path_parameters, references
from seamwright.contracts.objects import reader, same_place
from seamwright.contracts.schemas import properties
from seamwright.engines.generate.rendering import media_type_for
from seamwright.engines.generate.requests import valid_case
from seamwright.engines.sequences import Step
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

WITHIN = 2.0
"""Seconds that a change may take to be shown."""

AGAIN = 0.2

FIELDS = 10
"""Fields that are changed one by one."""

DRAWS = 12
"""Bodies that are drawn to find another value of a field."""


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if operation.method not in ("PUT", "PATCH"):
            return "it updates nothing"
        read = reader(subject.contract, operation)
        if read is None or not path_parameters(operation.path) or not same_place(read, operation):
            return UNREADABLE
        if not compared_fields(subject.contract, operation, read):
            return "no field that it takes is one that the reading shows in a form that can be compared"
        return nobody_may(subject, operation)

    return these(subject, why_not, "no update can be read back")


@dataclass(frozen=True, slots=True)
class _Update:
    """An operation that updates, the one that reads, and an update that was accepted."""

    write: Operation
    read: Operation
    good: Accepted

    @property
    def partial(self) -> bool:
        """Whether what is not named stays as it is."""
        return self.write.method == "PATCH"


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    player = Player(bench)

    async def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        async for observation in _decide(bench, player, operation):
            yield observation

    async for observation in each_operation(bench, decide):
        yield observation


async def _decide(bench: Bench, player: Player, operation: Operation) -> AsyncIterator[Observation]:
    read = reader(bench.contract, operation)
    assert read is not None
    update = _Update(operation, read, await player.good(operation))
    for step in player.chain((read, 0)):
        await player.good(bench.operation(step.operation))
    bodies = _bodies(bench, update)
    if not bodies:
        raise Undecided(
            f"{operation.id}: no second value could be made for any field that can be compared", Cause.USAGE
        )
    steps = _script(player, update, bodies)
    played = await player.play(steps)
    updates = [p for p in played if p.step.operation == operation.id and p.exchange is not None]
    accepted = [p for p in updates if p.ok and p.exchange is not None and p.exchange.status != 202]
    if not accepted:
        seen = statuses(p.exchange for p in updates if p.exchange)
        raise Undecided(f"{operation.id}: none of its updates was accepted for good ({seen})")
    told: set[str] = set()
    judge = _judge(bench, player, update)
    for number in range(1, len(played) + 1):
        why = _wrong(bench, update, played[:number])
        if not why or _field(why) in told:
            continue
        shortest = await player.shortest(steps[:number], judge)
        if shortest is not None and _field(shortest.why) not in told:
            told |= {_field(why), _field(shortest.why)}
            yield Refuted(operation.id, _finding(operation, shortest), tried=len(accepted))
    if not told:
        yield Proved(operation.id, tried=len(accepted))


def _bodies(bench: Bench, update: _Update) -> list[Mapping[str, Any]]:
    """Bodies that each change one field, then all of them; what names other objects stays."""
    case, contract = update.good.case, bench.contract
    if not isinstance(case.body, Mapping):
        return []
    named = {r.place.split("/")[1] for r in references(contract, update.write) if r.location == "body"}
    drawn = [valid_case(contract, update.write, bench.random).body for _ in range(DRAWS)]
    others = [body for body in drawn if isinstance(body, Mapping)]
    found: list[Mapping[str, Any]] = []
    together: dict[str, Any] = {}
    for name in [n for n in compared_fields(contract, update.write, update.read) if n not in named][:FIELDS]:
        values = [b[name] for b in others if name in b and _is_other(case.body.get(name), b[name])]
        for value in (*_plain(bench, name, values), *values[:1]):
            bodies = [{**case.body, name: value}]
            bodies = [{name: value}, *bodies] if update.partial else bodies
            fit = [b for b in bodies if not request_violations(contract, update.write, case.but(body=b))]
            if fit:
                found.append(fit[0])
                together.setdefault(name, value)
    together = {**case.body, **together}
    if len(found) > 1 and not request_violations(contract, update.write, case.but(body=together)):
        found += [case.body, together]
    return found


def _plain(bench: Bench, name: str, values: Sequence[Any]) -> list[Any]:
    """Values that a service has no reason to settle in its own way: words without signs, amounts without fractions."""
    if any(isinstance(value, str) for value in values):
        return [f"{bench.canary()}@example.com" if "mail" in name.lower() else bench.canary()]
    return [float(round(value)) for value in values[:1] if isinstance(value, float)]


def _is_other(now: Any, value: Any) -> bool:
    return not isinstance(value, Mapping | list) and value is not None and not agree(now, value)


def _script(player: Player, update: _Update, bodies: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Make an object and read it; then update and read it with each body in turn."""
    script = [(update.read, 0), *[pair for _ in bodies for pair in ((update.write, 0), (update.read, 0))]]
    steps = list(player.chain(*script))
    waiting = list(bodies)
    for number, step in enumerate(steps):
        if step.operation == update.write.id:
            case: Case = step.case.but(body=waiting.pop(0))
            steps[number] = replace(step, case=case)
    return tuple(steps)


def _judge(bench: Bench, player: Player, update: _Update) -> Judge:
    waited = False

    async def judge(played: Sequence[Played]) -> str:
        nonlocal waited
        until = time.monotonic() + (AGAIN if waited else WITHIN)
        while why := _wrong(bench, update, played):
            if time.monotonic() >= until:
                waited = True
                return why
            await asyncio.sleep(0.1)
            last = played[-1]
            played = (*played[:-1], replace(last, exchange=await player.again(last, "is it shown by now?")))
        return ""

    return judge


def _wrong(bench: Bench, update: _Update, played: Sequence[Played]) -> str:
    """What the last reading shows otherwise than the accepted update before it says; empty where nothing."""
    if len(played) < 2 or played[-1].step.operation != update.read.id:
        return ""
    write, seen = played[-2], played[-1].exchange
    if write.step.operation != update.write.id or not write.ok or seen is None:
        return ""
    if write.exchange is not None and write.exchange.status == 202:
        return ""
    if why := undecidable(seen):
        raise Undecided(f"{update.write.id}: its object cannot be read back: {why}")
    if not seen.ok:
        return f"object is not there any more: {excerpt(seen)}"
    shown = json_of(seen)
    lost = next(differing(bench.contract, update.write, update.read, write.case.body, shown), None)
    if lost is not None:
        value = shown.get(lost) if isinstance(shown, Mapping) else None
        return f"{lost} was sent as {write.case.body[lost]!r} and is read as {value!r}: {excerpt(seen)}"
    return _touched(bench, update, played) if update.partial else ""


def _touched(bench: Bench, update: _Update, played: Sequence[Played]) -> str:
    """A field that PATCH did not name, and that had a value in the reading before and has none, or its default, now.

    Other values may follow from what was named, as an end from a beginning.
    """
    before = next((p.exchange for p in reversed(played[:-2]) if p.step.operation == update.read.id and p.ok), None)
    # Whatever was written between that reading and the update may have changed it.
    between = [p for p in played[:-2] if p.step.operation == update.write.id]
    now, then = json_of(played[-1].exchange) if played[-1].exchange else None, json_of(before) if before else None
    if not isinstance(now, Mapping) or not isinstance(then, Mapping):
        return ""
    if between and before is not None and between[-1].step.number > _number_of(played, before.number):
        return ""
    told = _written(bench, update.write)
    empty: tuple[Any, ...] = (None, "", [], {})
    for name in compared_fields(bench.contract, update.write, update.read):
        if name in played[-2].case.body or name not in then or then[name] in empty:
            continue
        default = told.get(name, {}).get("default")
        if now.get(name) in empty or (default is not None and now[name] == default != then[name]):
            return f"{name} was not named, and was {then[name]!r} before and is {now.get(name)!r} now"
    return ""


def _number_of(played: Sequence[Played], exchange: int) -> int:
    return next((p.step.number for p in played if p.exchange is not None and p.exchange.number == exchange), 0)


def _written(bench: Bench, write: Operation) -> Mapping[str, Mapping[str, Any]]:
    """The properties of the body that an operation takes."""
    media_type = media_type_for(write)
    if media_type is None or write.body is None:
        return {}
    return properties(bench.contract, write.body.content[media_type].schema)


def _field(why: str) -> str:
    """The field that a sentence about a reading begins with."""
    return why.partition(" ")[0]


def _finding(operation: Operation, shortest: Shortest) -> Finding:
    field = _field(shortest.why)
    reset = " was not named" in shortest.why
    return Finding(
        title=(
            f"{operation.label} changes {field}, which it does not name"
            if reset
            else f"{operation.label} says that it has changed the object, and {field} is not read back so"
        ),
        detail=(
            f"expected: {'what PATCH does not name stays as it is' if reset else 'the reading shows what was sent'}\n"
            f"seen: {shortest.why}\n"
            f"the shortest sequence that was found, in {shortest.replays} replays:\n{listed_steps(shortest)}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"update-is-read-back:{operation.id}:{field}",
        exchanges=shortest.numbers,
        facts={"field": field, "steps": [p.step.operation for p in shortest.played], "replays": shortest.replays},
    )


CHECK = Check(
    id="contract.update-is-read-back",
    proves="an update that is accepted is read back field by field, and PATCH changes nothing that it does not name",
    oracle="for 2 s after a 2xx to PUT or PATCH a field is read otherwise than it was sent, each time it is done again",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-471",),
)
