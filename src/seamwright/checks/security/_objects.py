"""What security checks share: objects with a canary, honest calls as controls, and what an object is like."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from seamwright.checks._cells import answered, excerpt
from seamwright.checks._honest import Caller, candidates
from seamwright.checks._reading import json_of, lean, objects_in, read_back
from seamwright.contracts.links import producers
from seamwright.model.bench import Bench, Owned
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause

__all__ = ["State", "accepted_as", "anew", "bears", "holds", "nonsense", "plant", "state_of"]


_NAMES = re.compile(r"(id|uuid|key|slug|name|number|code)$", re.IGNORECASE)
"""Fields that address an object."""


async def accepted_as(bench: Bench, operation: Operation, identity: Identity) -> tuple[Case, Exchange]:
    """A valid call as this very identity that was answered 2xx: the positive control. Raises Undecided."""
    last: Exchange | None = None
    async for case, origin in candidates(bench, operation, Caller(identity)):
        last = answered(await bench.call(lean(operation, case), identity, note=f"control: {origin}"))
        if last.ok:
            return lean(operation, case), last
        if last.status in (401, 403):
            break
    told = excerpt(last) if last else "none could be made"
    raise Undecided(f"{operation.id}: no honest call of {identity.name} was answered 2xx; the last: {told}")


async def anew(bench: Bench, operation: Operation, identity: Identity, like: Case) -> Case:
    """A call with the body of an accepted one, for a fresh object and under a fresh key."""
    case = lean(operation, await bench.case(operation, identity))
    return case.but(body=like.body, media_type=like.media_type)


@dataclass(frozen=True, slots=True)
class State:
    """An object as somebody reads it: whether it is there, and its JSON or else its bytes."""

    exchange: Exchange
    content: Any

    @property
    def there(self) -> bool:
        """Whether it could be read."""
        return self.exchange.ok

    @property
    def etag(self) -> str | None:
        """Its entity tag (RFC 9110, section 8.8.3), where it was told."""
        return self.exchange.response.header("etag") if self.exchange.response else None

    def differs(self, other: State) -> bool:
        """Whether the object has changed between two readings."""
        return (self.there, self.content) != (other.there, other.content)


async def state_of(bench: Bench, operation: Operation, identity: Identity, path: Mapping[str, Any]) -> State:
    """What the object of this operation is like now, as this identity reads it. Raises Undecided."""
    exchange = await read_back(bench, operation, identity, path)
    content = json_of(exchange) if exchange.ok else None
    if exchange.ok and content is None and exchange.response is not None:
        content = exchange.response.body
    return State(exchange, content)


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


def holds(exchange: Exchange, canary: str) -> bool:
    """Whether an answer, whatever its status, carries this canary."""
    return bool(canary) and exchange.response is not None and canary in exchange.response.text
