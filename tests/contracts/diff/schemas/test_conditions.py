"""What holds under a condition, and what must not hold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.diff.versions import schema_changes

B, F = "breaking", "info"
THING: dict[str, Any] = {"type": "object"}


@pytest.mark.parametrize(
    ("with_it", "names"),
    [
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, ["if", "then"]),
        ({"if": {"required": ["a"]}, "else": {"required": ["b"]}}, ["if", "else"]),
        ({"dependentRequired": {"a": ["b"]}}, ["dependent-required"]),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, ["dependent-schema"]),
        ({"not": {"required": ["a"]}}, ["not"]),
        ({"contentSchema": {"type": "string"}}, ["content-schema"]),
    ],
)
def test_conditions_come_and_go(with_it: Any, names: list[str]) -> None:
    assert schema_changes(THING, {**THING, **with_it}, openapi="3.1.0") == (
        {(B, f"request-body-{name}-added") for name in names},
        {(F, f"response-body-{name}-added") for name in names},
    )
    assert schema_changes({**THING, **with_it}, THING, openapi="3.1.0") == (
        {(F, f"request-body-{name}-removed") for name in names},
        {(B, f"response-body-{name}-removed") for name in names},
    )


def test_what_holds_then_is_gone_into() -> None:
    old, new = (
        {**THING, "if": {"required": ["a"]}, "then": {"properties": {"b": {"type": kind}}}}
        for kind in ("string", "integer")
    )
    request, response = schema_changes(old, new, openapi="3.1.0")
    assert request == {(B, "request-property-type-changed")}
    assert response == {(B, "response-property-type-changed")}


def test_another_condition() -> None:
    old, new = ({**THING, "if": {"required": [name]}, "then": {"required": ["b"]}} for name in ("a", "c"))
    request, response = schema_changes(old, new, openapi="3.1.0")
    assert request == {(B, "request-body-if-changed")}
    assert response == {(B, "response-body-if-changed")}


def test_other_needs() -> None:
    old, new = ({**THING, "dependentRequired": {"a": [name]}} for name in ("b", "c"))
    request, response = schema_changes(old, new, openapi="3.1.0")
    assert request == {(B, "request-body-dependent-required-changed")}
    assert response == {(B, "response-body-dependent-required-changed")}


def test_less_ruled_out_is_more_allowed() -> None:
    more, less = ({"type": "string", "not": {"type": "string", "enum": values}} for values in (["a", "b"], ["a"]))
    assert schema_changes(more, less) == (
        {(F, "request-body-not-narrowed")},
        {(B, "response-body-not-narrowed")},
    )
    assert schema_changes(less, more)[0] == {(B, "request-body-not-changed")}


@pytest.mark.parametrize(("keyword", "name"), [("contentMediaType", "media-type"), ("contentEncoding", "encoding")])
def test_what_a_text_holds(keyword: str, name: str) -> None:
    old, new = ({"type": "string", keyword: value} for value in ("a", "b"))
    request, response = schema_changes(old, new, openapi="3.1.0")
    assert request == {(B, f"request-body-content-{name}-changed")}
    assert response == {(B, f"response-body-content-{name}-changed")}
