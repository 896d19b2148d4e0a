"""An operation counts as covered only when it was answered in its success class."""

from __future__ import annotations

from dataclasses import replace

from seamwright.contracts.coverage import covered, succeeded, summary
from tests.contracts.documents import answered, contract, operation, unanswered

FOUND = contract(
    {
        "/a": {
            "get": {"operationId": "a", "responses": {"200": {}}},
            "put": {"operationId": "b", "responses": {"200": {}}},
            "post": {"operationId": "c", "responses": {"default": {}}},
        },
        "/go": {"get": {"operationId": "go", "responses": {"302": {}}}},
    }
)


def test_rows_and_summary() -> None:
    exchanges = [
        replace(answered(200), operation="a", boundary="shop"),
        replace(answered(404), operation="a", boundary="shop"),
        replace(answered(500), operation="b", boundary="shop"),
        replace(unanswered(), operation="b", boundary="shop"),
        replace(answered(302), operation="go", boundary="shop"),
        replace(answered(201), operation="c", boundary="another"),
        replace(answered(201), operation="gone", boundary="shop"),
    ]
    rows = covered("shop", FOUND, exchanges)
    assert [(row.operation, row.calls, dict(row.statuses)) for row in rows] == [
        ("a", 2, {"200": 1, "404": 1}),
        ("b", 2, {"0": 1, "500": 1}),
        ("c", 0, {}),
        ("go", 1, {"302": 1}),
    ]
    found = summary(FOUND, rows)
    assert (found.answered, found.failed, found.untried) == (("a", "go"), ("b",), ("c",))
    assert found.share == 0.5
    assert summary(FOUND, []).untried == ("a", "b", "c", "go")


def test_a_redirect_is_success_only_where_nothing_else_is_promised() -> None:
    rows = covered("shop", FOUND, [replace(answered(302), operation="a", boundary="shop")])
    assert not succeeded(operation(FOUND, "a"), rows[0])
    assert summary(contract({}), []).share == 0.0
