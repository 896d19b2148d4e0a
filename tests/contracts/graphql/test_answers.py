"""What came back is read as data and errors, and counted for coverage by whether the field was answered."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.graphql.answers import answer_of, field_of, outcome
from seamwright.model.exchange import Exchange, Failure, Request
from tests.contracts.graphql.shop import exchanged


@pytest.mark.parametrize(
    ("body", "status", "counted"),
    [
        ({"data": {"order": {"id": "1"}}}, 200, "200"),
        ({"data": {"order": {"id": None}}, "errors": [{"message": "x", "path": ["order", "id"]}]}, 200, "200"),
        ({"data": {"order": None}, "errors": [{"message": "x"}]}, 200, "200 errors"),
        ({"errors": [{"message": "x"}]}, 200, "200 errors"),
        ({"data": {"order": None}}, 200, "200 null"),
        ({"errors": [{"message": "x"}]}, 400, "400"),
        ({"id": "1"}, 200, "200 no GraphQL"),
        ("<html>", 200, "200 no GraphQL"),
    ],
)
def test_a_field_is_answered_when_its_data_came(body: Any, status: int, counted: str) -> None:
    assert outcome(exchanged("{ order }", body, operation="Query.order", status=status)) == counted


def test_a_failure_counts_as_its_kind() -> None:
    request = Request("POST", "http://127.0.0.1/")
    assert outcome(Exchange(request, None, Failure("reset", "gone"), 0.0, 0.0, operation="Query.order")) == "reset"


def test_errors_are_read_whatever_their_form() -> None:
    errors = [
        {"message": "m", "path": ["orders", "3", "id"], "extensions": {"code": "NOT_FOUND"}},
        {"message": 5, "extensions": "none"},
        "text",
    ]
    answer = answer_of(exchanged("{ x }", {"data": None, "errors": errors}))
    assert answer is not None
    first, second, third = answer.errors
    assert (first.message, first.path, first.code, first.place) == (
        "m",
        ("orders", 3, "id"),
        "NOT_FOUND",
        "orders/*/id",
    )
    assert (second.message, second.code, third.message) == ("5", "", "text")


def test_the_root_field_of_an_operation() -> None:
    assert field_of("Query.order") == "order"
