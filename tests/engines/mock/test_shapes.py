"""Values brought into the form of a schema."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from seamwright.engines.mock.shapes import Shapes, Unsatisfiable
from tests.contracts.documents import contract

FOUND = contract(
    {},
    openapi="3.1.0",
    components={
        "schemas": {
            "Node": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"}},
            },
            "Cat": {
                "type": "object",
                "required": ["kind", "lives"],
                "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
            },
            "Dog": {
                "type": "object",
                "required": ["kind", "bark"],
                "properties": {"kind": {"const": "dog"}, "bark": {"type": "string"}},
            },
        }
    },
)
SHAPES = Shapes(FOUND)


def fit(schema: Any, value: Any) -> Any:
    found = SHAPES.fit(schema, value, Random(0))
    assert SHAPES.accepts(schema, found)
    return found


OBJECT = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "maxLength": 5},
        "secret": {"type": "string", "writeOnly": True},
        "on": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    },
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"id": 1, "name": "rex"}, {"id": 1, "name": "rex"}),
        ({"id": 1, "secret": "s", "extra": 1}, {"id": 1}),
        ({"id": 1, "name": "much too long"}, {"id": 1}),
        ({"id": "7", "on": "true"}, {"id": 7, "on": True}),
        ({"id": 1, "tags": ["a", "b", "c"]}, {"id": 1, "tags": ["a", "b"]}),
        ({"id": 1, "tags": "a"}, {"id": 1, "tags": ["a"]}),
        ({"id": 1, "name": None}, {"id": 1}),
    ],
)
def test_what_fits_is_kept(value: Any, expected: Any) -> None:
    assert fit(OBJECT, value) == expected


def test_what_must_be_there_is_made() -> None:
    made = fit(OBJECT, {"name": "rex"})
    assert made["name"] == "rex"
    assert isinstance(made["id"], int)
    assert isinstance(fit({"type": "string"}, {"a": 1}), str)
    assert len(fit({"type": "array", "minItems": 2, "items": {"type": "integer"}}, [5])) == 2


def test_the_alternative_that_is_meant_is_taken() -> None:
    either = {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}
    assert fit(either, {"kind": "dog", "bark": "wuff"}) == {"kind": "dog", "bark": "wuff"}
    assert fit(either, {"kind": "cat", "lives": 7}) == {"kind": "cat", "lives": 7}
    assert fit(either, {"lives": 7})["kind"] == "cat"


def test_maps_and_free_objects_keep_their_members() -> None:
    assert fit({"type": "object"}, {"a": {"b": [1]}}) == {"a": {"b": [1]}}
    ages = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert fit(ages, {"ann": 7, "bob": "old"}) == {"ann": 7}


def test_lists_lose_what_is_there_twice_where_it_may_not_be() -> None:
    assert fit({"type": "array", "uniqueItems": True, "items": {"type": "integer"}}, [1, 2, 1]) == [1, 2]


def test_schemas_that_hold_themselves() -> None:
    chain = {"name": "a", "next": {"name": "b", "next": {"name": "c"}}}
    assert fit({"$ref": "#/components/schemas/Node"}, chain) == chain


def test_members_that_lack_are_filled_in() -> None:
    full = SHAPES.filled(OBJECT, {"id": 1, "name": "rex"}, Random(0))
    assert full.keys() == {"id", "name", "on", "tags"}
    assert (full["id"], full["name"]) == (1, "rex")
    assert SHAPES.filled(OBJECT, {"id": 1}, Random(0), frozenset({"on"})).keys() == {"id", "on"}
    assert SHAPES.filled(OBJECT, "text", Random(0)) == "text"


def test_values_are_put_together_from_examples() -> None:
    schema = {
        "type": "object",
        "required": ["size"],
        "properties": {
            "name": {"type": "string", "examples": ["rex"]},
            "owner": {"type": "object", "properties": {"town": {"type": "string", "default": "Ulm"}, "x": {}}},
            "size": {"type": "integer", "examples": ["no number"]},
        },
    }
    made = SHAPES.exemplary(schema, Random(0))
    assert (made["name"], made["owner"]) == ("rex", {"town": "Ulm"})
    assert isinstance(made["size"], int)


def test_texts_are_read_as_the_schema_wants_them() -> None:
    assert SHAPES.read({"type": "integer"}, "7", Random(0)) == 7
    assert SHAPES.read({"type": "string"}, "7", Random(0)) == "7"
    assert SHAPES.read({"type": "boolean"}, "true", Random(0)) is True
    assert SHAPES.read({"type": "integer"}, "seven", Random(0)) == "seven"


def test_what_cannot_be_made_is_told() -> None:
    with pytest.raises(Unsatisfiable):
        SHAPES.make({"type": "string", "minLength": 2, "maxLength": 1}, Random(0))
    with pytest.raises(Unsatisfiable):
        SHAPES.fit({"not": {}}, 1, Random(0))
