"""Types, formats and null: a caller may send what it sent, a client reads what it read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.diff.versions import answering, schema_changes, sending, told

B, F = "breaking", "info"


@pytest.mark.parametrize(
    ("old", "new", "sent", "answered"),
    [
        ({"type": "string"}, {"type": "integer"}, (B, "type-changed"), (B, "type-changed")),
        ({"type": "integer"}, {"type": "number"}, (F, "type-generalized"), (B, "type-generalized")),
        ({"type": "number"}, {"type": "integer"}, (B, "type-specialized"), (F, "type-specialized")),
        ({"type": "string"}, {}, (F, "type-generalized"), (B, "type-generalized")),
        ({}, {"type": "string"}, (B, "type-specialized"), (F, "type-specialized")),
        ({"type": ["string", "integer"]}, {"type": "string"}, (B, "type-specialized"), (F, "type-specialized")),
        (
            {"type": "string"},
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            (F, "list-of-types-widened"),
            (B, "list-of-types-widened"),
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            {"type": "string"},
            (B, "list-of-types-narrowed"),
            (F, "list-of-types-narrowed"),
        ),
        ({"type": "string"}, {"type": "string", "format": "date"}, (B, "type-specialized"), (F, "type-specialized")),
        ({"type": "string", "format": "date"}, {"type": "string"}, (F, "type-generalized"), (B, "type-generalized")),
        (
            {"type": "integer", "format": "int32"},
            {"type": "integer", "format": "int64"},
            (F, "type-generalized"),
            (B, "type-generalized"),
        ),
        (
            {"type": "string", "format": "uuid"},
            {"type": "string", "format": "email"},
            (B, "type-changed"),
            (B, "type-changed"),
        ),
        ({"type": "string"}, {"type": ["string", "null"]}, (F, "became-nullable"), (B, "became-nullable")),
        ({"type": ["string", "null"]}, {"type": "string"}, (B, "became-not-nullable"), (F, "became-not-nullable")),
    ],
)
def test_types(old: Any, new: Any, sent: tuple[str, str], answered: tuple[str, str]) -> None:
    (request, response) = schema_changes(old, new, openapi="3.1.0")
    assert request == {(sent[0], f"request-body-{sent[1]}")}
    assert response == {(answered[0], f"response-body-{answered[1]}")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 0}),
        ({"type": "string", "nullable": True, "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
    ],
)
def test_the_same_in_3_0_and_3_1(old: Any, new: Any) -> None:
    assert told(sending(old), sending(new, openapi="3.1.0")) == set()
    assert told(answering(old), answering(new, openapi="3.1.0")) == set()


def test_what_has_no_type_allows_null_anyway() -> None:
    request, response = schema_changes({"type": "string"}, {})
    assert {name for _, name in request | response} == {
        "request-body-type-generalized",
        "response-body-type-generalized",
    }


def test_a_type_that_changed_says_all_that_there_is_to_say() -> None:
    old = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    request, response = schema_changes(old, {"type": "string", "maxLength": 3})
    assert request == {(B, "request-body-type-changed")}
    assert response == {(B, "response-body-type-changed")}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("integer", "string", (F, "request-body-type-compatible")),
        ("string", "integer", (B, "request-body-type-specialized")),
        ("integer", "boolean", (B, "request-body-type-changed")),
    ],
)
def test_where_values_are_texts(old: str, new: str, expected: tuple[str, str]) -> None:
    one, other = (sending({"type": kind}, media="text/plain") for kind in (old, new))
    assert told(one, other) == {expected}
