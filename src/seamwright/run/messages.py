"""Real objects for the rpcs of a check: creates them, lists them, and carries their ids into messages."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from seamwright.contracts.protobuf.links import Maker, Need, chosen_ids, makers, needs, reader
from seamwright.contracts.protobuf.naming import creates
from seamwright.contracts.protobuf.operations import reads
from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.protobuf import Messages
from seamwright.model.bench import Bench, Owned
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause
from seamwright.wire.protobuf import Method, described

__all__ = ["MessageCalls"]

TRIES = 6
"""Messages that are tried before creation counts as impossible: a contract of protobuf says little."""

DEEPEST = 3
"""Things that are created before a thing (a line of an order of a customer)."""

MOST_IN_A_STREAM = 3

_TAKEN_ONCE = frozenset({"name", "email", "username", "user_name", "login", "title", "code", "slug", "sku", "key"})
"""Texts that services often want to be nobody else's."""

_CANARY_AT = ("note", "notes", "comment", "description", "memo", "remark", "message", "text", "title", "subject")

_FULL, _BARE = 0.85, 0.0


class MessageCalls:
    """The calls of one check; each identity's objects are kept for calls that only read."""

    def __init__(self, bench: Bench, *, looks_first: bool, creates: bool) -> None:
        self._bench = bench
        self._looks_first = looks_first
        self._creates = creates
        self._kept: dict[tuple[str, str], Any] = {}
        self._taken: dict[str, Any] = {}

    async def case(self, operation: Operation, identity: Identity | None, random: Random) -> Case:
        """A valid call: values generated, ids of real objects of this identity. Raises Undecided."""
        logins = self._bench.subject.logins(operation)
        if logins:
            # No descriptor can say which password is right; the manifest does.
            return Case(operation.id, body=logins[0])
        method = self._method(operation)
        if not method.takes_stream:
            return Case(operation.id, body=await self._message(operation, method, identity, random, 0))
        count = random.randint(1, MOST_IN_A_STREAM)
        body = [await self._message(operation, method, identity, random, 0) for _ in range(count)]
        return Case(operation.id, body=body)

    async def own(self, operation: Operation, identity: Identity, random: Random) -> Owned:
        """Create a fresh object that a field of `operation` names, with a canary where there is room."""
        for need in needs(self._bench.contract, operation):
            for maker in makers(self._bench.contract, operation, need):
                if maker.kind == "create":
                    value, canary, at, made = await self._made(maker, identity, random, 0, mark=True)
                    return Owned(identity, {"/".join(need.path): value}, canary, at, made)
        raise Undecided(f"{operation.id}: the contract has no rpc that creates what its fields name", Cause.USAGE)

    async def _message(
        self, operation: Operation, method: Method, identity: Identity | None, random: Random, depth: int
    ) -> Any:
        message = self._drawn(operation, method, random, _FULL)
        await self._filled(message, operation, identity, random, depth)
        return message

    def _drawn(self, operation: Operation, method: Method, random: Random, fullness: float) -> Any:
        try:
            message = Messages(method.takes).valid(random, fullness=fullness)
        except Unsatisfiable as error:
            raise Undecided(f"{operation.id}: no valid message can be made: {error}", Cause.USAGE) from None
        for path in chosen_ids(self._bench.contract, operation):
            # Not from the seed: the next run with it would meet what this one has made.
            _put(message, path, self._bench.canary())
        return message

    async def _filled(
        self, message: Any, operation: Operation, identity: Identity | None, random: Random, depth: int
    ) -> None:
        """Put ids of real objects where the message wants them; where none can be had, what was generated stays."""
        if not isinstance(message, dict):
            return
        for need in needs(self._bench.contract, operation):
            if len(need.path) > 1 and need.path[0] not in message:
                continue
            value = await self._id(need, operation, identity, random, depth)
            if value is None:
                continue
            try:
                need.put(message, value)
            except ValueError:
                raise Undecided(
                    f"{operation.id}: {'.'.join(need.path)} is a number, and the id of a {need.noun} is {value!r}"
                ) from None

    async def _id(self, need: Need, operation: Operation, identity: Identity | None, random: Random, depth: int) -> Any:
        """The id of a real object; None where only another rpc's field would need it and none can be made."""
        key = (identity.name if identity else "", need.noun)
        if reads(operation) and key in self._kept:
            return self._kept[key]
        sources = makers(self._bench.contract, operation, need)
        if depth >= DEEPEST:
            return None
        ordered = sorted(sources, key=lambda maker: (maker.kind == "create") == self._looks_first)
        why: list[str] = []
        for maker in ordered:
            try:
                value = await self._from(maker, identity, random, depth)
            except Undecided as error:
                why.append(str(error))
                continue
            if reads(operation):
                self._kept[key] = value
            return value
        if need.path == needs(self._bench.contract, operation)[0].path and not creates(operation):
            told = "; ".join(dict.fromkeys(why)) or "nothing may be created here, and nothing lists it"
            raise Undecided(f"{operation.id}: no {need.noun} for its field {'.'.join(need.path)}: {told}")
        return None

    async def _from(self, maker: Maker, identity: Identity | None, random: Random, depth: int) -> Any:
        if maker.kind == "create":
            if not self._creates:
                raise Undecided("nothing may be created here")
            return (await self._made(maker, identity, random, depth))[0]
        if not self._creates and not maker.operation.safe:
            raise Undecided(f"the contract does not declare {maker.operation.id} to be safe")
        method = self._method(maker.operation)
        case = Case(maker.operation.id, body=self._drawn(maker.operation, method, random, _BARE))
        exchange = await self._bench.call(case, identity, note="looks for an object")
        value = maker.value(exchange)
        if value is None:
            raise Undecided(f"{maker.operation.id} shows none: {_shown(exchange)}")
        return value

    async def _made(
        self, maker: Maker, identity: Identity | None, random: Random, depth: int, *, mark: bool = False
    ) -> tuple[Any, str, str, Exchange]:
        """Call a creating rpc until its answer holds the id: gives that, the canary and where it is, and the exchange.

        First what was taken before, then full messages, bare ones, and ones with texts that nobody has used.
        """
        create = maker.operation
        method = self._method(create)
        at = self._canary_at(create, method) if mark else ""
        last: Exchange | None = None
        for message in self._candidates(create, method, random):
            await self._filled(message, create, identity, random, depth + 1)
            canary = self._bench.canary() if at else ""
            if canary:
                _put(message, tuple(at.split("/")), canary)
            if last is not None and last.status == 409:
                _renamed(message, self._bench)
            exchange = await self._bench.call(Case(create.id, body=message), identity, note="creates an object")
            value = maker.value(exchange)
            if value is not None:
                self._taken[create.id] = _without(message, chosen_ids(self._bench.contract, create))
                return value, canary, at, exchange
            last = exchange
        raise Undecided(f"{create.id} creates none: {_shown(last)}")

    def _candidates(self, create: Operation, method: Method, random: Random) -> Iterator[Any]:
        taken = self._taken.get(create.id)
        if taken is not None:
            message = copy.deepcopy(taken)
            for path in chosen_ids(self._bench.contract, create):
                _put(message, path, self._bench.canary())
            yield message
        for number in range(TRIES):
            yield self._drawn(create, method, random, _BARE if number % 3 == 1 else 1.0 if number % 3 == 2 else _FULL)

    def _canary_at(self, create: Operation, method: Method) -> str:
        """The text field of a creating message that can hold a canary, and that the thing shows when it is read."""
        read = reader(self._bench.contract, create)
        shown = self._method(read).gives if read is not None else method.gives
        back = set(_texts(shown))
        room = {name: path for name, path in _texts_below(method.takes) if name in back}
        return next(("/".join(room[name]) for name in _CANARY_AT if name in room), "")

    def _method(self, operation: Operation) -> Method:
        method = described(self._bench.contract).method(operation.path)
        assert method is not None, f"{operation.path} is not in its own contract"
        return method


