"""Unusual values are valid, each in one place, and of every kind that a schema leaves room for."""

from __future__ import annotations

from random import Random
from typing import Any

import jsonschema_rs
import pytest

from seamwright.engines.generate.generator import Generator, compile_schema
from seamwright.engines.generate.text import Location
from seamwright.engines.generate.unusual import LONG


def generator(schema: Any, location: Location = "body") -> Generator:
    return compile_schema(schema, resolve=lambda ref: schema["$defs"][ref.rpartition("/")[2]], location=location)


def whats(schema: Any, location: Location = "body") -> set[str]:
    return {odd.what for odd in generator(schema, location).unusual(Random(1))}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "code": {"type": "string", "maxLength": 5},
        "count": {"type": "integer", "format": "int32"},
        "big": {"type": "integer"},
        "due": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
    },
}


def test_every_value_is_valid_and_says_what_is_unusual_where() -> None:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
    seen = list(generator(SCHEMA).unusual(Random(1)))

    assert [odd for odd in seen if not validator.is_valid(odd.value)] == []
    assert {"", "/name", "/code", "/big", "/due", "/tags", "/tags/0"} <= {odd.place for odd in seen}
    assert all(odd.what for odd in seen)


def test_what_a_keyword_forbids_is_left_out() -> None:
    seen = list(generator(SCHEMA).unusual(Random(1)))

    assert not any(len(odd.value["code"]) > 5 for odd in seen)
    assert not any(abs(odd.value["count"]) >= 2**31 for odd in seen)
    assert max(len(odd.value["name"]) for odd in seen) == LONG
    assert not any(len(odd.value["tags"]) > 3 for odd in seen)
    assert "properties that nobody declared" not in whats({**SCHEMA, "additionalProperties": False})


def test_numbers_beyond_what_machines_hold() -> None:
    assert "a number beyond 64 bits" in whats({"type": "integer"})
    assert "a number beyond 64 bits" not in whats({"type": "integer", "format": "int64"})
    assert whats({"type": "integer", "minimum": 1, "maximum": 20}) == set()


@pytest.mark.parametrize("location", ["path", "query", "header", "cookie"])
def test_a_place_that_cannot_carry_a_text_is_not_given_it(location: Location) -> None:
    seen = list(generator({"type": "string"}, location).unusual(Random(1)))

    assert seen
    if location == "path":
        assert not any("/" in odd.value for odd in seen)
    if location in ("header", "cookie"):
        assert all(odd.value.isascii() and odd.value.isprintable() for odd in seen)


def test_a_format_has_its_own_edges() -> None:
    assert "the last year" in whats({"type": "string", "format": "date-time"})
    assert "the nil UUID" in whats({"type": "string", "format": "uuid"})


def test_the_same_seed_gives_the_same_values() -> None:
    first, second = (list(generator(SCHEMA).unusual(Random(7))) for _ in range(2))

    assert first == second


def test_without_a_type_there_is_more_than_objects() -> None:
    loose = {"required": ["name"], "properties": {"name": {"type": "string"}}}
    assert {"a list where no type is named", "null where no type is named"} <= whats(loose)
    assert not any("where no type is named" in what for what in whats({**loose, "type": "object"}))
    assert "null where no type is named" not in whats({**loose, "type": ["object", "null"]})


def test_a_parameter_without_a_type_is_given_whole_numbers_first() -> None:
    seen = [odd.value for odd in generator({}, "query").unusual(Random(1))]
    assert seen[:5] == [0, -1, 2**63, 2**31, 10**40]
    assert len({repr(value) for value in seen}) == len(seen)
    assert not any(isinstance(value, dict) for value in seen)
    for typed in ({"type": "string"}, {"enum": ["a", 0]}):
        assert -1 not in [odd.value for odd in generator(typed, "query").unusual(Random(1))]


@pytest.mark.parametrize("location", ["query", "body"])
@pytest.mark.parametrize("schema", [{"type": "object"}, {"type": "object", "additionalProperties": {"type": "string"}}])
def test_a_free_object_has_names_that_nobody_expects(location: Location, schema: Any) -> None:
    seen = [odd for odd in generator(schema, location).unusual(Random(1)) if not odd.place]
    assert [odd.what for odd in seen] == ["properties that nobody declared", "names of control characters"]
    assert {"a\0b", "\x01\x1b\x7f"} <= set(seen[1].value)
