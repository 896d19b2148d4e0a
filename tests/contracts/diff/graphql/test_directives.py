"""Directives of documents are a promise; those of schemas are none."""

from __future__ import annotations

import pytest

from tests.contracts.diff.graphql.versions import told

CACHED = "directive @cached(seconds: Int) repeatable on FIELD | QUERY"


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("", ("directive-removed", "breaking", "@cached")),
        ("directive @cached(seconds: Int) repeatable on FIELD", ("directive-location-removed", "breaking", "@cached")),
        ("directive @cached(seconds: Int) on FIELD | QUERY", ("directive-no-longer-repeatable", "breaking", "@cached")),
        (
            "directive @cached repeatable on FIELD | QUERY",
            ("directive-argument-removed", "breaking", "@cached(seconds:)"),
        ),
        (
            "directive @cached(seconds: Int, by: ID!) repeatable on FIELD | QUERY",
            ("directive-required-argument-added", "breaking", "@cached(by:)"),
        ),
        (
            "directive @cached(seconds: Int!) repeatable on FIELD | QUERY",
            ("directive-argument-changed", "breaking", "@cached(seconds:)"),
        ),
        (CACHED + " directive @live on FIELD", ("directive-added", "info", "@live")),
    ],
)
def test_what_a_change_means(to: str, expected: tuple[str, str, str]) -> None:
    assert told(CACHED, to) == [expected]


def test_a_directive_of_schemas_may_go() -> None:
    assert told("directive @inside on OBJECT", "") == []
