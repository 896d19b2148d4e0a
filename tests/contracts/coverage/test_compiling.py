"""Schemas become spots: every place with its keywords, recursion and alternatives bounded."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.coverage.compiling import compiled, reader
from seamwright.contracts.coverage.points import Universe
from tests.contracts.documents import contract


def names(document: Any, most: int = 500, **how: Any) -> set[str]:
    universe = Universe(most)
    compiled(universe, document, "body", **how)
    return {f"{points.place} {points.keyword}" for points in universe}


def test_places_are_pointers_with_a_star_for_any_item_or_other_property() -> None:
    document = {
        "type": "object",
        "properties": {
            "a/b~": {"type": "array", "prefixItems": [{"minimum": 1}], "items": {"type": "object", "required": ["x"]}}
        },
        "additionalProperties": {"maxLength": 3},
        "patternProperties": {"^p": {"maximum": 3}},
    }
    assert names(document) == {
        "body type",
        "body/a~1b~0 optional",
        "body/a~1b~0 type",
        "body/a~1b~0/0 minimum",
        "body/a~1b~0/* type",
        "body/a~1b~0/*/x required",
        "body/* maxLength",
        "body/* maximum",
    }


def test_a_reference_is_followed_once_on_each_path() -> None:
    node = {"type": "object", "properties": {"n": {"minimum": 1}, "left": {"$ref": "#/$defs/s0"}}}
    document = {"$ref": "#/$defs/s0", "$defs": {"s0": node}}
    assert names(document) == {"body type", "body/n optional", "body/n minimum", "body/left optional", "body/left type"}
    twice = {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/s0"}, "b": {"$ref": "#/$defs/s0"}},
        "$defs": {"s0": node},
    }
    assert {"body/a/n minimum", "body/b/n minimum"} <= names(twice)


def test_what_unfolds_without_end_is_cut_and_told() -> None:
    refs = [{"$ref": f"#/$defs/s{n}"} for n in range(12)]
    defs = {
        f"s{n}": {"type": "object", "properties": {f"p{m}": ref for m, ref in enumerate(refs)}, "anyOf": refs}
        for n in range(12)
    }
    universe = Universe(300)
    compiled(universe, {"$ref": "#/$defs/s0", "$defs": defs}, "body")
    assert universe.clipped
    assert -60 < universe.room <= 300


def test_a_small_schema_is_not_cut() -> None:
    universe = Universe(10)
    compiled(universe, {"type": "object", "properties": {"a": {"type": "string"}}}, "body")
    assert not universe.clipped


@pytest.mark.parametrize("document", [True, False, {}, {"items": False}, {"type": list("x")}, {"$ref": "#/$defs/no"}])
def test_odd_schemas_have_few_points_and_break_nothing(document: Any) -> None:
    assert len(names(document)) <= 1


def test_fields_of_a_form_travel_as_text() -> None:
    document = {"type": "object", "properties": {"n": {"type": "integer"}, "s": {"type": "string"}}}
    universe = Universe(50)
    spot = compiled(universe, document, "body", form=True)
    assert {p.keyword: set(p.wanted) for p in universe if p.place == "body/s"}["type"] == {"string"}
    hits: Any = []
    spot.walk({"n": "7"}, hits)
    assert ("body/n", "integer") in {(points.place, aspect) for points, aspect, _ in hits}


def test_texts_stand_for_values_by_the_types_that_are_allowed() -> None:
    found = contract({"/": {"get": {"responses": {}}}})

    def read(schema: Any, text: Any) -> Any:
        made = reader(found, schema, schema)
        return text if made is None else made(text)

    assert read({"type": "string"}, "7") == "7"
    assert read({"type": "integer"}, "7") == 7
    assert read({"type": "integer"}, "7.5") == "7.5"
    assert read({"type": "number"}, "7.5") == 7.5
    assert read({"type": "boolean"}, "true") is True
    assert read({"type": ["integer", "null"]}, "07") == "07"
    assert read({"type": "integer"}, 7) == 7
    assert read({"type": "array", "items": {"type": "integer"}}, "1,2") == [1, 2]
    assert read({"type": "integer"}, "9" * 5000) == "9" * 5000
