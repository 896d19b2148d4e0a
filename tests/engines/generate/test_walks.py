"""Walks over a schema: each value at one limit or broken at one place, and what could not be is told."""

from __future__ import annotations

from random import Random
from typing import Any

import jsonschema_rs
import pytest

from seamwright.engines.generate import compile_schema
from seamwright.engines.generate.walks import ITEMS_CAP, Breaks

SCHEMA = {
    "type": "object",
    "required": ["n", "lines"],
    "properties": {
        "n": {"type": "integer", "minimum": 1, "maximum": 9},
        "lines": {"type": "array", "minItems": 1, "items": {"type": "object", "properties": {"q": {"minimum": 0}}}},
    },
}


def unresolved(ref: str) -> Any:
    raise LookupError(ref)


def test_a_broken_value_is_broken_at_one_place_for_one_keyword() -> None:
    made = compile_schema(SCHEMA, resolve=unresolved)
    breaks = Breaks(lambda: SCHEMA)
    found = list(made.invalid(Random(1)))

    for broken in found:
        # What is missing is told at its own place, and found by the validator at the object around it.
        place = broken.place.rpartition("/")[0] if broken.keyword == "required" else broken.place
        assert breaks.only(broken.value, broken.keyword, place) == "", broken
    assert {("minimum", "/n"), ("maximum", "/n"), ("required", "/lines"), ("minItems", "/lines")} <= {
        (broken.keyword, broken.place) for broken in found
    }


def test_limits_are_valid_and_the_outermost_places_come_first() -> None:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA)
    edges = list(compile_schema(SCHEMA, resolve=unresolved).boundary(Random(1)))
    assert all(validator.is_valid(edge.value) for edge in edges)
    assert {edge.value["n"] for edge in edges if edge.place == "/n"} >= {1, 9}
    depths = [edge.place.count("/") for edge in edges]
    assert depths == sorted(depths)


def test_a_limit_too_large_to_send_is_capped_and_told_as_a_gap() -> None:
    schema = {"type": "array", "items": {"type": "null"}, "maxItems": 10**9}
    made = compile_schema(schema, resolve=unresolved)
    edges = list(made.boundary(Random(1)))
    assert [(gap.place, gap.keyword) for gap in made.gaps] == [("", "maxItems")]
    assert max(len(edge.value) for edge in edges) <= ITEMS_CAP
    assert any(edge.limit == "capped" for edge in edges)


@pytest.mark.parametrize(
    ("value", "keyword", "place", "told"),
    [
        ({"n": 0, "lines": [{}]}, "minimum", "/n", ""),
        ({"n": 1, "lines": [{}]}, "minimum", "/n", "the schema still allows the value"),
        ({"n": 0, "lines": []}, "minimum", "/n", "it cannot be broken without breaking minItems at '/lines' too"),
    ],
)
def test_what_a_value_breaks_is_asked_of_the_validator(value: Any, keyword: str, place: str, told: str) -> None:
    assert Breaks(lambda: SCHEMA).only(value, keyword, place) == told
