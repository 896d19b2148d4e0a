"""Looks into schemas: their parts, and what an object looks like once references and combinations are followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seamwright.contracts.bundle import escaped
from seamwright.model.operation import Contract, Schema

__all__ = [
    "IN_PLACE",
    "LISTS",
    "MAPS",
    "SINGLES",
    "TYPES",
    "formats",
    "items",
    "member",
    "parts",
    "properties",
    "resolved",
    "types",
    "unknown_types",
]

TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})
"""The types of JSON Schema."""

SINGLES = frozenset(
    {"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"}
    | {"unevaluatedItems", "unevaluatedProperties", "contentSchema", "additionalItems"}
)
"""Keywords that hold one schema."""

LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords that hold a list of schemas."""

IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else"})
"""Keywords whose schemas hold for the very value that the schema around them holds for."""

MAPS = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
"""Keywords that hold schemas by name."""

_INSIDE = SINGLES | LISTS | MAPS


def parts(schema: Any, place: str) -> Iterator[tuple[Any, str]]:
    """Yield a schema and every schema written inside it, with places; references are not followed."""
    stack = [(schema, place)]
    while stack:
        node, here = stack.pop()
        if not isinstance(node, Mapping):
            continue
        yield node, here
        for key, value in node.items():
            if key not in _INSIDE:
                continue
            below = f"{here}/{key}"
            if isinstance(value, list):
                if key in LISTS or key == "items":
                    stack += [(child, f"{below}/{index}") for index, child in enumerate(value)]
            elif isinstance(value, Mapping):
                if key in SINGLES:
                    stack.append((value, below))
                elif key in MAPS:
                    stack += [(child, f"{below}/{escaped(name)}") for name, child in value.items()]


def resolved(contract: Contract, schema: Schema) -> Mapping[str, Any]:
    """Follow a schema's own reference to the end; what cannot be followed, or is a boolean, is an empty schema."""
    seen: set[str] = set()
    while isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str):
        ref = schema["$ref"]
        if ref in seen:
            return {}
        seen.add(ref)
        beside = {k: v for k, v in schema.items() if k != "$ref"} if contract.dialect == "3.1" else {}
        try:
            target = contract.resolve(ref)
        except KeyError:
            return beside
        schema = {**target, **beside} if beside and isinstance(target, Mapping) else target
    return schema if isinstance(schema, Mapping) else {}


def types(contract: Contract, schema: Schema) -> frozenset[str]:
    """The JSON types that a schema names itself, or through `allOf`, `anyOf` and `oneOf`; empty when it names none."""
    found: set[str] = set()
    for branch in _branches(contract, schema, ("allOf", "anyOf", "oneOf")):
        named = branch.get("type")
        if isinstance(named, str):
            found.add(named)
        elif isinstance(named, list):
            found.update(t for t in named if isinstance(t, str))
        elif "properties" in branch:
            found.add("object")
    return frozenset(found)


def formats(contract: Contract, schema: Schema) -> frozenset[str]:
    """The formats that a schema names itself, or through `allOf`, `anyOf` and `oneOf`."""
    branches = _branches(contract, schema, ("allOf", "anyOf", "oneOf"))
    return frozenset(branch["format"] for branch in branches if isinstance(branch.get("format"), str))


def unknown_types(schema: Mapping[str, Any]) -> list[Any]:
    """What a schema gives as its type and is none."""
    told = schema.get("type", [])
    return [
        name for name in (told if isinstance(told, list) else [told]) if not isinstance(name, str) or name not in TYPES
    ]


def properties(contract: Contract, schema: Schema, *, certain: bool = True) -> dict[str, Mapping[str, Any]]:
    """The properties of an object schema by name, references and `allOf` followed.

    With `certain` False also those of the branches of `anyOf` and `oneOf`, which an object may or may not have.
    """
    combining = ("allOf",) if certain else ("allOf", "anyOf", "oneOf")
    result: dict[str, Mapping[str, Any]] = {}
    for branch in _branches(contract, schema, combining):
        named = branch.get("properties")
        if isinstance(named, Mapping):
            for name, child in named.items():
                result.setdefault(name, resolved(contract, child))
    return result


def member(contract: Contract, schema: Schema, name: str) -> Mapping[str, Any]:
    """What one member of an object looks like: a property, or any of those that have no name in the schema.

    An empty schema where nothing is said of it. Branches of `anyOf` and `oneOf` are looked through too.
    """
    named = properties(contract, schema, certain=False)
    if name in named:
        return named[name]
    for branch in _branches(contract, schema, ("allOf", "anyOf", "oneOf")):
        others = branch.get("additionalProperties")
        if isinstance(others, Mapping):
            return resolved(contract, others)
    return {}


def items(contract: Contract, schema: Schema) -> Mapping[str, Any] | None:
    """What an array's items look like; None where the schema is no array."""
    for branch in _branches(contract, schema, ("allOf", "anyOf", "oneOf")):
        if isinstance(branch.get("items"), Mapping):
            return resolved(contract, branch["items"])
        if branch.get("type") == "array":
            return {}
    return None


def _branches(contract: Contract, schema: Schema, combining: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    stack: list[Any] = [schema]
    seen: set[int] = set()
    while stack:
        node = stack.pop(0)
        node = resolved(contract, node) if isinstance(node, Mapping) else {}
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        for keyword in combining:
            branches = node.get(keyword)
            if isinstance(branches, list):
                stack += branches
