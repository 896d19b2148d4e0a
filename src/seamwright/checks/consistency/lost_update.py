"""Lost updates: two people change what they have read, and the second overwrites the first without knowing.

`If-Match` is there to prevent it (RFC 9110, section 13.1.1): a change carries the entity tag of the version that was
read, and is not made when the object is another one by now. So two changes are made against one tag, one after the
other and then several at once: only one may win, and the loser must be told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import answered, each_operation, excerpt, statuses, these, undecidable
from seamwright.checks._honest import Accepted, accepted, nobody_may, renewed
from seamwright.checks._reading import UNREADABLE, json_of, read_back
from seamwright.checks.consistency._effects import marked
from seamwright.contracts.objects import reader
from seamwright.engines.generate.requests import valid_case
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

AT_ONCE = 4
ROUNDS = 3
TRIES = 4


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if operation.method not in ("PUT", "PATCH"):
            return "it overwrites no object"
        if operation.parameter("header", "If-Match") is None:
            return "its contract declares no If-Match"
        if reader(subject.contract, operation) is None:
            return UNREADABLE
        return nobody_may(subject, operation)

    return these(subject, why_not, "no operation that overwrites an object declares If-Match")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two different changes of one object, made against the same entity tag."""

    first: Case
    second: Case
    tag: str


@dataclass(frozen=True, slots=True)
class _Lost:
    kind: str
    what: str
    expected: str
    seen: str
    exchanges: tuple[Exchange, ...]


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await accepted(bench, operation)
    tried = 0
    for trial, times in ((_one_after_the_other, 1), (_at_once, ROUNDS), (_without_tag, 1)):
        for _ in range(times):
            lost = await trial(bench, operation, good)
            tried += 1
            if lost is None:
                continue
            # A race that was lost once has happened; the others are confirmed on a second object.
            if trial is not _at_once and await trial(bench, operation, good) is None:
                raise Undecided(f"{operation.id} {lost.what}: seen once and not the next time")
            yield Refuted(operation.id, _finding(operation, lost), tried=tried)
            return
    yield Proved(operation.id, tried=tried)


async def _pair(bench: Bench, operation: Operation, good: Accepted) -> _Pair:
    """Two changes of a fresh object whose effects are told apart. Raises Undecided."""
    case = await renewed(bench, operation, good)
    tag = next((str(v) for n, v in case.headers.items() if n.lower() == "if-match"), "")
    before = await read_back(bench, operation, good.caller.identity, case.path)
    told = before.response.header("etag") if before.response else None
    if not before.ok or told is None:
        raise Undecided(
            f"{operation.id}: reading its object gives no ETag, so nothing can be matched: {excerpt(before)}"
        )
    tag = told or tag
    case = case.but(headers={n: tag if n.lower() == "if-match" else v for n, v in case.headers.items()})
    first, canary = marked(bench, operation, case)
    if canary:
        return _Pair(first, marked(bench, operation, case)[0], tag)
    bodies = _different(bench, operation, json_of(before))
    return _Pair(case.but(body=bodies[0]), case.but(body=bodies[1]), tag)


def _different(bench: Bench, operation: Operation, now: Any) -> tuple[Any, Any]:
    """Two valid bodies that disagree in a field, and of which the first is news."""
    made: list[Mapping[str, Any]] = []
    for _ in range(24):
        body = valid_case(bench.contract, operation, bench.random).body
        if not isinstance(body, Mapping):
            break
        news = isinstance(now, Mapping) and any(now.get(n) != v for n, v in body.items())
        if not made and not news:
            continue
        if made and not any(made[0][n] != body[n] for n in made[0].keys() & body.keys()):
            continue
        made.append(body)
        if len(made) == 2:
            return made[0], made[1]
    raise Undecided(f"{operation.id}: no two changes could be made that can be told apart", Cause.USAGE)


def _carries(state: Exchange, body: Any) -> bool:
    """Whether an object shows what a body sent: every field of it that the object has."""
    shown = json_of(state)
    if not isinstance(shown, Mapping) or not isinstance(body, Mapping):
        return False
    both = body.keys() & shown.keys()
    return bool(both) and all(shown[name] == body[name] for name in both)


