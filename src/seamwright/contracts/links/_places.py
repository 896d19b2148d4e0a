"""Finds where in an answer, or in a body that was sent, the id of an object stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from seamwright.contracts.links._names import IDENTIFIERS, flat, singulars
from seamwright.contracts.media import is_json
from seamwright.contracts.schemas import items, properties, resolved, types
from seamwright.model.operation import Contract, Operation, Schema

__all__ = ["Place", "escaped", "fits", "identity_place", "item_of", "named_place", "sent_place", "success_schema"]

Place = tuple[Literal["body", "header", "request"], str]


def success_schema(contract: Contract, operation: Operation) -> Schema | None:
    """The schema of the JSON that an operation answers in its success class; None where it declares none."""
    for status in sorted(operation.answers):
        if not status.startswith("2"):
            continue
        for key, media in operation.answers[status].content.items():
            if is_json(key) or key.startswith("*"):
                return media.schema
    return None


def named_place(contract: Contract, schema: Schema | None, name: str, wanted: Schema) -> Place | None:
    """A property of the parameter's name, at the top or one object below it."""
    return _pick(contract, schema, {flat(name)}, wanted)


def identity_place(
    contract: Contract, schema: Schema | None, name: str, collection: str, wanted: Schema
) -> Place | None:
    """The property `id` (or `uuid`, `key` …) that a parameter such as `orderId` of `/orders/{orderId}` means."""
    for names in likely_names(name, collection):
        place = _pick(contract, schema, set(names), wanted)
        if place:
            return place
    return None


def likely_names(name: str, collection: str) -> Iterator[tuple[str, ...]]:
    """What a property may be called that a parameter of a collection means, the likeliest first."""
    things = singulars(flat(collection.rpartition("/")[2]))
    spelt = flat(name)
    for word in IDENTIFIERS:
        if spelt == "username" and word == "name":
            continue  # the name of a person is not the name of an account
        own = tuple(f"{thing}{word}" for thing in things)
        if spelt in (word, *own) or (word == "id" and (spelt.endswith(("id", "uuid")) or spelt in things)):
            yield word, *own


def item_of(contract: Contract, answered: Schema | None) -> tuple[Schema, str] | None:
    """What an item of a listing looks like, and the JSON pointer of the array; None where there is no single array."""
    if answered is None:
        return None
    item = items(contract, answered)
    if item is not None:
        return item, ""
    arrays = {
        key: found
        for key, child in properties(contract, answered).items()
        if (found := items(contract, child)) is not None
    }
    if len(arrays) != 1:
        return None
    [(key, item)] = arrays.items()
    return item, f"/{escaped(key)}"


def sent_place(contract: Contract, other: Operation, name: str, wanted: Schema) -> Place | None:
    """A property of the creating body that has the parameter's name: the client chooses the id."""
    for key, media in (other.body.content if other.body else {}).items():
        if is_json(key):
            for field, child in properties(contract, media.schema).items():
                if flat(field) == flat(name) and fits(contract, child, wanted):
                    return "request", f"/{escaped(field)}"
    return None


def fits(contract: Contract, schema: Schema, wanted: Schema) -> bool:
    """Whether a value of one schema can be written in a place of another, where values travel as text."""
    has, wants = types(contract, schema) - {"null"}, types(contract, wanted) - {"null"}
    if has & {"object", "array"}:
        return False
    patterns = {pattern for each in (schema, wanted) if (pattern := resolved(contract, each).get("pattern"))}
    if len(patterns) > 1:
        return False  # Ids whose patterns differ are ids of different things.
    # A path is text, so a text parameter takes anything; a number needs one.
    return not has or not wants or "string" in wants or bool(has & wants) or {"integer", "number"} == has | wants


def escaped(token: str) -> str:
    """A token of a JSON pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")


def _pick(contract: Contract, schema: Schema | None, names: Collection[str], wanted: Schema) -> Place | None:
    if schema is None:
        return None
    top = properties(contract, schema, certain=False)
    for key, child in top.items():
        if flat(key) in names and fits(contract, child, wanted):
            return "body", f"/{escaped(key)}"
    for key, child in top.items():
        for inner, below in properties(contract, child).items():
            if flat(inner) in names and fits(contract, below, wanted):
                return "body", f"/{escaped(key)}/{escaped(inner)}"
    return None