_TEXT = 9


def _texts(descriptor: Any) -> Iterator[str]:
    """The names of plain text fields, those of the messages inside included."""
    yield from (name for name, _ in _texts_below(descriptor))


def _texts_below(descriptor: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for field in descriptor.fields:
        if field.is_repeated:
            continue
        if field.type == _TEXT:
            yield field.name, (field.name,)
    for field in descriptor.fields:
        inner = field.message_type
        if inner is not None and not field.is_repeated and not inner.full_name.startswith("google.protobuf."):
            for below in inner.fields:
                if below.type == _TEXT and not below.is_repeated:
                    yield below.name, (field.name, below.name)


def _put(message: Any, path: tuple[str, ...], value: Any) -> None:
    node = message
    for step in path[:-1]:
        node = node.setdefault(step, {})
    node[path[-1]] = value


def _without(message: Any, paths: tuple[tuple[str, ...], ...]) -> Any:
    kept = copy.deepcopy(message)
    for path in paths:
        node = kept
        for step in path[:-1]:
            node = node.get(step, {})
        node.pop(path[-1], None)
    return kept


def _renamed(message: Any, bench: Bench) -> None:
    """Make texts that services want to be nobody else's different from all that were sent before."""
    for name, value in message.items() if isinstance(message, Mapping) else ():
        if isinstance(value, dict):
            _renamed(value, bench)
        elif isinstance(value, str) and name in _TAKEN_ONCE:
            head, at, host = value.partition("@")
            message[name] = f"{head}{bench.canary()[:12]}{at}{host}"


def _shown(exchange: Exchange | None) -> str:
    if exchange is None or exchange.response is None:
        return str(exchange)
    return f"{exchange}: {' '.join(exchange.response.text.split())[:200]}"
