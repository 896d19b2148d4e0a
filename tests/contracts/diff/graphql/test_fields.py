"""Fields that come, go, and change their type: what comes back may become more certain, never less."""

from __future__ import annotations

import pytest

from tests.contracts.diff.graphql.versions import told


@pytest.mark.parametrize(
    ("change", "to", "expected"),
    [
        ("sku: String!", "sku: String! size: Int", ("field-added", "info", "Line.size")),
        ("total: Int note", "note", ("field-removed", "breaking", "Order.total")),
        (
            'note: String @deprecated(reason: "use notes")',
            "",
            ("deprecated-field-removed", "potentially", "Order.note"),
        ),
        ("sku: String!", "sku: String", ("field-became-nullable", "breaking", "Line.sku")),
        ("lines: [Line!]!", "lines: [Line]!", ("field-became-nullable", "breaking", "Order.lines")),
        ("total: Int note", "total: Int! note", ("field-became-non-null", "info", "Order.total")),
        ("total: Int note", "total: Float note", ("field-type-changed", "breaking", "Order.total")),
        ("lines: [Line!]!", "lines: Line", ("field-type-changed", "breaking", "Order.lines")),
        ("sku: String!", 'sku: String! @deprecated(reason: "x")', ("field-deprecated", "info", "Line.sku")),
        ("sku: String!", "sku: String! @deprecated", ("field-deprecated-without-reason", "info", "Line.sku")),
        ('@deprecated(reason: "use notes")', "", ("field-reactivated", "info", "Order.note")),
        ("state: Status", "", ("field-removed", "breaking", "Query.state")),
    ],
)
def test_what_a_change_means(change: str, to: str, expected: tuple[str, str, str]) -> None:
    assert told(change, to) == [expected]
