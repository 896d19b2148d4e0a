"""Values that nobody expects and no rule forbids never lead to a server error.

A number of 40 digits, a text with a NUL character, a leap second: a contract that does not forbid them promises to take
them, or to refuse them in words. Each is sent by itself in a call that is accepted otherwise. Failures with one stack
trace, or one answer, to one kind of value are one finding, in however many places they show: mostly it is the database
that cannot hold what the door lets in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from typing import Any

from seamwright.checks._cells import LAST, answered, each_operation, excerpt, sent
from seamwright.checks._honest import Accepted, accepted, renewed, repeatable, succeeded
from seamwright.checks.contract._calls import limit_over
from seamwright.checks.contract._cause import blamed, fingerprint, kind, root
from seamwright.checks.contract._culprit import Culprit, culprit, like
from seamwright.checks.contract._drawn import with_meant
from seamwright.checks.contract._unaccepted import MOST as MOST_UNACCEPTED
from seamwright.checks.contract._unaccepted import crashes_unaccepted
from seamwright.checks.contract._varying import where_there_is
from seamwright.contracts.conformance import request_violations
from seamwright.engines.generate.requests import Varied, unusual_cases
from seamwright.model.bench import Bench, Call
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

MOST = 400
"""Unusual values that are tried of one operation, the outermost places first."""

FEW = 12
"""Values that are tried of each operation in the first round."""

AT_ONCE = 3
"""Operations that are under way at a time in the first round."""

LOOKED_INTO = 12
"""Failures of one operation that are made to happen again; further ones of the same cause are only counted."""


FAR = 700_001
"""How far from a known number one is taken for that of no object."""


@dataclass(frozen=True, slots=True)
class _Failure:
    varied: Varied
    case: Case
    exchange: Exchange

    @property
    def cause(self) -> str:
        return f"{self.varied.why} {fingerprint(self.exchange)}"


def _applies(subject: Subject) -> Applicability:
    return where_there_is(
        subject,
        unusual_cases,
        "everything that {} is bounded",
        logins="identities log in through it, and made-up logins could lock them out",
    )


_FORM_OF_NOTHING = Varied(
    "header",
    "Content-Type",
    "multipart/form-data",
    "unusual",
    "header/Content-Type",
    "the media type of a form without a boundary, where there is no body",
)
"""What a call without a body may say, and what some services read before they look for one."""


@dataclass(slots=True)
class _Tried:
    """What was tried of one operation so far, and what came of it."""

    good: Accepted
    left: Iterator[Varied]
    tried: int = 0
    failures: dict[str, list[_Failure]] = field(default_factory=dict)
    looked_into: set[str] = field(default_factory=set)
    """The causes of failures that were made to happen again, or not."""
    told: bool = False
    whole: bool = False
    """Whether its turn in the first round came to an end."""
    doubts: list[str] = field(default_factory=list)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    """A few values for every operation first, and then as many as there is time for."""
    tried: dict[str, _Tried] = {}
    lacking: dict[str, Undecided] = {}
    crashed: set[str] = set()

    async def first_round(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        try:
            good = await repeatable(bench, operation, await accepted(bench, operation))
        except Undecided as why:
            lacking[operation.id] = why
            async for observation in _unaccepted(bench, operation, why, to=FEW):
                crashed.add(operation.id)
                yield observation
            return
        tried[operation.id] = one = _Tried(good, _by_turns(bench.contract, operation, bench.random_for(operation.id)))
        await _streamed(bench, operation, one, FEW)
        async for found in _looked_into(bench, operation, one):
            yield found
        one.whole = True

    async def deepen(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        if operation.id in tried:
            await _streamed(bench, operation, tried[operation.id], MOST)
            async for refuted in _looked_into(bench, operation, tried[operation.id]):
                yield refuted
        elif operation.id not in crashed:
            async for refuted in _unaccepted(bench, operation, lacking[operation.id], start=FEW):
                crashed.add(operation.id)
                yield refuted

    async for observation in each_operation(bench, first_round, at_once=AT_ONCE, deepen=deepen):
        yield observation
    for cell, why in lacking.items():
        if cell not in crashed:
            yield Unknown(cell, str(why), why.cause)
    for cell, one in tried.items():
        verdict = _verdict(cell, one)
        if verdict is not None:
            yield verdict


def _verdict(cell: str, one: _Tried) -> Observation | None:
    """What all that was tried of an operation comes to; None where it is refuted already."""
    left = [alike[0] for cause, alike in one.failures.items() if cause not in one.looked_into]
    if left and not one.told:
        varied, status = left[0].varied, left[0].exchange.status
        why = f"{varied.place} with {varied.why} was answered {status}, and the time ended before it was repeated"
        return Unknown(cell, why, Cause.USAGE)
    if one.doubts:
        return Unknown(cell, "; ".join(one.doubts[:3]), Cause.TARGET)
    if not one.whole:
        return None  # Why not is told already.
    if not one.tried:
        return Unknown(cell, "no unusual value fits into a call that is accepted otherwise", Cause.USAGE)
    return None if one.told else Proved(cell, tried=one.tried)


async def _unaccepted(
    bench: Bench, operation: Operation, why: Undecided, *, start: int = 0, to: int = MOST_UNACCEPTED
) -> AsyncIterator[Refuted]:
    """Server errors of an operation of which no call is accepted."""
    calls = crashes_unaccepted(bench, operation, _by_turns, why, Severity.MEDIUM, start=start, to=to)
    async for observation in calls:
        if isinstance(observation, Refuted):
            yield observation


async def _streamed(bench: Bench, operation: Operation, one: _Tried, count: int) -> None:
    """Send so many more values, and take in what comes."""
    by_call: dict[int, Varied] = {}
    calls = _calls(bench.contract, operation, one.good, islice(one.left, count), by_call)
    async with aclosing(bench.stream(calls)) as answers:
        async for call, exchange in answers:
            one.tried += 1
            varied = by_call.pop(id(call))
            if exchange.failure is not None:
                one.doubts.append(f"no answer came to {varied.place} with {varied.why}: {exchange}")
            elif exchange.status >= 500:
                failure = _Failure(varied, call.case, exchange)
                known = one.failures.setdefault(failure.cause, [])
                known.append(failure if known else _Failure(varied, call.case, bench.keep(exchange)))


async def _looked_into(bench: Bench, operation: Operation, one: _Tried) -> AsyncIterator[Refuted]:
    """Make the failures happen again that were not looked into yet; refuted for those that do."""
    new = [alike for cause, alike in one.failures.items() if cause not in one.looked_into]
    for alike in new[: max(0, LOOKED_INTO - len(one.looked_into))]:
        if one.told and bench.remaining < LAST:
            break
        # Where one of them has nothing else that is special, it tells best what fails.
        base = one.good.case
        first = next((f for f in alike if _ordinary(bench, operation, base, f.case, f.varied) is None), alike[0])
        first = replace(first, exchange=bench.keep(first.exchange))
        again, case = await _again(bench, operation, one.good, first)
        elsewhere = await _elsewhere(bench, operation, one.good, first, case) if again.status >= 500 else None
        honest = answered(
            await one.good.caller.call(bench, await renewed(bench, operation, one.good), note="honest call, afterwards")
        )
        one.looked_into.add(first.cause)
        if again.status < 500 or not succeeded(operation, honest):
            varied = first.varied
            one.doubts.append(
                f"{varied.place} with {varied.why} was answered {first.exchange.status} once, and {again.status} "
                f"when repeated (the honest call: {honest.status})"
            )
            continue
        one.told = True
        finding = _finding(bench, operation, first, alike, again, honest)
        if elsewhere is not None:
            finding = _finding_elsewhere(bench, operation, first, elsewhere, honest)
        yield Refuted(operation.id, finding, tried=0)


def _by_turns(contract: Contract, operation: Operation, random: Random) -> Iterator[Varied]:
    """The unusual values place by place in turns, so that a few of them are at many places."""
    by_place: dict[str, deque[Varied]] = {}
    values = islice(unusual_cases(contract, operation, random), MOST)
    for varied in (*values, *(() if operation.body else (_FORM_OF_NOTHING,))):
        by_place.setdefault(varied.place, deque()).append(varied)
    while by_place:
        for place in list(by_place):
            yield by_place[place].popleft()
            if not by_place[place]:
                del by_place[place]


def _calls(
    contract: Contract, operation: Operation, good: Accepted, values: Iterator[Varied], by_call: dict[int, Varied]
) -> Iterator[Call]:
    for varied in values:
        base = good.case.but(headers=with_meant(good.case, good.case))
        case = limit_over(contract, operation, base, varied)
        if case is None:
            continue
        drawn = Case(operation.id, body=varied.value)
        call = Call(case, good.caller.identity, f"{varied.place}: {varied.why}", drawn, kind(varied))
        by_call[id(call)] = varied
        yield call


async def _again(bench: Bench, operation: Operation, good: Accepted, failure: _Failure) -> tuple[Exchange, Case]:
    """The same value once more, and the call in which it was sent."""
    base = await renewed(bench, operation, good)
    case = limit_over(bench.contract, operation, base, failure.varied) or failure.case
    return answered(await good.caller.call(bench, case, note=f"once more: {failure.varied.place}")), case


def _ordinary(bench: Bench, operation: Operation, base: Case, case: Case, varied: Varied) -> Case | None:
    """The call with an ordinary value in place of the unusual one; None where it is the accepted call then.

    A body that could not be had otherwise comes with values of its own in all its places, and any may be what fails.
    """
    place = varied.place
    while varied.where == "body" and place != "body":
        plain = limit_over(bench.contract, operation, case, replace(varied, value=base.body, place=place))
        if plain is not None and plain.body != base.body:
            return plain
        place = place.rpartition("/")[0]
    return None


async def _elsewhere(
    bench: Bench, operation: Operation, good: Accepted, failure: _Failure, case: Case
) -> Culprit | None:
    """What fails without the unusual value as well; None where the call is no server error then."""
    base = await renewed(bench, operation, good)
    plain = _ordinary(bench, operation, base, case, failure.varied)

    async def send(case: Case) -> Exchange:
        fresh = await renewed(bench, operation, replace(good, case=case))
        return answered(await good.caller.call(bench, fresh, note=f"without {failure.varied.why}"))

    if failure.varied.where == "path":
        return await _absent(bench, operation, good, failure, base)
    if plain is None:
        return None
    whole = await send(plain)
    if whole.status < 500:
        return None
    return await culprit(base, plain, send, lambda exchange: exchange.status >= 500) or Culprit(plain, whole, ())


async def _absent(bench: Bench, operation: Operation, good: Accepted, failure: _Failure, base: Case) -> Culprit | None:
    """The call on an object that does not exist, by an ordinary name, where it fails alike; None if it does not."""
    name = failure.varied.name
    value = base.path.get(name)
    # The next number may be that of another object, and texts as generated are out of the ordinary themselves.
    others: tuple[Any, ...] = ()
    if isinstance(value, str):
        others = (like(value, bench.random),)
    elif isinstance(value, int):
        others = (value + FAR, str(value + FAR))
    made = (base.but(path={**base.path, name: other}) for other in others if other != value)
    case = next((one for one in made if not request_violations(bench.contract, operation, one)), None)
    if case is None:
        return None
    seen = answered(await good.caller.call(bench, case, note="an object that does not exist"))
    return Culprit(case, seen, ()) if fingerprint(seen) == fingerprint(failure.exchange) else None


def _finding_elsewhere(
    bench: Bench, operation: Operation, first: _Failure, found: Culprit, honest: Exchange
) -> Finding:
    again = found.exchange
    why, part = blamed(found.places)
    if first.varied.where == "path":
        why, part = "on an object that does not exist", "path"
    return Finding(
        title=f"{operation.label} answers {again.status} to a valid call {why or '(drawn)'}",
        detail=(
            f"expected: no server error, since the call keeps to the contract: {sent(again)}\n"
            f"seen: {excerpt(again)}\nfirst seen where {first.varied.place} held {first.varied.why}, which is not "
            f"what fails: {sent(first.exchange)}\n"
            f"the same call with ordinary values was answered {honest.status}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=" ".join((operation.id, why, fingerprint(again))),
        root=root(bench, operation, again, why, part),
        exchanges=(again.number, first.exchange.number, honest.number),
        facts={"status": again.status, "places": list(found.places)},
    )


def _finding(
    bench: Bench, operation: Operation, first: _Failure, alike: list[_Failure], again: Exchange, honest: Exchange
) -> Finding:
    places = list(dict.fromkeys(failure.varied.place for failure in alike))
    return Finding(
        title=f"{operation.label} answers {again.status} when {first.varied.place} holds {first.varied.why}",
        detail=(
            f"expected: that it is taken, or refused with a 4xx, since the contract does not forbid it: "
            f"{sent(first.exchange)}\nseen: {excerpt(first.exchange)}\nonce more: {excerpt(again)}\n"
            f"the same call with an ordinary value was answered {honest.status}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=first.cause,
        root=root(bench, operation, again, kind(first.varied), first.varied.where),
        exchanges=(first.exchange.number, again.number, honest.number),
        count=len(alike),
        facts={"status": again.status, "places": places[:20], "value": first.varied.why},
    )


CHECK = Check(
    id="contract.server-error-on-unusual",
    proves="values that no rule of the contract forbids and nobody expects never lead to a server error",
    oracle="a 5xx to such a value, twice, in a call that is accepted with an ordinary value before and afterwards",
    urgency=1,
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-20", "CWE-248"),
)
