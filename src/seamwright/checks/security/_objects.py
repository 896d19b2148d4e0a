"""What security checks share: objects with a canary, honest calls as controls, and cells one after the other."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from random import Random
from typing import Any

from seamwright.checks._cells import answered, each_operation, excerpt
from seamwright.checks._honest import Caller, caller, candidates
from seamwright.contracts.links import producers
from seamwright.contracts.objects import reader
from seamwright.model.bench import Bench, Owned
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause

__all__ = [
    "accepted",
    "anew",
    "bears",
    "by_operation",
    "holds",
    "honest",
    "json_of",
    "lean",
    "nonsense",
    "objects_in",
    "plant",
    "read_case",
    "reader_of",
    "undecidable",
]


_NAMES = re.compile(r"(id|uuid|key|slug|name|number|code)$", re.IGNORECASE)
"""Fields that address an object."""


async def by_operation(
    bench: Bench, attempt: Callable[[Bench, Operation], Awaitable[Observation]]
) -> AsyncIterator[Observation]:
    """Try every cell with an attempt that ends in one observation."""

    async def decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
        yield await attempt(bench, operation)

    async for observation in each_operation(bench, decide):
        yield observation


def lean(operation: Operation, case: Case) -> Case:
    """The case without optional query parameters, which may filter away what is looked for."""
    required = {p.name for p in operation.at("query") if p.required}
    return case.but(query={name: value for name, value in case.query.items() if name in required})


def honest(bench: Bench, operation: Operation) -> Identity:
    """Who may call this operation; an identity without credentials where anybody may. Raises Undecided.

    What anybody may create and read belongs to nobody in particular, and that is an identity too.
    """
    return caller(bench.subject, operation).identity or Identity()


async def accepted(bench: Bench, operation: Operation, identity: Identity) -> tuple[Case, Exchange]:
    """A valid call as this very identity that was answered 2xx: the positive control. Raises Undecided."""
    last: Exchange | None = None
    async for case, origin in candidates(bench, operation, Caller(identity)):
        last = answered(await bench.call(lean(operation, case), identity, note=f"control: {origin}"))
        if last.ok:
            return lean(operation, case), last
        if last.status in (401, 403):
            break
    told = excerpt(last) if last else "none could be made"
    whose = f" of {identity.name}" if identity.name else ""
    raise Undecided(f"{operation.id}: no honest call{whose} was answered 2xx; the last: {told}")


async def anew(bench: Bench, operation: Operation, identity: Identity, like: Case) -> Case:
    """A call with the body of an accepted one, for a fresh object and under a fresh key."""
    case = lean(operation, await bench.case(operation, identity))
    return case.but(body=like.body, media_type=like.media_type)


def reader_of(bench: Bench, operation: Operation) -> Operation:
    """The operation that reads back what this one makes or changes. Raises Undecided."""
    found = reader(bench.contract, operation)
    if found is None:
        raise Undecided(f"{operation.id}: the contract has no operation that reads back what it changes", Cause.USAGE)
    return found


async def read_case(bench: Bench, read: Operation, identity: Identity, values: Mapping[str, Any]) -> Case:
    """A call of the reading operation for the object that these path values address. Raises Undecided."""
    names = {p.name for p in read.at("path")}
    if missing := names - set(values):
        raise Undecided(f"{read.id}: nothing tells the {', '.join(sorted(missing))} of its path", Cause.USAGE)
    path = {name: value for name, value in values.items() if name in names}
    if not any(p.required for p in (*read.at("query"), *read.at("header"), *read.at("cookie"))):
        return Case(read.id, path=path)
    case = lean(read, await bench.case(read, identity))
    return case.but(path={**case.path, **path})


async def plant(bench: Bench, operation: Operation, owner: Identity) -> Owned:
    """Create an object of `owner` that `operation` should show, with its canary. Raises Undecided.

    Where the operation addresses no object, every operation that reads one is asked, the nearest path first.
    """
    if operation.at("path"):
        return await bench.own(operation, owner)
    readers = [
        o
        for o in bench.subject.operations
        if o.method == "GET" and any(p.kind == "create" for p in producers(bench.contract, o))
    ]
    readers.sort(key=lambda o: not o.path.startswith(operation.path))
    why = f"{operation.id}: the contract has no operation that creates an object for it to show"
    for read in readers:
        if bench.subject.allowed(owner, read) is False:
            continue
        try:
            owned = await bench.own(read, owner)
        except Undecided as error:
            why = str(error)
            continue
        return owned
    raise Undecided(why, Cause.USAGE)


def bears(exchange: Exchange, owned: Owned) -> bool:
    """Whether an answer shows this object: by its canary in its own field, or else by its id.

    Only whole values count, so that an answer that repeats what was asked for is not taken for the object.
    """
    if not exchange.ok:
        return False
    if owned.canary:
        return any(o.get(owned.canary_at) == owned.canary for o in objects_in(json_of(exchange)))
    return any(_addressed(o, owned.values) for o in objects_in(json_of(exchange)))


def _addressed(shown: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    named = [v for n, v in shown.items() if _NAMES.search(n)]
    last = list(values.values())[-1:]
    return len(shown) > 1 and bool(last) and any(v == last[0] or str(v) == str(last[0]) for v in named)


def nonsense(values: Mapping[str, Any], random: Random) -> dict[str, Any]:
    """Path values of the same shape that address nothing."""
    return {name: _like(value, random) for name, value in values.items()}


def _like(value: Any, random: Random) -> Any:
    if isinstance(value, int):
        return random.randrange(1_500_000_000, 2_000_000_000)
    text = str(value)
    try:
        uuid.UUID(text)
        if len(text) == 36:
            return str(uuid.UUID(int=random.getrandbits(128), version=4))
    except ValueError:
        pass
    if text.isdigit():
        return "".join(random.choices("123456789", k=max(9, len(text))))
    letters = "abcdef" if set(text.lower()) <= set("0123456789abcdef-") else "abcdefghijklmnopqrstuvwxyz"
    made = [_letter(character, letters, random) for character in text]
    return "".join(made)


def _letter(character: str, letters: str, random: Random) -> str:
    if character.isdigit():
        return random.choice("0123456789")
    if character.isalpha():
        chosen = random.choice(letters)
        return chosen.upper() if character.isupper() else chosen
    return character


def json_of(exchange: Exchange) -> Any:
    """The JSON of an answer; None where there is none."""
    if exchange.response is None:
        return None
    try:
        return exchange.response.json()
    except ValueError:
        return None


def objects_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object inside a JSON value, itself included."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            yield node
            stack += node.values()
        elif isinstance(node, list):
            stack += node


def holds(exchange: Exchange, canary: str) -> bool:
    """Whether an answer, whatever its status, carries this canary."""
    return bool(canary) and exchange.response is not None and canary in exchange.response.text


def undecidable(exchange: Exchange) -> str:
    """Why an answer decides nothing: none came, the caller was slowed down, or the server failed; else empty."""
    if exchange.response is None:
        return f"no answer came: {exchange}"
    if exchange.status == 429:
        return f"too many requests were sent for the boundary's taste: {exchange}"
    if exchange.status >= 500:
        return f"the boundary failed instead of deciding: {excerpt(exchange)}"
    return ""
