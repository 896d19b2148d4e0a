"""Arguments and input fields: what may be sent may become more, never less."""

from __future__ import annotations

import pytest

from tests.contracts.diff.graphql.versions import between, told


@pytest.mark.parametrize(
    ("change", "to", "expected"),
    [
        ("(id: ID!, full", "(id: ID!, more: Int, full", ("argument-added", "info", "Query.order(more:)")),
        ("(id: ID!, full", "(id: ID!, more: Int!, full", ("required-argument-added", "breaking", "Query.order(more:)")),
        ("(id: ID!, full", "(id: ID!, more: Int! = 1, full", ("argument-added", "info", "Query.order(more:)")),
        ("(by: Filter)", "", ("argument-removed", "breaking", "Query.find(by:)")),
        ("id: ID!, full", "id: ID, full", ("input-type-widened", "info", "Query.order(id:)")),
        ("id: ID!, full", "id: String!, full", ("input-type-changed", "breaking", "Query.order(id:)")),
        ("id: ID!, full", "id: [ID!]!, full", ("input-type-changed", "breaking", "Query.order(id:)")),
        ("by: Filter", "by: Filter!", ("input-became-required", "breaking", "Query.find(by:)")),
        ("Boolean = true", "Boolean! = true", ("input-became-non-null", "breaking", "Query.order(full:)")),
        ("Boolean = true", "Boolean = false", ("default-changed", "potentially", "Query.order(full:)")),
        ("Boolean = true", "Boolean", ("default-removed", "potentially", "Query.order(full:)")),
        ("status: Status text", "status: Status = OPEN text", ("default-added", "potentially", "Filter.status")),
        ("limit: Int! = 5", "limit: Int!", ("input-became-required", "breaking", "Filter.limit")),
        ("text: String = ", "more: Int text: String = ", ("input-field-added", "info", "Filter.more")),
        ("text: String = ", "more: Int! text: String = ", ("required-input-field-added", "breaking", "Filter.more")),
        ("status: Status text", "text", ("input-field-removed", "breaking", "Filter.status")),
        ("old: Int @deprecated", "", ("input-field-removed", "potentially", "Filter.old")),
        ("status: Status text", "status: Status @deprecated text", ("input-deprecated", "info", "Filter.status")),
    ],
)
def test_what_a_change_means(change: str, to: str, expected: tuple[str, str, str]) -> None:
    assert told(change, to) == [expected]


def test_exactly_one_of_several() -> None:
    old = "type Query { a(by: By): Int } input By { x: Int y: Int }"
    new = old.replace("input By", "input By @oneOf")
    assert [(c.id, str(c.level)) for c in between(old, new)] == [("input-became-one-of", "breaking")]
    assert [(c.id, str(c.level)) for c in between(new, old)] == [("input-no-longer-one-of", "info")]
