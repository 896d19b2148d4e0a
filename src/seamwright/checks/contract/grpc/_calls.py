"""Calls of rpcs: valid ones in several forms, the one that is accepted, and the same once more with fresh objects."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from random import Random
from typing import Any

from seamwright.checks._cells import answered, excerpt, sent, statuses
from seamwright.checks._honest import Caller, caller
from seamwright.contracts.protobuf.links import chosen_ids, needs, value_at
from seamwright.contracts.protobuf.operations import reads
from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.protobuf import Messages
from seamwright.model.bench import Bench, Call
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause
from seamwright.wire.protobuf import Descriptors, Method, described

__all__ = [
    "NOWHERE",
    "SERVER_ERRORS",
    "AcceptedRpc",
    "MadeRpc",
    "accepted_rpc",
    "called",
    "called_together",
    "code_of",
    "method_of",
    "rpc_calls",
    "still_there",
    "strange_rpc_calls",
    "with_first",
]

SERVER_ERRORS = frozenset({"UNKNOWN", "INTERNAL", "DATA_LOSS", "UNIMPLEMENTED"})
"""Statuses by which a server says that it has failed (grpc/doc/statuscodes.md); UNIMPLEMENTED of what it declares."""

SILENCE = 3.0
"""Seconds that the first message of a stream is waited for: what watches for changes may never say a word."""

STREAMS_AT_ONCE = 8

_STREAMING = frozenset({"SERVER_STREAM", "BIDI_STREAM"})

NOWHERE = "/seamwright.nobody.Wrote/ThisMethodDoesNotExist"
"""What any server that is there answers, and that changes nothing."""

COMES_BACK = 3.0
"""Seconds in which a server may be started again after it has ended."""

GENERATED = 3
FULL, BARE, USUAL = 1.0, 0.0, 0.6


@dataclass(frozen=True, slots=True)
class MadeRpc:
    """One valid call that was made. The exchange of a drawn call is not recorded yet: `bench.keep` does that."""

    case: Case
    exchange: Exchange
    form: str


@dataclass(frozen=True, slots=True)
class AcceptedRpc:
    """A valid call that was answered OK, and who made it."""

    caller: Caller
    case: Case
    exchange: Exchange

    async def renewed(self, bench: Bench, operation: Operation) -> Case:
        """The same message once more; on fresh objects where the rpc may have changed or ended the ones it named."""
        if reads(operation):
            return self.case
        return await fresh(bench, operation, self.caller, self.case)


def code_of(exchange: Exchange) -> str:
    """The name of the gRPC status of an answer; empty where none came."""
    if exchange.response is None:
        return ""
    if exchange.ok:
        return "OK"
    try:
        told = exchange.response.json()
    except ValueError:
        return ""
    return str(told.get("code", "")) if isinstance(told, dict) else ""


def method_of(bench: Bench, operation: Operation) -> tuple[Descriptors, Method]:
    """The descriptors behind an operation."""
    told = described(bench.contract)
    method = told.method(operation.path)
    assert method is not None, f"{operation.path} is not in its own contract"
    return told, method


async def called(bench: Bench, operation: Operation, case: Case, who: Caller, note: str) -> Exchange:
    """Make a call; of a stream the first message is not waited for as long as of an answer."""
    patience = SILENCE if operation.method in _STREAMING else None
    return await bench.call(case, who.identity, timeout=patience, note=note)


async def called_together(
    bench: Bench, operation: Operation, who: Caller, calls: Sequence[tuple[str, Case]]
) -> AsyncGenerator[tuple[int, Exchange], None]:
    """Make calls with their notes, of streams some at a time since each is read for a while; gives them in order."""
    at_once = STREAMS_AT_ONCE if operation.method in _STREAMING else 1
    for start in range(0, len(calls), at_once):
        chosen = calls[start : start + at_once]
        done = await asyncio.gather(*(called(bench, operation, case, who, note) for note, case in chosen))
        for number, exchange in enumerate(done, start):
            yield number, exchange


async def still_there(bench: Bench, operation: Operation, who: Caller, silent: Exchange) -> None:
    """Raise Undecided where a server answers nothing any more since it gave no answer to a call.

    Somebody may start it again, and that takes its time. Which of the calls that were on their way has ended it,
    nothing tells; called by itself, the rpc will show it.
    """
    kind = silent.failure.kind if silent.failure is not None else ""
    loop = asyncio.get_running_loop()
    end = loop.time() + (COMES_BACK if kind == "reset" else 0.0)
    while True:
        alive = await bench.request("GRPC", NOWHERE, who.identity, timeout=2.0, note="is it still there?")
        if alive.response is not None:
            return
        if loop.time() >= end:
            break
        await asyncio.sleep(0.1)
    raise Undecided(
        f"{operation.id}: {silent}; nothing answers at {bench.subject.base_url} since: it seems to have ended. Start "
        f"it again, and see with --operation {operation.id} whether it was this: {sent(silent)}"
    )


def with_first(method: Method, case: Case, message: Any) -> Case:
    """The case with another message, of a stream in its first place."""
    if not method.takes_stream:
        return case.but(body=message, raw=None)
    rest = case.body[1:] if isinstance(case.body, list) else []
    return case.but(body=[message, *rest], raw=None)


async def fresh(bench: Bench, operation: Operation, who: Caller, case: Case) -> Case:
    """The same message with ids of fresh objects, and with ids that nobody has chosen yet."""
    wanted = needs(bench.contract, operation)
    chosen = chosen_ids(bench.contract, operation)
    if (not wanted and not chosen) or bench.subject.logins(operation):
        return case
    return case.but(body=_with_ids_of(bench, operation, case.body, (await who.case(bench, operation)).body))


def _with_ids_of(bench: Bench, operation: Operation, body: Any, other: Any) -> Any:
    """A body whose ids are those of another one; streams are taken message by message."""
    if isinstance(body, list):
        source = other[0] if isinstance(other, list) and other else other
        return [_with_ids_of(bench, operation, message, source) for message in body]
    if not isinstance(body, dict) or not isinstance(other, dict):
        return body
    body = copy.deepcopy(body)
    for need in needs(bench.contract, operation):
        value = value_at(other, need.path)
        if value is not None and value_at(body, need.path) is not None:
            need.put(body, value)
    for path in chosen_ids(bench.contract, operation):
        node, value = body, value_at(other, path)
        for step in path[:-1]:
            node = node.get(step) if isinstance(node, dict) else None
        if isinstance(node, dict) and path[-1] in node and value is not None:
            node[path[-1]] = value
    return body


async def accepted_rpc(bench: Bench, operation: Operation) -> AcceptedRpc:
    """Find a valid call that is answered OK: the positive control of whatever is tried next. Raises Undecided."""
    who = caller(bench.subject, operation)
    _, method = method_of(bench, operation)
    seen: list[Exchange] = []
    login = bool(bench.subject.logins(operation))
    for fullness in (None,) if login else (None, None, BARE, FULL, USUAL, BARE, USUAL):
        case = await who.case(bench, operation)
        if fullness is not None:
            case = _formed(bench, operation, method, case, bench.random, fullness)
        exchange = answered(await called(bench, operation, case, who, "honest call"))
        if exchange.ok:
            return AcceptedRpc(who, case, exchange)
        seen.append(exchange)
        if not {e.status for e in seen} <= {400, 404, 409}:
            break
    raise Undecided(
        f"{operation.id}: no valid call was answered OK ({statuses(seen)}), so there is nothing to compare with; "
        f"last: {excerpt(seen[-1])}"
    )


async def rpc_calls(bench: Bench, operation: Operation, who: Caller) -> AsyncGenerator[MadeRpc, None]:
    """Call an rpc with valid messages: generated, with nothing optional, with everything, and then as many drawn ones
    as the run is deep (of rpcs without streams)."""
    _, method = method_of(bench, operation)
    base: Case | None = None
    last: Case | None = None
    login = bool(bench.subject.logins(operation))
    forms: tuple[tuple[str, float | None], ...] = (
        *(("generated", None),) * (1 if login else GENERATED),
        *(() if login else (("nothing optional", BARE), ("everything set", FULL))),
    )
    cases: list[tuple[str, Case]] = []
    for form, fullness in forms:
        case = await who.case(bench, operation)
        if fullness is not None:
            case = _formed(bench, operation, method, case, bench.random, fullness)
        cases.append((form, case))
    made = called_together(bench, operation, who, [(f"valid call: {form}", case) for form, case in cases])
    async for number, exchange in made:
        form, case = cases[number]
        base = case if base is None and exchange.ok else base
        last = case
        yield MadeRpc(case, exchange, form)
    if login or last is None or method.takes_stream or method.gives_stream or not method.takes.fields:
        return
    calls = _drawn(bench, operation, method, who, base or last)
    async with aclosing(bench.stream(calls)) as answers:
        async for call, exchange in answers:
            yield MadeRpc(call.case, exchange, "drawn")


async def strange_rpc_calls(bench: Bench, operation: Operation, who: Caller) -> AsyncGenerator[MadeRpc, None]:
    """Call an rpc for whose fields no real objects can be had: with ids of such that are not there.

    A number is one that no service has reached, so that nothing is hit by chance.
    """
    _, method = method_of(bench, operation)
    random = bench.random_for(f"{operation.id} strange")
    calls: list[tuple[str, Case]] = []
    for form, fullness in (("nothing optional", BARE), ("generated", USUAL), ("everything set", FULL)):
        try:
            message = Messages(method.takes).valid(random, fullness=fullness)
        except Unsatisfiable as error:
            raise Undecided(f"{operation.id}: no valid message can be made: {error}", Cause.USAGE) from None
        for need in needs(bench.contract, operation) if isinstance(message, dict) else ():
            if need.number and value_at(message, need.path) is not None:
                need.put(message, 2**31 - 1 - int(random.random() * 10_000))
        case = Case(operation.id, body=[message] if method.takes_stream else message)
        calls.append((f"valid call on something that is not there: {form}", case))
    async for number, exchange in called_together(bench, operation, who, calls):
        form, case = calls[number]
        yield MadeRpc(case, exchange, form)


def _drawn(bench: Bench, operation: Operation, method: Method, who: Caller, base: Case) -> Iterator[Call]:
    random = bench.random_for(f"{operation.id} drawn")
    # A share of the time that is left, so that a slow service still lets every operation have its turn.
    until = bench.remaining * (1 - 1 / max(2, len(bench.cells)))
    for _ in range(bench.depth):
        if bench.remaining < until:
            return
        drawn = Case(operation.id, body=Messages(method.takes).valid(random, fullness=random.random()))
        case = drawn.but(body=_with_ids_of(bench, operation, drawn.body, base.body))
        yield Call(case, who.identity, "valid call: drawn", drawn)


def _formed(bench: Bench, operation: Operation, method: Method, case: Case, random: Random, fullness: float) -> Case:
    """The case with messages as full as told, and with the ids that it had."""
    try:
        message = Messages(method.takes).valid(random, fullness=fullness)
    except Unsatisfiable as error:
        raise Undecided(f"{operation.id}: no valid message can be made: {error}", Cause.USAGE) from None
    source = case.body[0] if isinstance(case.body, list) and case.body else case.body
    if isinstance(message, dict) and isinstance(source, dict):
        for need in needs(bench.contract, operation):
            value = value_at(source, need.path)
            if value is not None:
                need.put(message, value)
        for path in chosen_ids(bench.contract, operation):
            if len(path) == 1 and path[0] in source:
                message[path[0]] = source[path[0]]
    return case.but(body=[message] if method.takes_stream else message)
