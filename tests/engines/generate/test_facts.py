"""Joining schemas, and telling which unions need the validator."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.generate.dialect import Schema
from seamwright.engines.generate.facts import alternatives, canonical, conjoin, needs_check


def _nothing(ref: str) -> Schema:
    raise LookupError(ref)


def test_canonical_text_is_equal_exactly_when_json_schema_says_so() -> None:
    assert canonical({"a": 1.0, "b": [True]}) == canonical({"b": [True], "a": 1})
    assert len({canonical(value) for value in (1, True, "1", None, [1], 1.5)}) == 6


def test_conjoin_flattens_and_forgets_doubles() -> None:
    one: Schema = {"type": ["string"]}
    other: Schema = {"maxLength": 3}
    assert conjoin(True, one) == one
    assert conjoin(one, one) == one
    assert conjoin(conjoin(one, other), one) == {"allOf": [one, other]}
    assert conjoin(one, False) is False


def test_a_closed_schema_closes_what_is_joined_to_it() -> None:
    schema: Schema = {
        "allOf": [
            {"type": ["object"], "properties": {"a": {"type": ["integer"]}}, "additionalProperties": False},
            {"properties": {"a": {"minimum": 1}, "b": {}}},
        ]
    }
    [facts] = alternatives(schema, _nothing, [])
    assert facts.properties["b"] is False
    assert facts.properties["a"] == {"allOf": [{"type": ["integer"]}, {"minimum": 1}]}


def test_alternatives_multiply_and_the_impossible_fall_away() -> None:
    schema: Schema = {"type": ["string"], "anyOf": [{"type": ["integer"]}, {"maxLength": 2}, {"minLength": 5}]}
    problems: list[tuple[str, str]] = []
    assert next((each.min_length, each.max_length) for each in alternatives(schema, _nothing, problems)) == (0, 2)
    assert problems[0][0] == "allOf"


@pytest.mark.parametrize(
    ("schema", "needed"),
    [
        ({"oneOf": [{"type": ["string"]}, {"type": ["integer"]}]}, False),
        ({"oneOf": [{"type": ["number"]}, {"type": ["integer"]}]}, True),
        ({"oneOf": [{"enum": [1, 2]}, {"enum": [3]}]}, False),
        ({"not": {"enum": [1]}}, True),
        ({"anyOf": [{"not": {}}]}, True),
        ({"type": ["object"], "properties": {"a": {"not": {}}}}, False),
    ],
)
def test_only_unions_that_overlap_need_a_check(schema: dict[str, Any], needed: bool) -> None:
    assert needs_check(schema, _nothing) is needed
