"""Finds where the ids of a path come from: which operation makes or lists the object that a path names.

The order of trust: the contract's own `links` (OpenAPI 3.1, link object); the POST on the collection that the path
goes through; a POST or PUT elsewhere that answers a property of the parameter's very name, or whose path is the
collection that the name speaks of; the sign-up, where the collection is one of accounts; and last the operation that
lists a collection, for places where nothing may be created.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.kept import kept
from seamwright.contracts.links._links import linked
from seamwright.contracts.links._names import below, collection_word, flat, generic, nouns, shape, singulars, speaks_of
from seamwright.contracts.links._places import (
    Place,
    fits,
    identity_place,
    item_of,
    likely_names,
    named_place,
    sent_place,
    success_schema,
)
from seamwright.contracts.links.sources import Producer, Source
from seamwright.contracts.schemas import items, properties, resolved, types
from seamwright.model.accounts import ACCOUNTS, signs_up
from seamwright.model.operation import Contract, Operation, Schema

__all__ = ["listed_at", "path_parameters", "producers", "silent"]

# What takes the name of an object in its body and makes none.
_NO_CREATION = re.compile(
    r"/(log-?(in|out)|sign-?(in|out)|auth\w*|token|sessions?|verify|check|search)/?$", re.IGNORECASE
)


def producers(contract: Contract, operation: Operation) -> tuple[Producer, ...]:
    """Who gives the values of this operation's path parameters: parents first, and for each the best first.

    A producer that has path parameters itself needs those of the producers before it, under the names of its own
    path in the same order. Empty where the path has no parameters, or nothing gives them.
    """
    return kept(contract, ("producers", operation.id), lambda: tuple(_producers(contract, operation)))


def _producers(contract: Contract, operation: Operation) -> Iterator[Producer]:
    for position, name in enumerate(path_parameters(operation.path)):
        seen: set[tuple[str, str]] = set()
        for producer in _of_parameter(contract, operation, position, name):
            key = (producer.operation.id, producer.kind)
            if key not in seen:
                seen.add(key)
                yield producer


def path_parameters(path: str) -> tuple[str, ...]:
    """The names of a path's parameters, from left to right."""
    return tuple(re.findall(r"{([^{}]+)}", path))


def silent(contract: Contract, schema: Schema | None) -> bool:
    """Whether a contract tells nothing of what an answer holds: no schema at all, or an object without properties."""
    if schema is None:
        return True
    if items(contract, schema) is not None or properties(contract, schema, certain=False):
        return False
    return types(contract, schema) <= {"object"}


def listed_at(contract: Contract, other: Operation, name: str, collection: str, wanted: Schema) -> Source | None:
    """Where a listing tells the ids of what it lists, for a parameter of this name; None where it does not."""
    found = item_of(contract, success_schema(contract, other))
    if found is None:
        return None
    item, array = found
    if types(contract, item) and not types(contract, item) & {"object"}:
        return Source("body", f"{array}/0", array=array) if fits(contract, item, wanted) else None
    place = named_place(contract, item, name, wanted) or identity_place(contract, item, name, collection, wanted)
    return Source("body", f"{array}/0{place[1]}", array=array) if place else None


def _of_parameter(contract: Contract, operation: Operation, position: int, name: str) -> Iterator[Producer]:
    before = _before(operation.path, position)
    collection = before.rstrip("/")
    wanted = next((p.schema for p in operation.at("path") if p.name == name), True)
    links = [Producer(o, {name: s}, "list" if o.safe else "create") for o, s in linked(contract, operation, name)]
    yield from (p for p in links if p.kind == "create")
    parents = set(path_parameters(before))
    others = [o for o in contract.operations if o.id != operation.id]
    elsewhere = [o for o in others if set(path_parameters(o.path)) <= parents]
    here = [o for o in others if shape(o.path) == shape(collection)]
    for other in here:
        source = _created(contract, other, name, collection, wanted) if other.method == "POST" else None
        if source:
            yield Producer(other, {name: source}, "create")
    for other in elsewhere:
        place = _by_very_name(contract, other, name, collection, wanted)
        if place:
            yield Producer(other, {name: Source(*place)}, "create")
    meant = [o for o in elsewhere if any(speaks_of(o.path, noun) for noun in nouns(name)[:1])]
    for other in meant:
        answered = success_schema(contract, other) if other.method == "POST" else None
        place = identity_place(contract, answered, name, other.path.rstrip("/"), wanted)
        if place:
            yield Producer(other, {name: Source(*place)}, "create")
    for other in elsewhere:
        if signs_up(other) and _of_accounts(collection, name):
            place = identity_place(contract, success_schema(contract, other), name, collection, wanted)
            if place:
                yield Producer(other, {name: Source(*place)}, "create")
    yield from (p for p in links if p.kind == "list")
    for other in [*here, *meant]:
        listed = listed_at(contract, other, name, other.path.rstrip("/"), wanted) if other.method == "GET" else None
        if listed:
            yield Producer(other, {name: listed}, "list")


def _by_very_name(contract: Contract, other: Operation, name: str, collection: str, wanted: Schema) -> Place | None:
    """What an operation elsewhere answers under the parameter's very name: everything has an `id`.

    An answer may repeat what was sent: a payment that names its order has not made the order.
    """
    if other.method not in ("POST", "PUT") or generic(name):
        return None
    sent = sent_place(contract, other, name, wanted)
    near = below(other.path, collection)
    place = named_place(contract, success_schema(contract, other), name, wanted) if near or sent is None else None
    return place or (sent if near and not _NO_CREATION.search(other.path) else None)


def _of_accounts(collection: str, name: str) -> bool:
    """Whether what a parameter names is an account: `/users/{id}`, `/profiles/of/{userId}`."""
    return bool({*singulars(collection_word(collection)), *nouns(name)[:1]} & ACCOUNTS)


def _created(contract: Contract, other: Operation, name: str, collection: str, wanted: Schema) -> Source | None:
    """Where a POST on the collection tells the id of what it made."""
    answered = success_schema(contract, other)
    place = named_place(contract, answered, name, wanted)
    place = place or identity_place(contract, answered, name, collection, wanted)
    if place:
        return Source(*place)
    told = [a for status, a in other.answers.items() if status.startswith("2")]
    if any(header.lower() == "location" for answer in told for header in answer.headers):
        return Source("header", "location")
    elsewhere = _elsewhere(contract, other, name, wanted)
    if silent(contract, answered) or _open(contract, answered):
        names = [flat(name), *(word for likely in likely_names(name, collection) for word in likely)]
        return Source("named", "|".join(dict.fromkeys(names)), elsewhere)
    return elsewhere


def _open(contract: Contract, answered: Schema | None) -> bool:
    """Whether a contract says that an answer, or an object in it, holds members that it does not name."""
    top = {} if answered is None else properties(contract, answered, certain=False)
    shown = [resolved(contract, schema) for schema in (answered, *top.values()) if schema is not None]
    return any(schema.get("additionalProperties", False) is not False for schema in shown)


def _elsewhere(contract: Contract, other: Operation, name: str, wanted: Schema) -> Source | None:
    """Where a POST tells the id of what it made when nothing that its answer declares does."""
    sent = sent_place(contract, other, name, wanted)
    if sent:
        return Source(*sent)
    # RFC 9110, section 15.3.2: a 201 tells what it made by Location, declared or not.
    return Source("header", "location") if "201" in other.answers else None


def _before(path: str, position: int) -> str:
    """The path before its n-th parameter."""
    return path[: list(re.finditer(r"{[^{}]+}", path))[position].start()]
