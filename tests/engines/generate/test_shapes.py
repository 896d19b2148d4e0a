"""Objects and arrays: their required and optional members, their counts, and what they must contain."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from seamwright.engines.generate import compile_schema
from seamwright.engines.generate.shapes import free_schema


def unresolved(ref: str) -> Any:
    raise LookupError(ref)


def values(schema: dict[str, Any], count: int = 200) -> list[Any]:
    made = compile_schema(schema, resolve=unresolved)
    random = Random(1)
    found = [made.valid(random) for _ in range(count)]
    assert all(made.accepts(value) for value in found)
    return found


def test_required_members_always_and_optional_ones_at_times() -> None:
    number = {"type": "integer"}
    made = values({"type": "object", "required": ["a"], "properties": {"a": number, "b": number}})
    seen = Counter(name for value in made for name in value)
    assert seen["a"] == 200
    assert 40 < seen["b"] < 160


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "minProperties": 3, "maxProperties": 4},
        {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
        {"type": "object", "patternProperties": {"^x-[a-z]+$": {"type": "null"}}, "additionalProperties": False},
        {"type": "object", "propertyNames": {"pattern": "^[a-z]{3}$"}, "minProperties": 1},
        {"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}},
        {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "integer"}},
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"enum": [1, 2, 3]}},
        {"type": "array", "contains": {"const": 7}, "minContains": 2, "maxItems": 4},
        {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False},
    ],
)
def test_every_rule_about_members_is_kept(schema: dict[str, Any]) -> None:
    assert len({repr(value) for value in values(schema)}) > 1


def test_arrays_are_short_of_their_own_accord() -> None:
    assert max(len(value) for value in values({"type": "array", "items": {"type": "boolean"}})) < 12


def test_where_a_schema_says_nothing_a_scalar_stands() -> None:
    assert free_schema(True) == free_schema({}) != {}
    assert free_schema({"type": "null"}) == {"type": "null"}
    assert free_schema(False) is False
