"""Translates a contract's schemas into self-contained JSON Schema 2020-12, for one direction: request or response.

OpenAPI 3.0 and Swagger 2.0 use a dialect of their own (Wright draft 00, OpenAPI 3.0.3 section 4.7.24): `nullable`,
boolean `exclusiveMinimum`, siblings of `$ref` ignored. What is disputed there is read leniently, because a refutation
must not rest on a dispute about the specification's wording: `nullable: true` allows null wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import jsonschema_rs

from seamwright.contracts.schemas import LISTS, MAPS, SINGLES, TYPES, properties, resolved
from seamwright.model.operation import Contract, Schema

__all__ = ["ABSENT", "Direction", "translated"]

Direction = Literal["request", "response"]

ABSENT = {"response": "writeOnly", "request": "readOnly"}
"""The keyword that says that a property has no place in a direction."""

_COUNTS = frozenset({"maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"})
_NEWER = frozenset(
    {"const", "if", "then", "else", "contains", "minContains", "maxContains", "prefixItems", "propertyNames"}
    | {"patternProperties", "dependentSchemas", "dependentRequired", "unevaluatedItems", "unevaluatedProperties"}
    | {"$defs", "definitions", "contentSchema", "additionalItems"}
)
_PLAIN: dict[str, type] = {"uniqueItems": bool, "format": str}
_COMBINING = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not", "if", "const"})
_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


_BARE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
"""Names of components that need no escaping (OpenAPI 3.1, section 4.8.7)."""


def translated(contract: Contract, schema: Schema, direction: Direction) -> dict[str, Any] | bool:
    """Give the schema as a document of its own: each reference inlined once under `$defs`, recursion kept. What is
    behind a dot in a name there is the name of the component.

    In a response a `writeOnly` property is forbidden and never required, in a request a `readOnly` one. Keywords whose
    values are of the wrong type, unknown types and patterns that are no regular expression are left out.
    """
    return _Translation(contract, direction).document(schema)


class _Translation:
    def __init__(self, contract: Contract, direction: Direction) -> None:
        self.contract = contract
        self.old = contract.dialect != "3.1"
        self.absent = ABSENT[direction]
        self.defs: dict[str, Any] = {}
        self.names: dict[tuple[str, frozenset[str]], str] = {}
        self.waiting: list[tuple[str, str, frozenset[str]]] = []

    def document(self, schema: Schema) -> dict[str, Any] | bool:
        result = self.schema(schema, frozenset())
        if isinstance(result, bool):
            return result
        while self.waiting:  # a list and no recursion: a chain of references may be thousands long
            name, ref, dropped = self.waiting.pop()
            self.defs[name] = self.schema(self.contract.resolve(ref), dropped)
        return {**result, "$defs": self.defs} if self.defs else result

    def schema(self, schema: Any, dropped: frozenset[str]) -> dict[str, Any] | bool:
        """Translate one schema; `dropped` are properties that this direction must not have."""
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            return True
        dropped = dropped | self._dropped(schema)
        ref = schema.get("$ref")
        if isinstance(ref, str) and self.old:
            target: dict[str, Any] | bool = self._reference(ref, dropped)
        else:
            target = self._keywords(schema, dropped)
            if isinstance(ref, str):
                target["$ref"] = self._reference(ref, dropped)["$ref"]
        if self.old and schema.get("nullable") is True and isinstance(target, dict):
            return _with_null(target)
        return target

    def _reference(self, ref: str, dropped: frozenset[str]) -> dict[str, Any]:
        # What the object around it drops changes the meaning of a reference, so there is one definition for each.
        name = self.names.get((ref, dropped))
        if name is None:
            tail = ref.rpartition("/")[2]
            name = f"s{len(self.names)}" + (f".{tail}" if _BARE.fullmatch(tail) else "")
            self.names[ref, dropped] = name
            self.waiting.append((name, ref, dropped))
        return {"$ref": f"#/$defs/{name}"}

    def _dropped(self, schema: Mapping[str, Any]) -> frozenset[str]:
        if "properties" not in schema and "allOf" not in schema:
            return frozenset()
        found = properties(self.contract, schema)
        return frozenset(name for name, child in found.items() if child.get(self.absent) is True)

    def _keywords(self, schema: Mapping[str, Any], dropped: frozenset[str]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in schema.items():
            if self.old and key in _NEWER:
                continue
            if key in ("properties", "patternProperties") and isinstance(value, Mapping):
                result[key] = self._properties(key, value)
            elif key == "required" and isinstance(value, list):
                names = [name for name in value if isinstance(name, str) and name not in dropped]
                if names:
                    result[key] = list(dict.fromkeys(names))
            elif key in ("$defs", "definitions"):
                continue
            elif key in MAPS and isinstance(value, Mapping):
                result[key] = {name: self.schema(child, frozenset()) for name, child in value.items()}
            elif key in LISTS and isinstance(value, list) and value:
                result[key] = [self.schema(child, dropped) for child in value]
            elif key == "items" and isinstance(value, list):
                continue
            elif key in ("if", "then", "else") and isinstance(value, Mapping | bool):
                result[key] = self.schema(value, dropped)
            elif key in SINGLES and isinstance(value, Mapping | bool):
                result[key] = self.schema(value, frozenset())
            else:
                self._plain(key, value, result)
        self._bounds(schema, result)
        return result

    def _properties(self, key: str, value: Mapping[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, child in value.items():
            if key == "patternProperties" and not _usable(name):
                continue
            gone = resolved(self.contract, child).get(self.absent) is True
            # Never met; its title says why when the answer is judged.
            result[name] = {"not": {"title": self.absent}} if gone else self.schema(child, frozenset())
        return result

    def _plain(self, key: str, value: Any, result: dict[str, Any]) -> None:
        if key == "type":
            named = [t for t in (value if isinstance(value, list) else [value]) if isinstance(t, str) and t in TYPES]
            if named and (not self.old or isinstance(value, str)):
                result[key] = named if isinstance(value, list) else named[0]
        elif key == "enum" and isinstance(value, list) and value:
            result[key] = list(value)
        elif key == "pattern" and isinstance(value, str) and _usable(value):
            result[key] = value
        elif key in _COUNTS or key in ("minContains", "maxContains"):
            if _number(value) and value >= 0 and value == int(value):
                result[key] = int(value)
        elif key == "multipleOf":
            if _number(value) and value > 0:
                result[key] = value
        elif key == "const" or isinstance(value, _PLAIN.get(key, ())):
            result[key] = value
        elif key == "dependentRequired" and isinstance(value, Mapping):
            result[key] = dict(value)

    def _bounds(self, schema: Mapping[str, Any], result: dict[str, Any]) -> None:
        for key, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            bound, edge = schema.get(key), schema.get(exclusive)
            if _number(bound):
                result[exclusive if edge is True else key] = bound
            if _number(edge):
                result[exclusive] = edge
        limits = _RANGES.get(str(schema.get("format")))
        if limits and schema.get("type") in ("integer", "number"):
            result["minimum"] = max(limits[0], result.get("minimum", limits[0]))
            result["maximum"] = min(limits[1], result.get("maximum", limits[1]))


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    if _COMBINING & schema.keys():
        return {"anyOf": [schema, {"type": "null"}]}
    result = dict(schema)
    if "type" in result:
        result["type"] = [result["type"], "null"]
    if "enum" in result and None not in result["enum"]:
        result["enum"] = [*result["enum"], None]
    return result


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@lru_cache(maxsize=4096)
def _usable(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True
