"""Enums, constants, patterns and defaults."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.diff.versions import found, schema_changes, sending, told

B, P, F = "breaking", "potentially", "info"
TEXT = {"type": "string"}


def _property(schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": schema}}


@pytest.mark.parametrize(
    ("old", "new", "sent", "answered", "kind"),
    [
        (TEXT, {**TEXT, "enum": ["a"]}, B, F, "became-enum"),
        ({**TEXT, "enum": ["a"]}, TEXT, F, P, "enum-removed"),
        ({**TEXT, "enum": ["a"]}, {**TEXT, "enum": ["a", "b"]}, F, P, "enum-value-added"),
        ({**TEXT, "enum": ["a", "b"]}, {**TEXT, "enum": ["a"]}, B, F, "enum-value-removed"),
        (TEXT, {**TEXT, "const": "a"}, B, F, "const-added"),
        ({**TEXT, "const": "a"}, TEXT, F, B, "const-removed"),
        ({**TEXT, "const": "a"}, {**TEXT, "const": "b"}, B, B, "const-changed"),
        (TEXT, {**TEXT, "pattern": "^a"}, B, F, "pattern-added"),
        ({**TEXT, "pattern": "^a"}, TEXT, F, F, "pattern-removed"),
        ({**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^b"}, P, F, "pattern-changed"),
        ({**TEXT, "pattern": "^a"}, {**TEXT, "pattern": ".*"}, F, F, "pattern-generalized"),
        (TEXT, {**TEXT, "default": "a"}, F, F, "default-value-added"),
        ({**TEXT, "default": "a"}, TEXT, F, F, "default-value-removed"),
        ({**TEXT, "default": "a"}, {**TEXT, "default": "b"}, F, F, "default-value-changed"),
        (
            {**TEXT, "x-extensible-enum": ["a", "b"]},
            {**TEXT, "x-extensible-enum": ["a"]},
            B,
            F,
            "x-extensible-enum-value-removed",
        ),
        (
            {**TEXT, "x-extensible-enum": ["a"]},
            {**TEXT, "x-extensible-enum": ["a", "b"]},
            F,
            F,
            "x-extensible-enum-value-added",
        ),
    ],
)
def test_values(old: Any, new: Any, sent: str, answered: str, kind: str) -> None:
    request, response = schema_changes(_property(old), _property(new), openapi="3.1.0")
    assert request == {(sent, f"request-property-{kind}")}
    assert response == {(answered, f"response-property-{kind}")}


def test_a_constant_is_an_enum_of_one() -> None:
    assert schema_changes({**TEXT, "const": "a"}, {**TEXT, "enum": ["a"]}, openapi="3.1.0") == (set(), set())


def test_an_enum_of_both_booleans_is_none() -> None:
    assert schema_changes({"type": "boolean", "enum": [True, False]}, {"type": "boolean"}) == (set(), set())


def test_the_values_of_a_whole_body_are_all_that_is_said_of_it() -> None:
    assert told(sending({**TEXT, "enum": ["a"]}), sending(TEXT)) == {(B, "request-body-enum-removed")}


def test_values_are_told_as_json() -> None:
    old, new = ({"enum": values} for values in (["a", 1, {"x": None}], ["a"]))
    texts = [change.text for change in found(sending(old), sending(new)) if "enum-value" in change.id]
    assert texts == [
        "the request body: the value 1 was taken out of the enum",
        'the request body: the value {"x": null} was taken out of the enum',
    ]


def test_equal_numbers_are_one_value() -> None:
    assert schema_changes({"enum": [1, 2]}, {"enum": [2.0, 1.0]}) == (set(), set())