async def _one_after_the_other(bench: Bench, operation: Operation, good: Accepted) -> _Lost | None:
    pair, first, state = await _changed(bench, operation, good)
    second = answered(await good.caller.call(bench, pair.second, note="a second change against the same entity tag"))
    after = await read_back(bench, operation, good.caller.identity, pair.first.path)
    if _carries(after, pair.second.body) and not _carries(after, pair.first.body):
        return _Lost(
            "stale",
            "makes a change against an entity tag that is out of date",
            f"412, and the first change survives (If-Match: {pair.tag})",
            f"{excerpt(second)}; read back, the first change is gone: {excerpt(after)}",
            (first, state, second, after),
        )
    if second.ok:
        raise Undecided(
            f"{operation.id}: a change against an old entity tag is answered {second.status}, and the first change is "
            f"still there: {excerpt(after)}"
        )
    if why := undecidable(second):
        raise Undecided(f"{operation.id}: a change was sent against an old entity tag, and {why}")
    return None


async def _changed(bench: Bench, operation: Operation, good: Accepted) -> tuple[_Pair, Exchange, Exchange]:
    """Positive control: the first change is made, and read back. Raises Undecided."""
    last: Exchange | None = None
    for _ in range(TRIES):
        pair = await _pair(bench, operation, good)
        first = answered(await good.caller.call(bench, pair.first, note="the first change"))
        state = await read_back(bench, operation, good.caller.identity, pair.first.path)
        if first.ok and _carries(state, pair.first.body):
            return pair, first, state
        last = first if not first.ok else state
    assert last is not None
    raise Undecided(
        f"{operation.id}: no honest change with the present entity tag was made and read back: {excerpt(last)}"
    )


async def _at_once(bench: Bench, operation: Operation, good: Accepted) -> _Lost | None:
    pair = await _pair(bench, operation, good)
    cases = [marked(bench, operation, pair.first)[0] for _ in range(AT_ONCE)]
    if cases[0].body == cases[1].body:
        cases = [pair.first, pair.second]
    answers = await asyncio.gather(
        *(bench.call(case, good.caller.identity, fresh=True, note="one of several changes at once") for case in cases)
    )
    won = [e for e in answers if e.ok]
    after = await read_back(bench, operation, good.caller.identity, pair.first.path)
    if len(won) > 1:
        return _Lost(
            "race",
            f"makes {len(won)} changes at once against one entity tag",
            f"one of {len(cases)} changes at once against {pair.tag} is made, the others are told 412",
            f"{statuses(answers)}; read back, only one of them is there: {excerpt(after)}",
            (*won, after),
        )
    if not won:
        raise Undecided(f"{operation.id}: of {len(cases)} changes at once none was made ({statuses(answers)})")
    return None


async def _without_tag(bench: Bench, operation: Operation, good: Accepted) -> _Lost | None:
    """Where the contract declares 428 (RFC 6585, section 3), a change without If-Match is not made."""
    if "428" not in operation.answers:
        return None
    pair = await _pair(bench, operation, good)
    case = pair.first.but(headers={n: v for n, v in pair.first.headers.items() if n.lower() != "if-match"})
    exchange = answered(await good.caller.call(bench, case, note="a change without If-Match"))
    after = await read_back(bench, operation, good.caller.identity, case.path)
    if _carries(after, case.body):
        return _Lost(
            "no-tag",
            "makes a change without If-Match, although the contract declares 428 for it",
            "428, and nothing changes",
            f"{excerpt(exchange)}; read back, the change is there: {excerpt(after)}",
            (exchange, after),
        )
    return None


def _finding(operation: Operation, lost: _Lost) -> Finding:
    return Finding(
        title=f"{operation.label} {lost.what}",
        detail=f"expected: {lost.expected}\nseen: {lost.seen}",
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"lost-update:{operation.id}:{lost.kind}",
        exchanges=tuple(e.number for e in lost.exchanges),
        facts={"kind": lost.kind},
    )


CHECK = Check(
    id="consistency.lost-update",
    proves="a change against an entity tag that is out of date is not made",
    oracle="two changes against one entity tag are both made, and on the next reading the first one is gone",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-362", "CWE-367"),
)
