"""Schemas of every dialect mean the same after their translation to JSON Schema 2020-12."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs
import pytest

from seamwright.contracts.dialect import Direction, translated
from tests.contracts.documents import contract


def _valid(
    schema: Any,
    value: Any,
    *,
    openapi: str = "3.0.3",
    direction: Direction = "response",
    schemas: Mapping[str, Any] | None = None,
) -> bool:
    found = contract({}, openapi=openapi, components={"schemas": schemas or {}})
    compiled = jsonschema_rs.Draft202012Validator(translated(found, schema, direction), validate_formats=True)
    return compiled.is_valid(value)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string", "nullable": True}, [None, "a"], [1]),
        ({"type": "string"}, ["a"], [None]),
        ({"type": "string", "nullable": True, "enum": ["a"]}, [None, "a"], ["b"]),
        ({"nullable": True, "allOf": [{"type": "string"}]}, [None, "a"], [1]),
        ({"$ref": "#/components/schemas/S", "nullable": True}, [None, "a"], [1]),
        ({"$ref": "#/components/schemas/S", "maxLength": 1}, ["long"], [1]),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, [1.1], [1]),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": False}, [1], [0.9]),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, [0.9], [1]),
        ({"type": "integer", "format": "int32"}, [2**31 - 1], [2**31, -(2**31) - 1, 1.5]),
        ({"type": "integer", "format": "int64"}, [2**31], [2**63]),
        ({"type": "string", "format": "date-time"}, ["2024-01-02T03:04:05Z"], ["2024-01-02T03:04:05", "yesterday"]),
        ({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}, [{"a": 1}], [{}, {"a": "1"}]),
        ({"type": "object", "additionalProperties": False, "properties": {"a": {}}}, [{"a": 1}], [{"b": 1}]),
        (
            {"oneOf": [{"type": "string"}, {"type": "integer"}], "discriminator": {"propertyName": "k"}},
            ["a", 1],
            [None],
        ),
        # What a newer draft would read in it does not exist in 3.0.
        ({"const": 1, "if": {}, "then": False}, [1, 2], []),
        # Oddities that no validator takes are left out, and the rest still holds.
        ({"type": "String", "maxLength": "3"}, ["four", 1], []),
        ({"type": "string", "pattern": "(?<", "maxLength": 3.0}, ["abc"], ["abcd"]),
        (
            {"type": "object", "required": True, "properties": {"a": {"required": True, "type": "string"}}},
            [{}],
            [{"a": 1}],
        ),
    ],
)
def test_the_dialect_of_3_0(schema: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    schemas = {"S": {"type": "string"}}
    assert [_valid(schema, value, schemas=schemas) for value in good] == [True] * len(good)
    assert [_valid(schema, value, schemas=schemas) for value in bad] == [False] * len(bad)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": ["string", "null"]}, [None, "a"], [1]),
        ({"type": "string", "nullable": True}, ["a"], [None]),
        ({"$ref": "#/components/schemas/S", "maxLength": 1}, ["a"], ["long", 1]),
        ({"exclusiveMinimum": 1}, [2], [1]),
        ({"exclusiveMinimum": True, "minimum": 1}, [2], [1]),
        ({"const": 1}, [1], [2]),
        ({"if": {"type": "string"}, "then": {"minLength": 2}}, ["ab", 1], ["a"]),
        ({"prefixItems": [{"type": "string"}], "items": False}, [["a"]], [["a", 1], [1]]),
        ({"properties": {"a": {}}, "unevaluatedProperties": False}, [{"a": 1}], [{"b": 1}]),
        ({"dependentRequired": {"a": ["b"]}}, [{"a": 1, "b": 1}, {}], [{"a": 1}]),
        ({"patternProperties": {"^x": {"type": "integer"}, "(?<": False}}, [{"x": 1, "y": "z"}], [{"x": "1"}]),
        (True, [1], []),
        (False, [], [1]),
    ],
)
def test_the_dialect_of_3_1(schema: Any, good: list[Any], bad: list[Any]) -> None:
    schemas = {"S": {"type": "string"}}
    assert [_valid(schema, value, openapi="3.1.0", schemas=schemas) for value in good] == [True] * len(good)
    assert [_valid(schema, value, openapi="3.1.0", schemas=schemas) for value in bad] == [False] * len(bad)


def test_recursion_ends() -> None:
    schemas = {
        "Node": {
            "type": "object",
            "properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}},
        }
    }
    node = {"$ref": "#/components/schemas/Node"}
    assert _valid(node, {"kids": [{"kids": []}]}, schemas=schemas)
    assert not _valid(node, {"kids": [{"kids": [1]}]}, schemas=schemas)


ACCOUNT = {
    "User": {
        "type": "object",
        "required": ["id", "password"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "password": {"$ref": "#/components/schemas/Password"},
        },
    },
    "Password": {"type": "string", "writeOnly": True},
    "Account": {"allOf": [{"$ref": "#/components/schemas/User"}, {"required": ["id", "password"]}]},
}


@pytest.mark.parametrize("name", ["User", "Account"])
@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0"])
def test_properties_of_one_direction(name: str, openapi: str) -> None:
    schema = {"$ref": f"#/components/schemas/{name}"}

    def valid(value: Any, direction: Direction) -> bool:
        return _valid(schema, value, openapi=openapi, direction=direction, schemas=ACCOUNT)

    assert valid({"id": 1}, "response")
    assert not valid({}, "response"), "id is required in a response"
    assert not valid({"id": 1, "password": "x"}, "response"), "a password must not come back"
    assert valid({"password": "x"}, "request")
    assert not valid({}, "request"), "the password is required in a request"
    assert not valid({"id": 1, "password": "x"}, "request"), "an id is not the client's to send"


def test_a_long_chain_of_references() -> None:
    count = 3000
    schemas: dict[str, Any] = {
        f"S{n}": {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/S{n + 1}"}}}
        for n in range(count)
    }
    schemas[f"S{count}"] = {"type": "integer"}
    first = {"$ref": "#/components/schemas/S0"}
    assert _valid(first, {"next": {"next": {}}}, schemas=schemas)
    assert not _valid(first, {"next": {"next": 1}}, schemas=schemas)
