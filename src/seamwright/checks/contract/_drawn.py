"""Streams of generated valid calls of one operation, made around one that was accepted."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from itertools import islice
from random import Random

from seamwright.checks._honest import Caller, exemplary, fresh_key
from seamwright.contracts.conformance import request_violations
from seamwright.engines.generate.requests import valid_case
from seamwright.model.bench import Bench, Call
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation

__all__ = ["drawn_calls", "has_room", "with_meant"]

ELSEWHERE = 0.1
"""How often a call names objects as generated, which are hardly ever there, instead of those of the accepted call."""

WHOLE = 0.5
"""How often a body is wholly generated; otherwise some fields of the accepted one are replaced, so that what refers to
something real still does."""

_MEANT = frozenset({"if-match", "if-none-match", "idempotency-key"})


def has_room(operation: Operation) -> bool:
    """Whether calls of an operation can differ in more than the object that they name."""
    named = [p for p in operation.parameters if p.location != "path" and p.name.lower() not in _MEANT]
    return bool(named) or operation.body is not None


async def drawn_calls(
    bench: Bench, operation: Operation, who: Caller, base: Case, *, start: int = 0, to: int | None = None
) -> AsyncGenerator[tuple[Case, Exchange], None]:
    """Call with generated valid values, as often as the depth of the run says, and give what came, unrecorded.

    With `start` and `to`, only with those of them from one number to the other.

    Nothing is streamed to a login, where made-up passwords lock accounts, nor where there is nothing to vary.
    """
    if not has_room(operation) or bench.subject.logins(operation):
        return
    calls = _calls(bench, operation, who, base, bench.random_for(f"{operation.id} drawn"))
    async with aclosing(bench.stream(islice(calls, start, to))) as answers:
        async for call, exchange in answers:
            yield call.case, exchange


def _calls(bench: Bench, operation: Operation, who: Caller, base: Case, random: Random) -> Iterator[Call]:
    # A share of the time that is left, so that a slow service still lets every operation have its turn.
    until = bench.remaining * (1 - 1 / max(2, len(bench.cells)))
    for _ in range(bench.depth):
        if bench.remaining < until:
            return
        try:
            drawn = valid_case(bench.contract, operation, random)
        except Undecided:
            return
        whole, elsewhere = random.random() < WHOLE, random.random() < ELSEWHERE
        case = drawn if whole else _mixed(bench.contract, operation, base, drawn, random)
        elsewhere = elsewhere and (operation.safe or not exemplary(operation, drawn.path))
        case = case.but(path=drawn.path if elsewhere else base.path, headers=with_meant(base, case))
        yield Call(case, who.identity, "valid call: drawn", drawn)


def _mixed(contract: Contract, operation: Operation, base: Case, drawn: Case, random: Random) -> Case:
    """The accepted body with some of its fields as drawn; the drawn one where that would not be valid."""
    if not isinstance(base.body, dict) or not isinstance(drawn.body, dict):
        return drawn
    body = dict(base.body)
    for name in sorted({*base.body, *drawn.body}):
        if random.random() < 0.5:
            body.pop(name, None)
            if name in drawn.body:
                body[name] = drawn.body[name]
    mixed = drawn.but(body=body, media_type=base.media_type)
    return drawn if request_violations(contract, operation, mixed) else mixed


def with_meant(base: Case, case: Case) -> dict[str, object]:
    """Headers whose values mean something come from the accepted call; a key for each call is made anew."""
    headers = {name: value for name, value in case.headers.items() if name.lower() not in _MEANT}
    for name, value in base.headers.items():
        if name.lower() in _MEANT:
            headers[name] = fresh_key() if name.lower() == "idempotency-key" else value
    return headers
