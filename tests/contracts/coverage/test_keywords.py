"""A keyword tells a value that keeps to it, one at its limit, and one that breaks it; and agrees with the validator."""

from __future__ import annotations

from random import Random
from typing import Any

import jsonschema_rs
import pytest

from seamwright.contracts.coverage.keywords import LISTED, broken_type, keywords, kind_of, label


def looks(schema: dict[str, Any], **how: Any) -> dict[str, Any]:
    return {keyword.name: keyword for keyword in keywords(schema, textual=how.get("textual", False), **how_of(how))}


def how_of(how: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in how.items() if key != "textual"}


CASES: list[tuple[dict[str, Any], list[tuple[Any, str | None]]]] = [
    ({"minimum": 3}, [(3, "limit"), (4, "valid"), (2, "broken"), (3.0, "limit"), ("3", None), (True, None)]),
    ({"maximum": 3}, [(3, "limit"), (2.5, "valid"), (3.1, "broken"), (None, None)]),
    ({"type": "integer", "minimum": 2.5}, [(3, "limit"), (4, "valid"), (2, "broken")]),
    ({"type": "integer", "exclusiveMinimum": 3}, [(4, "limit"), (3, "broken"), (5, "valid")]),
    ({"type": "integer", "exclusiveMaximum": 3, "multipleOf": 2}, [(2, "limit"), (0, "valid"), (4, "broken")]),
    ({"type": "number", "exclusiveMinimum": 0}, [(1e-6, "limit"), (0, "broken"), (1, "valid")]),
    ({"type": "integer", "multipleOf": 1.5, "minimum": 1}, [(3, "limit"), (6, "valid")]),
    ({"multipleOf": 0.01}, [(0.07, "valid"), (0.075, "broken"), (3, "valid"), (float("inf"), None)]),
    ({"minLength": 2}, [("ab", "limit"), ("a", "broken"), ("abc", "valid"), (["a", "b"], None)]),
    ({"maxLength": 2}, [("😀é", "limit"), ("abc", "broken"), ("", "valid")]),
    ({"pattern": "^a"}, [("ab", "valid"), ("b", "broken"), (1, None)]),
    ({"format": "uuid"}, [("x", "broken"), ("0b5f1c1e-7c3a-4f57-9b0a-2f6d1f0b2a11", "valid"), (1, None)]),
    ({"format": "password"}, [("x", "valid"), ([], None)]),
    ({"minItems": 1, "maxItems": 2}, [([1], "limit"), ([], "broken")]),
    ({"uniqueItems": True}, [([1, 2], "valid"), ([1, 1.0], "broken"), ([1, True], "valid"), ([1], None)]),
    ({"minProperties": 1}, [({"a": 1}, "limit"), ({}, "broken"), ("", None)]),
    ({"enum": ["a", 1, None]}, [("a", '"a"'), (1.0, "1"), (True, "broken"), (None, "null"), ([], "broken")]),
    ({"const": {"a": [1]}}, [({"a": [1]}, "valid"), ({"a": [2]}, "broken")]),
]


@pytest.mark.parametrize(("schema", "values"), CASES)
def test_a_value_is_told_apart(schema: dict[str, Any], values: list[tuple[Any, str | None]]) -> None:
    first = next(iter(keywords(schema, textual=False)))
    if "multipleOf" in schema and len(schema) > 1:
        first = next(k for k in keywords(schema, textual=False) if k.name != "multipleOf")
    for value, expected in values:
        assert first.look(value) == expected, (first.name, value)


def test_a_list_of_values_says_all() -> None:
    assert set(looks({"enum": ["a"], "maxLength": 9, "pattern": "a"})) == {"enum"}


def test_a_long_list_is_one_point() -> None:
    found = looks({"enum": list(range(LISTED + 1))})["enum"]
    assert found.aspects == ("valid", "broken")
    assert found.look(3) == "valid"
    assert len(looks({"enum": list(range(LISTED))})["enum"].aspects) == LISTED + 1


def test_what_can_never_be_sent_is_no_point() -> None:
    assert looks({"minLength": 1}, textual=True, path=True)["minLength"].aspects == ("valid", "limit")
    assert looks({"minLength": 1}, textual=True)["minLength"].aspects == ("valid", "limit", "broken")
    assert looks({"minItems": 1}, textual=True)["minItems"].aspects == ("valid", "limit")
    assert looks({"minLength": 0, "minItems": 0, "minProperties": 0}) == {}


def test_a_range_that_the_format_says_is_told_of_the_format() -> None:
    low, high = -(2**31), 2**31 - 1
    found = looks({"type": "integer", "format": "int32", "minimum": low, "maximum": high})
    assert set(found) == {"format"}
    assert [found["format"].look(v) for v in (low, 0, high + 1, "x")] == ["limit", "valid", "broken", None]

    closer = looks({"type": "integer", "format": "int32", "minimum": 1, "maximum": 9})
    assert set(closer) == {"format", "minimum", "maximum"}
    assert closer["format"].aspects == ("valid",), "the range of the format cannot be met any more"
    assert closer["format"].look(2**40) == "valid"


def test_types() -> None:
    look = broken_type(frozenset({"number", "null"}))
    assert [look(v) for v in (1, 1.5, None, "1", True)] == ["number", "number", "null", "broken", "broken"]
    values: list[Any] = [1.0, 1.5, b"x", (1,), {}]
    assert [kind_of(v) for v in values] == ["integer", "number", "string", "array", "object"]


def test_a_long_value_has_a_short_name() -> None:
    assert label("x" * 200).endswith("…")
    assert len(label("x" * 200)) == 60


BOUNDS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]


def test_it_agrees_with_the_validator_on_values_made_at_random() -> None:
    random = Random(5)
    values: list[Any] = [0, 1, -1, 2, 3.5, 1e-6, 10**12, "", "a", "ab", "abcdef", "2020-01-01", None, True, [], [1, 1]]
    values += [[1, 2], [1, "a", None], {}, {"a": 1}, {"a": 1, "b": 2}, "12345678", 0.3, -0.0]
    for _ in range(400):
        schema: dict[str, Any] = random.choice(
            [
                {random.choice(BOUNDS): random.choice([0, 1, 2.5])},
                {random.choice(["minLength", "maxLength"]): random.randrange(1, 4)},
                {random.choice(["minItems", "maxItems", "minProperties", "maxProperties"]): random.randrange(1, 3)},
                {"multipleOf": random.choice([1, 2, 0.1, 2.5])},
                {"enum": random.sample(values, 3)},
                {"const": random.choice(values)},
                {"pattern": random.choice(["^a", "b$", "^[0-9]+$"])},
                {"format": random.choice(["date", "uuid", "email"])},
                {"uniqueItems": True},
            ]
        )
        check = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        for keyword in keywords(schema, textual=False):
            value = random.choice(values)
            assert (keyword.look(value) == "broken") == (not check.is_valid(value)), (schema, value)
