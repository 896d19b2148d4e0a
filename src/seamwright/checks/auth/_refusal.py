"""Decides whether an operation that declares security refuses a call without valid credentials."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import answered, excerpt
from seamwright.checks._honest import GENERATED, to_add
from seamwright.checks._reading import read_case
from seamwright.contracts.objects import reader
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause

__all__ = ["Stranger", "refuses"]

REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who has no valid credentials: how it is called in a sentence, and how it calls."""

    who: str
    call: Callable[[Bench, Case], Awaitable[Exchange]]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A case, the stranger's call of it, and what the honest caller read around it."""

    case: Case
    canary: str
    exchange: Exchange
    before: Exchange | None
    after: Exchange | None


async def refuses(bench: Bench, operation: Operation, stranger: Stranger) -> AsyncIterator[Observation]:
    """Decide one operation. The stranger calls first and the honest caller then makes the very same call.

    Refused is 401 or 403, also 404 and a redirect where the honest caller gets more. Let in is 2xx that brings what the
    honest caller gets (its canary, or an answer as the contract declares it), or that has changed what the honest
    caller reads. All else is undecided.
    """
    identity = bench.subject.honest(operation)
    if identity is None:
        await _without_control(bench, operation, stranger)
        return
    last: Exchange | None = None
    for number in range(1, GENERATED + 1):
        attempt = await _attempt(bench, operation, identity, stranger)
        last = attempt.exchange
        if last.ok:
            yield await _let_in(bench, operation, identity, stranger, attempt, number)
            return
        if last.status in REFUSED or last.status == 404 or 300 <= last.status < 400:
            yield await _kept_out(bench, operation, identity, stranger, attempt, number)
            return
    seen = excerpt(last) if last else "nothing was sent"
    raise Undecided(f"{operation.id}: {stranger.who} was neither refused (401, 403) nor let in: {seen}")


async def _attempt(bench: Bench, operation: Operation, identity: Identity, stranger: Stranger) -> _Attempt:
    case = await bench.case(operation, identity)
    canary = ""
    if operation.safe and operation.at("path"):
        case, canary = await _with_canary(bench, operation, identity, case)
    reading = None if operation.safe else await _reading(bench, operation, identity, case)
    before = await bench.call(reading, identity, note="state before") if reading else None
    exchange = answered(await stranger.call(bench, case))
    after = await bench.call(reading, identity, note="state after") if reading and exchange.ok else None
    return _Attempt(case, canary, exchange, before, after)


async def _with_canary(bench: Bench, operation: Operation, identity: Identity, case: Case) -> tuple[Case, str]:
    try:
        owned = await bench.own(operation, identity)
    except Undecided:  # Nothing creates it; an object that a listing shows will do, and is in the case already.
        return case, ""
    return case.but(path={**case.path, **owned.values}), owned.canary


async def _reading(bench: Bench, operation: Operation, identity: Identity, case: Case) -> Case | None:
    """The call that reads what this operation changes, where the path of the case says enough for it."""
    read = reader(bench.contract, operation)
    if read is None or not read.at("path") or any(p.name not in case.path for p in read.at("path")):
        return None
    return await read_case(bench, read, identity, case.path)


async def _kept_out(
    bench: Bench, operation: Operation, identity: Identity, stranger: Stranger, attempt: _Attempt, tried: int
) -> Observation:
    """The stranger was refused; that counts only when the honest caller is not, with the very same call."""
    honest = answered(await bench.call(attempt.case, identity, note="honest call, the same"))
    told = attempt.exchange.status
    if honest.status in REFUSED or honest.status >= 500:
        raise Undecided(
            f"{operation.id}: {stranger.who} was answered {told}, but {identity.name}, who may call it, was answered "
            f"{excerpt(honest)}",
            Cause.USAGE if honest.status in REFUSED else Cause.TARGET,
        )
    if told not in REFUSED and (not honest.ok or (attempt.canary and attempt.canary in _text(attempt.exchange))):
        raise Undecided(
            f"{operation.id}: {stranger.who} was answered {told} and {identity.name} {honest.status}; "
            "that does not tell them apart"
        )
    return Proved(operation.id, tried=tried)


