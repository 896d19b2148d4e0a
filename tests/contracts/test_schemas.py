"""An object is seen through references and combinations."""

from __future__ import annotations

from seamwright.contracts.openapi import notices
from seamwright.contracts.schemas import formats, items, member, parts, properties, resolved, types, unknown_types
from tests.contracts.documents import contract

FOUND = contract(
    {},
    openapi="3.1.0",
    components={
        "schemas": {
            "Base": {"properties": {"id": {"type": "integer"}}},
            "Order": {
                "allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"note": {"type": "string"}}}],
                "oneOf": [{"properties": {"card": {}}}, {"properties": {"cash": {}}}],
            },
            "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}], "type": ["object", "null"]},
        }
    },
)
ORDER = {"$ref": "#/components/schemas/Order"}
LOOP = {"$ref": "#/components/schemas/Loop"}


def test_properties_that_are_certain_and_those_that_may_be() -> None:
    assert set(properties(FOUND, ORDER)) == {"id", "note"}
    assert set(properties(FOUND, ORDER, certain=False)) == {"id", "note", "card", "cash"}


def test_a_member_has_a_schema_of_its_own_or_that_of_all_others() -> None:
    labels = {"properties": {"n": {"type": "integer"}}, "additionalProperties": {"type": "string"}}
    assert member(FOUND, labels, "n") == {"type": "integer"}
    assert member(FOUND, labels, "any") == {"type": "string"}
    assert member(FOUND, {"anyOf": [{"type": "null"}, labels]}, "any") == {"type": "string"}
    assert member(FOUND, {"additionalProperties": False}, "any") == {}


def test_a_loop_ends() -> None:
    assert types(FOUND, LOOP) == {"object", "null"}
    assert properties(FOUND, LOOP) == {}


def test_types_and_items() -> None:
    assert types(FOUND, {"anyOf": [{"type": "string"}, {"type": "null"}]}) == {"string", "null"}
    assert types(FOUND, ORDER) == {"object"}
    assert types(FOUND, True) == frozenset()
    assert items(FOUND, {"type": "array", "items": {"$ref": "#/components/schemas/Base"}}) == FOUND.resolve(
        "#/components/schemas/Base"
    )
    assert items(FOUND, {"type": "array"}) == {}
    assert items(FOUND, {"type": "object"}) is None


def test_siblings_of_a_reference_count_in_3_1_alone() -> None:
    schema = {"$ref": "#/components/schemas/Base", "title": "ours"}
    assert resolved(FOUND, schema)["title"] == "ours"
    older = contract({}, components={"schemas": {"Base": {"type": "object"}}})
    assert resolved(older, schema) == {"type": "object"}


def test_parts_are_the_schemas_and_not_the_data() -> None:
    schema = {"properties": {"a": {"not": {"title": "n"}}}, "items": [{"title": "i"}], "enum": [{"title": "e"}]}
    titles = {part.get("title") for part, _ in parts(schema, "#")}
    assert titles == {None, "n", "i"}


def test_types_that_are_none() -> None:
    assert unknown_types({"type": ["string", "String", {}]}) == ["String", {}]
    assert unknown_types({"type": "any"}) == ["any"]
    assert unknown_types({}) == []
    found = contract({"/a": {"get": {"parameters": [{"name": "q", "in": "query", "schema": {"type": "any"}}]}}})
    assert [n for n in notices(found) if "'any'" in n] == [
        "GET /a: query parameter q: the type 'any' is not known; it is ignored"
    ]


def test_a_format_is_found_beside_null_too() -> None:
    nullable = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
    assert formats(FOUND, nullable) == {"date-time"}
    assert formats(FOUND, {"type": "string"}) == frozenset()
