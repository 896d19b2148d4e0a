"""Contracts' schemas as JSON Schema 2020-12, for one direction, in a narrow and a wide reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs
import pytest

from seamwright.engines.generate.dialect import UNREADABLE, Dialect, Direction, Document, readable, refs_in

SCHEMAS: dict[str, Any] = {
    "#/Order": {
        "type": "object",
        "required": ["id", "secret", "line"],
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "secret": {"type": "string", "writeOnly": True},
            "line": {"$ref": "#/Line"},
        },
    },
    "#/Line": {"type": "object", "properties": {"next": {"$ref": "#/Line"}, "n": {"type": "integer"}}},
}


def document(
    dialect: Dialect = "3.1", direction: Direction = "request", *, narrow: bool = False, textual: bool = False
) -> Document:
    def resolve(ref: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = SCHEMAS[ref]
        return found

    return Document(resolve, dialect, direction, narrow=narrow, textual=textual)


def accepts(made: Document, schema: Any, value: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(made.bundle(made.translate(schema))).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string", "nullable": True}, [None, "x"], [5]),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, [4], [3]),
        ({"type": "integer", "maximum": 3, "exclusiveMaximum": False}, [3], [4]),
        ({"$ref": "#/Line", "description": "what stands beside a reference says nothing"}, [{"n": 1}], [{"n": "x"}]),
    ],
)
def test_openapi_3_0_says_some_things_in_its_own_way(schema: Any, good: list[Any], bad: list[Any]) -> None:
    made = document("3.0")
    assert all(accepts(made, schema, value) for value in good)
    assert not any(accepts(made, schema, value) for value in bad)


def test_what_only_comes_back_is_hidden_on_the_way_there_and_not_required() -> None:
    there, back = document(direction="request"), document(direction="response")
    order = {"$ref": "#/Order"}

    assert there.hidden(order) == {"id"}
    assert back.hidden(order) == {"secret"}
    assert accepts(there, order, {"secret": "s", "line": {}})
    assert not accepts(there, order, {"id": "1", "line": {}}), "what is written is still required"
    assert accepts(back, order, {"id": "1", "line": {}})


def test_a_schema_that_contains_itself_is_bundled_once() -> None:
    made = document()
    bundle = made.bundle(made.translate({"$ref": "#/Line"}))
    assert accepts(made, {"$ref": "#/Line"}, {"next": {"next": {"n": 1}}})
    assert not accepts(made, {"$ref": "#/Line"}, {"next": {"next": {"n": "x"}}})
    assert len(set(refs_in(bundle))) == 1
    assert made.bundle(True) is True


def test_a_pattern_that_cannot_be_read_is_kept_aside() -> None:
    assert readable("^[a-z]+$")
    assert not readable("(unclosed")
    translated = document().translate({"type": "string", "pattern": "(unclosed"})
    assert isinstance(translated, dict)
    assert "pattern" not in translated
    assert UNREADABLE in translated