async def _let_in(
    bench: Bench, operation: Operation, identity: Identity, stranger: Stranger, attempt: _Attempt, tried: int
) -> Observation:
    seen = attempt.exchange
    # Answers to the same values can be compared best; what may be done only once is done with others.
    honest = answered(await bench.call(attempt.case, identity, note="honest call, the same"))
    if not honest.ok and not operation.safe:
        honest = answered(await bench.call(await bench.case(operation, identity), identity, note="honest call"))
    if not honest.ok:
        raise Undecided(
            f"{operation.id}: {stranger.who} was answered {seen.status}, but {identity.name}, who may call it, "
            f"{honest.status}"
        )
    proof = _proof(bench, operation, attempt, honest)
    again = answered(await stranger.call(bench, await _once_more(bench, operation, identity, attempt)))
    if not again.ok:
        raise Undecided(f"{operation.id}: {stranger.who} was answered {seen.status} once, and then {again.status}")
    return Refuted(operation.id, _finding(operation, stranger, attempt, honest, again, proof), tried=tried)


async def _once_more(bench: Bench, operation: Operation, identity: Identity, attempt: _Attempt) -> Case:
    return attempt.case if operation.safe else await bench.case(operation, identity)


def _proof(bench: Bench, operation: Operation, attempt: _Attempt, honest: Exchange) -> str:
    """What shows that the stranger was really let in. Raises Undecided where a 2xx alone was seen."""
    seen = attempt.exchange
    if not operation.safe:
        if attempt.before is None or attempt.after is None:
            if not bench.violations(seen) and _alike(seen, honest):
                return "it was answered as the honest call was"
        elif attempt.before.ok and _state(attempt.before) != _state(attempt.after):
            return "what the honest caller reads has changed by it"
        raise Undecided(
            f"{operation.id}: a call without valid credentials was answered {seen.status}, but what the honest caller "
            f"reads has not changed, or it was answered in another way: {excerpt(seen)}"
        )
    if attempt.canary and attempt.canary in _text(seen):
        return "the answer holds the text that the honest caller had stored"
    if _text(seen) and _text(seen) == _text(honest):
        return "the answer is the one that the honest caller gets"
    if _promised(operation, seen) and not bench.violations(seen):
        return "the answer is one that the contract promises to those who may call it"
    raise Undecided(
        f"{operation.id}: a call without valid credentials was answered {seen.status}, but with something that the "
        f"honest caller does not get: {excerpt(seen)}"
    )


def _promised(operation: Operation, exchange: Exchange) -> bool:
    """Whether the contract describes the body of such an answer closely enough to recognise it."""
    answer = operation.answer(exchange.status)
    schemas = [media.schema for media in answer.content.values()] if answer else []
    return any(schema not in (True, {}) for schema in schemas)


def _alike(first: Exchange, second: Exchange) -> bool:
    """Whether two answers have one status, and bodies of one kind and with the same fields."""
    return first.status == second.status and _fields(first) == _fields(second)


def _fields(exchange: Exchange) -> Any:
    try:
        value = exchange.response.json() if exchange.response and exchange.response.body else None
    except ValueError:
        return "no JSON"
    return sorted(value) if isinstance(value, dict) else type(value).__name__


def _state(exchange: Exchange) -> tuple[int, str]:
    return exchange.status, _text(exchange)


def _text(exchange: Exchange) -> str:
    return exchange.response.text if exchange.response else ""


def _finding(
    operation: Operation, stranger: Stranger, attempt: _Attempt, honest: Exchange, again: Exchange, proof: str
) -> Finding:
    witnesses = [attempt.exchange, again, honest, *(e for e in (attempt.before, attempt.after) if e)]
    return Finding(
        title=f"{operation.label} lets in {stranger.who}, although the contract asks for credentials",
        detail=(
            f"expected: 401 to {stranger.who}\nseen: {excerpt(attempt.exchange)}; {proof}\n"
            f"once more: {excerpt(again)}\nthe honest call was answered {honest.status}"
        ),
        severity=Severity.HIGH if operation.safe else Severity.CRITICAL,
        operation=operation.id,
        key=f"{operation.id} {stranger.who}",
        exchanges=tuple(exchange.number for exchange in witnesses),
        facts={"status": attempt.exchange.status, "proof": proof},
    )


async def _without_control(bench: Bench, operation: Operation, stranger: Stranger) -> None:
    """Nobody may call it honestly, so nothing can be concluded; what a stranger gets is told all the same."""
    seen = answered(await stranger.call(bench, await bench.case(operation, None))) if operation.safe else None
    told = f" ({stranger.who} was answered {seen.status})" if seen else ""
    raise Undecided(
        f"{operation.id}: no identity of the manifest has credentials and may call it, so there is nothing to compare "
        f"with{told}; {to_add(bench.subject)}",
        Cause.USAGE,
    )
