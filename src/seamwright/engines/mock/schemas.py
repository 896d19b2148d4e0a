"""Reads off a schema what resources are read from: its name, its members, what its items look like.

References stay as they are written in what is given back, because schemas are told apart by them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from seamwright.model.operation import Contract, Operation, Schema

__all__ = [
    "flat",
    "followed",
    "identity",
    "item_of",
    "members",
    "required",
    "scalar",
    "singular",
    "success_schema",
    "types",
]

_SAYS_LITTLE = {"type", "title", "description", "nullable", "example"}


def followed(contract: Contract, schema: Schema | None) -> Mapping[str, Any]:
    """The schema behind references, and behind an `allOf` of one; what cannot be followed is an empty schema."""
    return _followed(contract, schema)[0]


def identity(contract: Contract, schema: Schema | None) -> str | None:
    """What a schema is called: its last reference, or else all that it says; None where it says nothing."""
    target, ref = _followed(contract, schema)
    if ref:
        return ref
    return json.dumps(target, sort_keys=True, default=str) if target else None


def members(contract: Contract, schema: Schema | None) -> dict[str, Schema]:
    """The properties of an object, those of its combined schemas too; each as it is written.

    What several parts of an `allOf` say of one is joined.
    """
    found: dict[str, Schema] = {}
    for part, joined in _parts(contract, schema):
        named = part.get("properties")
        for name, child in named.items() if isinstance(named, Mapping) else ():
            if name not in found:
                found[name] = child
            elif joined:
                found[name] = _both(found[name], child)
    return found


def required(contract: Contract, schema: Schema | None) -> frozenset[str]:
    """The properties that an object must have, as far as it says so itself or through `allOf`."""
    lists = [part.get("required") for part, joined in _parts(contract, schema) if joined]
    return frozenset(str(name) for names in lists if isinstance(names, list) for name in names)


def types(contract: Contract, schema: Schema | None) -> frozenset[str]:
    """The types that a schema names itself or through combined schemas, or that its keywords speak of."""
    found: set[str] = set()
    for part, _ in _parts(contract, schema):
        told = part.get("type")
        if isinstance(told, str):
            found.add(told)
        elif isinstance(told, list):
            found.update(str(each) for each in told)
        elif "properties" in part or "additionalProperties" in part:
            found.add("object")
        elif "items" in part:
            found.add("array")
    return frozenset(found)


def scalar(contract: Contract, schema: Schema | None) -> bool:
    """Whether a schema allows a text, number or boolean, or does not say what it allows."""
    found = types(contract, schema)
    return not found or bool(found & {"string", "integer", "number", "boolean"})


def item_of(contract: Contract, schema: Schema | None) -> Schema | None:
    """What the items of an array look like; None where the schema is none."""
    found: Schema | None = None
    for part, joined in _parts(contract, schema):
        if isinstance(part.get("items"), Mapping) and (found is None or joined):
            found = part["items"] if not found else _both(found, part["items"])
        elif part.get("type") == "array" and found is None:
            found = {}
    return found


def success_schema(operation: Operation) -> Schema | None:
    """What an operation answers when all goes well, as JSON where it has a choice; None where it says nothing."""
    for status in sorted(operation.answers, key=lambda status: (status == "default", status)):
        content = operation.answers[status].content
        if (status.startswith("2") or status == "default") and content:
            chosen = next((media for media in content if "json" in media), next(iter(content)))
            schema = content[chosen].schema
            return schema if schema != {} else None
    return None


def flat(name: str) -> str:
    """A name without case and separators: `order_ID` is `orderid`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def singular(word: str) -> str:
    """What one of these is called."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word if word.endswith("ss") else word.removesuffix("s")


def _followed(contract: Contract, schema: Any) -> tuple[Mapping[str, Any], str]:
    ref = ""
    seen: set[str] = set()
    while isinstance(schema, Mapping):
        target = schema.get("$ref")
        joined = schema.get("allOf")
        if isinstance(target, str):
            if target in seen:
                return {}, ref
            seen.add(target)
            try:
                schema, ref = contract.resolve(target), target
            except KeyError:
                return {}, ref
        elif isinstance(joined, list) and len(joined) == 1 and "properties" not in schema:
            schema = joined[0]
        else:
            return schema, ref
    return {}, ref


def _parts(contract: Contract, schema: Schema | None) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """A schema and all that is combined with it, and whether every value must satisfy that part."""
    waiting: list[tuple[Any, bool]] = [(schema, True)]
    seen: set[int] = set()
    while waiting:
        written, joined = waiting.pop(0)
        node = followed(contract, written)
        if not node or id(node) in seen:
            continue
        seen.add(id(node))
        yield node, joined
        for keyword in ("allOf", "anyOf", "oneOf"):
            if isinstance(node.get(keyword), list):
                waiting += [(part, joined and keyword == "allOf") for part in node[keyword]]


def _both(first: Schema, second: Schema) -> Schema:
    """The schema of what satisfies both; one that says no more than a type gives way."""
    if not isinstance(first, Mapping) or first.keys() <= _SAYS_LITTLE or first == second:
        return second
    if not isinstance(second, Mapping) or second.keys() <= _SAYS_LITTLE:
        return first
    return {"allOf": [first, second]}
