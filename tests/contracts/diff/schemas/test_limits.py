"""Bounds: drawn, moved and lifted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.diff.versions import schema_changes

B, P, F = "breaking", "potentially", "info"
NUMBER, TEXT, LIST, THING = ({"type": kind} for kind in ("number", "string", "array", "object"))

SET = [
    (NUMBER, "maximum", "max"),
    (NUMBER, "minimum", "min"),
    (NUMBER, "exclusiveMaximum", "exclusive-max"),
    (NUMBER, "exclusiveMinimum", "exclusive-min"),
    (TEXT, "maxLength", "max-length"),
    (LIST, "maxItems", "max-items"),
    (THING, "maxProperties", "max-properties"),
]


@pytest.mark.parametrize(("base", "keyword", "name"), SET)
def test_a_bound_is_drawn_or_lifted(base: Any, keyword: str, name: str) -> None:
    drawn = {**base, keyword: 5}
    assert schema_changes(base, drawn, openapi="3.1.0") == (
        {(P, f"request-body-{name}-set")},
        {(F, f"response-body-{name}-set")},
    )
    assert schema_changes(drawn, base, openapi="3.1.0") == (
        {(F, f"request-body-{name}-unset")},
        {(B, f"response-body-{name}-unset")},
    )


@pytest.mark.parametrize(
    ("base", "keyword", "name"),
    [
        *SET,
        (TEXT, "minLength", "min-length"),
        (LIST, "minItems", "min-items"),
        (THING, "minProperties", "min-properties"),
    ],
)
def test_a_bound_is_moved(base: Any, keyword: str, name: str) -> None:
    low, high = {**base, keyword: 5}, {**base, keyword: 9}
    upper = name.startswith(("max", "exclusive-max"))
    assert schema_changes(low, high, openapi="3.1.0") == (
        {(F if upper else B, f"request-body-{name}-increased")},
        {(B if upper else F, f"response-body-{name}-increased")},
    )
    assert schema_changes(high, low, openapi="3.1.0") == (
        {(B if upper else F, f"request-body-{name}-decreased")},
        {(F if upper else B, f"response-body-{name}-decreased")},
    )


@pytest.mark.parametrize(
    ("base", "keyword", "name"),
    [(TEXT, "minLength", "min-length"), (LIST, "minItems", "min-items"), (THING, "minProperties", "min-properties")],
)
def test_the_least_number_is_zero_by_nature(base: Any, keyword: str, name: str) -> None:
    assert schema_changes(base, {**base, keyword: 1}) == (
        {(B, f"request-body-{name}-increased")},
        {(F, f"response-body-{name}-increased")},
    )
    assert schema_changes(base, {**base, keyword: 0}) == (set(), set())


def test_an_exclusive_bound_at_the_same_number_is_a_bound_that_moved() -> None:
    old, new = {"type": "number", "minimum": 5}, {"type": "number", "exclusiveMinimum": 5}
    request, _ = schema_changes(old, new, openapi="3.1.0")
    assert request == {(B, "request-body-exclusive-min-increased")}


def test_integers_above_four_are_five_and_more() -> None:
    old, new = {"type": "integer", "minimum": 5}, {"type": "integer", "exclusiveMinimum": 4}
    assert schema_changes(old, new, openapi="3.1.0") == (set(), set())
    assert schema_changes(new, old, openapi="3.1.0") == (set(), set())


def test_how_many_items_match() -> None:
    base = {"type": "array", "contains": {"type": "string"}}
    request, response = schema_changes(base, {**base, "minContains": 2, "maxContains": 4}, openapi="3.1.0")
    assert request == {(B, "request-body-min-contains-increased"), (B, "request-body-max-contains-decreased")}
    assert {level for level, _ in response} == {F}


@pytest.mark.parametrize(
    ("old", "new", "sent", "answered"),
    [
        ({}, {"multipleOf": 2}, (P, "set"), (F, "set")),
        ({"multipleOf": 2}, {}, (F, "unset"), (P, "unset")),
        ({"multipleOf": 2}, {"multipleOf": 6}, (B, "specialized"), (F, "specialized")),
        ({"multipleOf": 0.3}, {"multipleOf": 0.1}, (F, "generalized"), (P, "generalized")),
        ({"multipleOf": 2}, {"multipleOf": 3}, (B, "changed"), (B, "changed")),
    ],
)
def test_steps(old: Any, new: Any, sent: tuple[str, str], answered: tuple[str, str]) -> None:
    request, response = schema_changes({**NUMBER, **old}, {**NUMBER, **new})
    assert request == {(sent[0], f"request-body-multiple-of-{sent[1]}")}
    assert response == {(answered[0], f"response-body-multiple-of-{answered[1]}")}


def test_repeated_items() -> None:
    unique = {"type": "array", "uniqueItems": True}
    assert schema_changes(LIST, unique) == (
        {(B, "request-body-unique-items-set")},
        {(F, "response-body-unique-items-set")},
    )
    assert schema_changes(unique, LIST)[1] == {(P, "response-body-unique-items-unset")}
