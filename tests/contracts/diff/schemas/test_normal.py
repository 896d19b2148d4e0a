"""What may be written in several ways is written in one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from seamwright.contracts.diff.schemas.normal import Schemas, constrains, written
from seamwright.contracts.diff.schemas.shape import NEVER, Shape
from tests.contracts.diff.versions import operation, shop


def _shape(schema: Any, *, openapi: str = "3.1.0", **schemas: Any) -> Shape:
    known = Schemas(shop(operation(), openapi=openapi, components={"schemas": schemas}))
    return known.shape(known.part(schema))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"]},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"oneOf": [{"type": "null"}, {"type": "string"}]},
        {"oneOf": [{"enum": [None]}, {"type": "string"}]},
        {"type": "string", "nullable": True},
        {"allOf": [{"type": "string"}], "nullable": True},
    ],
)
def test_null_is_one_thing(schema: Any) -> None:
    shape = _shape(schema)
    assert (shape.types, shape.null, shape.unions) == (frozenset({"string"}), True, [])


@pytest.mark.parametrize(
    ("schema", "null"),
    [
        ({}, True),
        ({"type": "string"}, False),
        ({"type": ["string", "null"], "enum": ["a"]}, False),
        ({"type": ["string", "null"], "enum": ["a", None]}, True),
        ({"enum": ["a"]}, False),
        ({"allOf": [{"type": ["string", "null"]}, {"type": "string"}]}, False),
        ({"oneOf": [{"type": "object"}, {"type": ["string", "null"], "format": "x"}]}, True),
        ({"oneOf": [{"type": "object"}, {"type": "string", "format": "x"}]}, False),
    ],
)
def test_where_null_is_allowed(schema: Any, null: bool) -> None:
    assert _shape(schema).null is null


def test_nullable_with_an_enum_is_meant_in_3_0() -> None:
    assert _shape({"type": "string", "nullable": True, "enum": ["a"]}, openapi="3.0.3").null


def test_all_of_is_one_schema() -> None:
    base = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "minProperties": 1}
    own = {"properties": {"a": {"maxLength": 3}, "b": {}}, "required": ["b"], "minProperties": 2}
    shape = _shape({"allOf": [{"$ref": "#/components/schemas/Base"}, own], "title": "Both"}, Base=base)
    assert shape.types == frozenset({"object"})
    assert shape.required == frozenset({"a", "b"})
    assert shape.properties["a"] == ({"type": "string"}, {"maxLength": 3})
    assert shape.limits == {"minProperties": 2}
    assert [member.label for member in shape.members] == ["Base", "object with a, b"]


def test_an_all_of_that_contains_itself_ends() -> None:
    loop = {"allOf": [{"$ref": "#/components/schemas/Loop"}, {"type": "string"}]}
    assert _shape({"$ref": "#/components/schemas/Loop"}, Loop=loop).types == frozenset({"string"})


def test_a_reference_to_itself_allows_everything() -> None:
    document = {"components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}}}}
    known = Schemas(replace(shop(operation()), document=document))
    assert known.shape(known.part({"$ref": "#/components/schemas/A"})).open


def test_a_choice_of_one_is_no_choice() -> None:
    assert _shape({"oneOf": [{"type": "string", "format": "date"}]}).format == "date"


def test_a_choice_of_plain_types_is_a_list_of_types() -> None:
    shape = _shape({"anyOf": [{"type": "string", "description": "text"}, {"type": "integer"}]})
    assert (shape.types, shape.listed, shape.unions) == (frozenset({"string", "integer"}), True, [])


def test_a_choice_with_anything_in_it_is_no_constraint() -> None:
    assert _shape({"anyOf": [{"title": "whatever"}, {"type": "string", "format": "date"}]}).unions == []


@pytest.mark.parametrize(
    ("schema", "limits"),
    [
        ({"minimum": 5, "exclusiveMinimum": True}, {"exclusiveMinimum": 5}),
        ({"exclusiveMinimum": 5}, {"exclusiveMinimum": 5}),
        ({"maximum": 5, "exclusiveMaximum": False}, {"maximum": 5}),
        ({"minLength": 0, "minItems": 0, "minContains": 1}, {}),
        ({"allOf": [{"maximum": 9}, {"maximum": 7}]}, {"maximum": 7}),
    ],
)
def test_bounds(schema: Any, limits: dict[str, float]) -> None:
    assert _shape(schema).limits == limits


def test_values() -> None:
    assert _shape({"const": "a"}).values == {'"a"': "a"}
    assert _shape({"enum": ["a", 1, None]}).types == frozenset({"string", "integer"})
    assert _shape({"type": "boolean", "enum": [True, False]}).values is None
    assert _shape({"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}).values == {'"b"': "b"}
    assert written(1.0) == written(1)
    assert written(True) != written(1)
    assert written({"b": 1, "a": 2}) == written({"a": 2, "b": 1})


def test_what_stands_beside_a_reference_counts_in_3_1_only() -> None:
    beside = {"$ref": "#/components/schemas/A", "maxLength": 3}
    assert _shape(beside, A={"type": "string"}).limits == {"maxLength": 3}
    assert _shape(beside, openapi="3.0.3", A={"type": "string"}).limits == {}


def test_boolean_schemas() -> None:
    assert _shape(True).open
    assert _shape(False).nots == [NEVER["not"]]
    assert _shape({"additionalProperties": False}).closed
    assert _shape({"additionalProperties": True}).singles == {}


def test_integers_are_numbers() -> None:
    assert _shape({"type": ["integer", "number"]}).types == frozenset({"number"})
    assert _shape({"allOf": [{"type": "number"}, {"type": "integer"}]}).types == frozenset({"integer"})


@pytest.mark.parametrize("schema", [None, 5, "string", [], {"type": 5}, {"properties": []}, {"oneOf": {}}, {"enum": 3}])
def test_what_is_no_schema_allows_everything(schema: Any) -> None:
    assert _shape(schema).types is None


def test_notes_constrain_nothing() -> None:
    assert not constrains({"title": "A", "description": "b", "default": 1, "x-note": 1, "readOnly": True})
    assert constrains({"title": "A", "maxLength": 1})


def test_the_same_schemas_are_one_part() -> None:
    known = Schemas(shop(operation(), components={"schemas": {"A": {"type": "string"}}}))
    ref, again = {"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/A", "description": "the same"}
    assert known.part(ref) is known.part(again)
    assert known.leads("#/components/schemas/A")
    assert not known.leads("#/components/schemas/B")
