"""A text on the wire is read as what its schema wants."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.texts import readings
from tests.contracts.documents import contract

FOUND = contract({}, openapi="3.1.0")


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        ({"type": "integer"}, "42", [42]),
        ({"type": "integer"}, "x", ["x"]),
        ({"type": "integer"}, "042", ["042"]),
        ({"type": "number"}, "1.5e3", [1500.0]),
        ({"type": "boolean"}, "true", [True]),
        ({"type": "boolean"}, "True", ["True"]),
        ({"type": "string"}, "42", ["42"]),
        ({"type": ["integer", "null"]}, "", [None]),
        ({"type": "array", "items": {"type": "integer"}}, "1, 2", [[1, 2]]),
        ({"type": "object", "properties": {"r": {"type": "integer"}}}, "r,100,g,x", [{"r": 100, "g": "x"}]),
        ({"anyOf": [{"const": "auto"}, {"type": "object"}, {"type": "null"}]}, "auto", ["auto"]),
        ({"type": ["object", "string"]}, "r,100", [{"r": 100}, "r,100"]),
        ({}, "7", [7, "7"]),
    ],
)
def test_readings(schema: dict[str, Any], text: str, expected: list[Any]) -> None:
    assert readings(FOUND, schema, text) == expected


def test_an_exploded_object() -> None:
    assert readings(FOUND, {"type": "object"}, "a=1,b=x", explode=True) == [{"a": 1, "b": "x"}]
    assert readings(FOUND, {"type": ["object", "string"]}, "auto", explode=True) == ["auto"]
