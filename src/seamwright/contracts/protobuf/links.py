"""Finds where the ids in a message come from: which rpc makes or lists the thing that a field names.

A `.proto` file does not say that the `id` of `GetOrderRequest` is that of an `Order`; its names do. An rpc is read as a
verb and a noun (`CreateOrder`, `ListOrders`; in a service `Orders` also `Create`), and a field as the noun that it
names (`order_id`, `order.id`; `id` alone means the noun of its rpc). Where `google.api.resource` names are used
(AIP-122), `name` is such an id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from seamwright.contracts.kept import kept
from seamwright.contracts.protobuf.naming import (
    IDS,
    NUMBERS,
    TEXT,
    creates,
    flat,
    id_in,
    lists,
    noun_of,
    reads_one,
    singular,
)
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Contract, Operation
from seamwright.wire.protobuf import Method, described, is_map

__all__ = ["Maker", "Need", "chosen_ids", "makers", "needs", "reader", "value_at"]

_BY_NAME = re.compile(r"^(?P<noun>\w+?)_(?:ids?|uuids?|guids?|key|number|no)$")
_WHOLE = 2
"""Messages inside a request in which ids are looked for."""


@dataclass(frozen=True, slots=True)
class Need:
    """A field of a request that wants the id of a thing that exists.

    `path` leads to it by field names; `several` says that it is a list of ids, `lists` which steps of the path before
    it lead to lists of messages.
    """

    path: tuple[str, ...]
    noun: str
    number: bool
    several: bool
    lists: frozenset[int] = frozenset()

    def put(self, message: Any, value: Any) -> None:
        """Set the id in a message that is given as JSON. Raises ValueError where it is a number and the id is none."""
        node = message
        for number, step in enumerate(self.path[:-1]):
            if number in self.lists and not node.get(step):
                node[step] = [{}]
            node = node.setdefault(step, {})
            node = node[0] if isinstance(node, list) else node
        made = int(value) if self.number else str(value)
        node[self.path[-1]] = [made] if self.several else made


@dataclass(frozen=True, slots=True)
class Maker:
    """An rpc that tells the id of a thing: where it stands, in its answer or in what was asked of it."""

    operation: Operation
    kind: Literal["create", "list"]
    where: Literal["answer", "request"]
    path: tuple[str, ...]

    def value(self, exchange: Exchange) -> Any:
        """The id in an exchange of this rpc; None where it does not hold one."""
        if not exchange.ok or exchange.response is None or exchange.response.media_type != "application/json":
            return None
        try:
            shown = exchange.response.json() if self.where == "answer" else _json_of(exchange)
        except ValueError:
            return None
        found = value_at(shown, self.path)
        return None if found in (None, "", 0, "0") else found


def value_at(value: Any, path: tuple[str, ...]) -> Any:
    """What lies at a path of field names, of lists in their first item; None where nothing does."""
    for step in path:
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    if isinstance(value, list):
        value = value[0] if value else None
    return None if isinstance(value, dict) else value


def needs(contract: Contract, operation: Operation) -> tuple[Need, ...]:
    """The fields of a request that want ids of things which other rpcs make or list, in the order of the message."""
    return kept(contract, ("needs", operation.id), lambda: _needs(contract, operation))


def _needs(contract: Contract, operation: Operation) -> tuple[Need, ...]:
    method = _method(contract, operation)
    own = noun_of(operation)
    found = []
    for path, field, inside in _scalars(method.takes):
        for noun in _nouns(field.name, inside, own):
            if creates(operation) and noun == own:
                break
            made = list(_makers(contract, operation, noun))
            if made and (field.name != "name" or any(maker.path[-1] == "name" for maker in made)):
                lists_before = frozenset(_lists_on(method.takes, path))
                found.append(Need(path, noun, field.type in NUMBERS, field.is_repeated, lists_before))
                break
    return tuple(found)


def chosen_ids(contract: Contract, operation: Operation) -> tuple[tuple[str, ...], ...]:
    """The text fields of a creating request in which the caller chooses the id of what is made."""
    return kept(contract, ("chosen", operation.id), lambda: _chosen_ids(contract, operation))


def _chosen_ids(contract: Contract, operation: Operation) -> tuple[tuple[str, ...], ...]:
    own = noun_of(operation)
    return tuple(
        path
        for path, field, inside in _scalars(_method(contract, operation).takes)
        if field.type == TEXT
        and not field.is_repeated
        and creates(operation)
        and own in _nouns(field.name, inside, own)
        and field.name != "name"
    )


def makers(contract: Contract, operation: Operation, need: Need) -> tuple[Maker, ...]:
    """The rpcs that give the id that a field of `operation` wants: those that make a thing before those that list."""
    return kept(contract, ("makers", operation.id, need), lambda: _ordered(contract, operation, need))


def _ordered(contract: Contract, operation: Operation, need: Need) -> tuple[Maker, ...]:
    found = list(_makers(contract, operation, need.noun))
    if need.path[-1] == "name":
        found = [maker for maker in found if maker.path[-1] == "name"]
    found.sort(key=lambda maker: maker.kind == "list")
    return tuple(found)


def reader(contract: Contract, operation: Operation) -> Operation | None:
    """The rpc that reads one thing of the noun of this one (`GetOrder` for `CreateOrder`); None where there is none."""
    own = noun_of(operation)
    readers = [
        other
        for other in contract.operations
        if other.method == "UNARY" and reads_one(other) and noun_of(other) == own and needs(contract, other)
    ]
    return next(iter(readers), None)


def _makers(contract: Contract, operation: Operation, noun: str) -> Iterator[Maker]:
    for other in contract.operations:
        if other.id == operation.id or other.method != "UNARY":
            continue
        method = _method(contract, other)
        if creates(other) and noun_of(other) in (noun, *_stems(noun)):
            path = id_in(method.gives, noun_of(other))
            if path is not None:
                yield Maker(other, "create", "answer", path)
            else:
                for sent in chosen_ids(contract, other):
                    yield Maker(other, "create", "request", sent)
        elif lists(other):
            yield from _listed(other, method, noun)


def _listed(other: Operation, method: Method, noun: str) -> Iterator[Maker]:
    for field in method.gives.fields:
        if not field.is_repeated or is_map(field):
            continue
        item = field.message_type
        if item is None:
            if field.type == TEXT and singular(flat(re.sub(r"_(ids|uuids)$", "", field.name))) == noun:
                yield Maker(other, "list", "answer", (field.name,))
        elif noun in (flat(item.name), singular(flat(field.name)), noun_of(other)):
            path = id_in(item, noun)
            if path is not None:
                yield Maker(other, "list", "answer", (field.name, *path))


def _stems(noun: str) -> Iterator[str]:
    """Shorter nouns that a longer one may speak of: `orderstatus` of an order."""
    yield from (noun[:length] for length in range(len(noun) - 1, 2, -1))


def _scalars(
    descriptor: Any, steps: tuple[str, ...] = (), above: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    """Every field that could hold an id: the path to it, itself, and the flat name of the message that it lies in."""
    for field in descriptor.fields:
        if is_map(field):
            continue
        inner = field.message_type
        if inner is None:
            if field.type == TEXT or field.type in NUMBERS:
                yield (*steps, field.name), field, flat(descriptor.name) if steps else ""
        elif (
            len(steps) < _WHOLE
            and not inner.full_name.startswith("google.protobuf.")
            and inner.full_name not in above
            and not (field.containing_oneof is not None and len(field.containing_oneof.fields) > 1)
        ):
            yield from _scalars(inner, (*steps, field.name), above | {descriptor.full_name})


def _lists_on(descriptor: Any, path: tuple[str, ...]) -> Iterator[int]:
    """The steps of a path, but for its last, that lead to lists."""
    for number, step in enumerate(path[:-1]):
        field = descriptor.fields_by_name[step]
        if field.is_repeated:
            yield number
        descriptor = field.message_type


def _nouns(name: str, inside: str, own: str) -> Iterator[str]:
    """The nouns whose id a field may hold, the likeliest first; none where it is no id."""
    if name in (*IDS, "ids", "name"):
        # In a message inside the request, `id` is that of what the message is.
        if not inside or inside == own or name != "name":
            yield inside or own
        return
    match = _BY_NAME.match(name)
    words = match["noun"].split("_") if match else []
    for first in range(len(words)):
        # An `owner_user_id` is that of a user.
        yield singular(flat("_".join(words[first:])))


def _method(contract: Contract, operation: Operation) -> Method:
    method = described(contract).method(operation.path)
    assert method is not None, f"{operation.path} is not in its own contract"
    return method


def _json_of(exchange: Exchange) -> Any:
    import json

    return json.loads(exchange.request.body)
