"""Says what each rpc does to the things that a contract is about: makes one, reads, lists, changes or ends one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from seamwright.contracts.protobuf.links import chosen_ids, needs
from seamwright.contracts.protobuf.naming import creates, flat, id_in, lists, noun_of, verb_of
from seamwright.contracts.protobuf.operations import reads
from seamwright.model.operation import Contract, Operation
from seamwright.wire.protobuf import described, is_map

__all__ = ["Part", "Role", "part_of"]

Role = Literal["create", "get", "list", "update", "delete", "act", "other"]

_DELETING = re.compile(r"^(?:Delete|Remove|Destroy|Drop|Purge)(?![a-z])")
_CHANGING = re.compile(r"^(?:Update|Patch|Modify|Set|Edit|Replace|Change|Rename|Upsert)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Part:
    """What an rpc does. Paths are names of fields.

    `key` leads to the id in the request (None where it names none), `body` to the message in the request that describes
    the thing, `thing` to the thing, or the list of things, in the answer (None where it shows none); `id_name` is the
    field of a thing that holds its id.
    """

    role: Role
    noun: str
    key: tuple[str, ...] | None
    body: tuple[str, ...]
    thing: tuple[str, ...] | None
    id_name: str


def part_of(contract: Contract, operation: Operation) -> Part:
    """What an rpc does, by its name and its messages; `other` where they do not tell."""
    method = described(contract).method(operation.path)
    assert method is not None, f"{operation.path} is not in its own contract"
    noun = noun_of(operation)
    many = operation.method == "CLIENT_STREAM" or (lists(operation) and not method.gives_stream)
    shown = (_listed(method.gives, noun) if many else None) or _thing(method.gives, noun)
    thing, message = shown if shown is not None else (None, None)
    own = [need.path for need in needs(contract, operation) if need.noun in (noun, *_stems(noun))]
    key = next(iter(chosen_ids(contract, operation) if creates(operation) else own), None)
    id_path = id_in(message, noun) if message is not None else None
    id_name = id_path[-1] if id_path else (key[-1] if key else "")
    body = _described(method.takes, message)
    role = _role(operation, key, thing, id_name)
    known = noun if role in ("create", "list") else _known(contract, noun)
    if role == "get" and known != noun:
        role = "act"  # The status of an order is shown, and not the order.
    return Part(role, known, key, body, thing, id_name)


def _role(operation: Operation, key: tuple[str, ...] | None, thing: tuple[str, ...] | None, id_name: str) -> Role:
    name = verb_of(operation)
    if creates(operation) and id_name and (thing is not None or key is not None):
        return "create"
    if lists(operation) and thing:
        return "list"
    if key is None:
        return "other"
    if _DELETING.match(name):
        return "delete"
    if _CHANGING.match(name):
        return "update"
    return "get" if reads(operation) and thing is not None else "act"


def _known(contract: Contract, noun: str) -> str:
    """The noun of the things that an rpc acts on: its own, or that of which it is a longer form."""
    made = {noun_of(operation) for operation in contract.operations if creates(operation)}
    return next((each for each in (noun, *_stems(noun)) if each in made), noun)


def _stems(noun: str) -> Iterator[str]:
    yield from (noun[:length] for length in range(len(noun) - 1, 2, -1))


def _thing(descriptor: Any, noun: str) -> tuple[tuple[str, ...], Any] | None:
    """The message in an answer that is the thing: the whole of it, or one of its fields."""
    for field in descriptor.fields:
        inner = field.message_type
        if inner is not None and not field.is_repeated and noun in (flat(inner.name), flat(field.name)):
            return (field.name,), inner
    whole = flat(descriptor.name) == noun or id_in(descriptor, noun) is not None
    return ((), descriptor) if whole else None


def _listed(descriptor: Any, noun: str) -> tuple[tuple[str, ...], Any] | None:
    lists_of = [f for f in descriptor.fields if f.is_repeated and f.message_type is not None and not is_map(f)]
    found = next((f for f in lists_of if id_in(f.message_type, noun) is not None), None)
    return None if found is None else ((found.name,), found.message_type)


def _described(descriptor: Any, message: Any) -> tuple[str, ...]:
    """Where a request holds the thing itself; nowhere means that its own fields describe it."""
    for field in descriptor.fields:
        inner = field.message_type
        if message is not None and inner is not None and not field.is_repeated and inner.full_name == message.full_name:
            return (str(field.name),)
    return ()
