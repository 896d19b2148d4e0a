"""Answers are held against what was asked for, value by value, and against the form of a response."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.graphql.conformance import RESPONSE, GraphQLValidator
from seamwright.model.exchange import Case
from tests.contracts.graphql.shop import SHOP, asked, exchanged

VALIDATOR = GraphQLValidator(SHOP)
ORDERS = SHOP.operations[0]
ORDER = {"id": "1", "status": "OPEN", "total": 1.5, "note": None}
QUERY = "{ orders { id status total note } }"


def told(query: str, body: Any, **more: Any) -> list[tuple[str, str]]:
    return [(v.place, v.keyword) for v in VALIDATOR.violations(ORDERS, exchanged(query, body, **more))]


def test_what_was_asked_for_is_right() -> None:
    assert told(QUERY, {"data": {"orders": [ORDER, {**ORDER, "total": 3}]}}) == []
    assert told(QUERY, {"data": None, "errors": [{"message": "no"}]}) == []
    assert told("{ orders { createdAt } }", {"data": {"orders": [{"createdAt": {"any": "JSON"}}]}}) == []


@pytest.mark.parametrize(
    ("change", "place", "keyword"),
    [
        ({"status": None}, "status", "non-null"),
        ({"status": "open"}, "status", "enum"),
        ({"status": 1}, "status", "enum"),
        ({"total": "1.5"}, "total", "type"),
        ({"total": True}, "total", "type"),
        ({"id": 1}, "id", "type"),
        ({"note": ["a"]}, "note", "type"),
        ({"extra": 1}, "extra", "unexpected"),
    ],
)
def test_a_value_that_its_type_does_not_allow(change: dict[str, Any], place: str, keyword: str) -> None:
    assert told(QUERY, {"data": {"orders": [ORDER, ORDER | change]}}) == [(f"/data/orders/1/{place}", keyword)]


def test_what_is_missing_or_of_another_shape() -> None:
    assert told(QUERY, {"data": {"orders": [{}]}})[0] == ("/data/orders/0/id", "missing")
    assert told(QUERY, {"data": {"orders": {"0": ORDER}}}) == [("/data/orders", "type")]
    assert told(QUERY, {"data": {"orders": ["1"]}}) == [("/data/orders/0", "type")]
    assert told(QUERY, {"data": {"orders": None}}) == [("/data/orders", "non-null")]
    assert told(QUERY, {"data": {"orders": [None]}}) == [("/data/orders/0", "non-null")]
    assert told(QUERY, {"data": [1]}) == [("/data", "shape")]
    assert told("{ order(id: 1) { id } }", {"data": {"order": None}}) == []


@pytest.mark.parametrize(
    ("value", "right"), [(2**31 - 1, True), (-(2**31), True), (2**31, False), (1.0, True), (1.5, False)]
)
def test_an_int_has_32_bits(value: float, right: bool) -> None:
    query = "{ orders { lines { quantity } } }"
    found = told(query, {"data": {"orders": [{"lines": [{"quantity": value}]}]}})
    assert (found == []) is right


def test_a_huge_number_is_no_trouble() -> None:
    assert told("{ orders { total } }", '{"data": {"orders": [{"total": 1' + "0" * 400 + "}]}}") == []
    assert told("{ orders { total } }", '{"data": {"orders": [{"total": NaN}]}}') == [("/data/orders/0/total", "type")]


def test_members_of_unions_and_interfaces_are_judged_by_what_they_say_they_are() -> None:
    query = '{ search(text: "a") { kind: __typename ... on Customer { name } ... on Order { total } } }'
    right = [{"kind": "Customer", "name": "A"}, {"kind": "Order", "total": 1}]
    assert told(query, {"data": {"search": right}}) == []
    assert told(query, {"data": {"search": [{"kind": "Line"}]}}) == [("/data/search/0/kind", "typename")]
    assert told(query, {"data": {"search": [{"kind": "Order", "name": "A"}]}}) == [
        ("/data/search/0/total", "missing"),
        ("/data/search/0/name", "unexpected"),
    ]
    assert told("{ node(id: 1) { id ... on Order { total } } }", {"data": {"node": {"id": "1", "total": "?"}}}) == []


@pytest.mark.parametrize(
    ("body", "place", "keyword"),
    [
        ({"data": {}, "status": "ok"}, "/status", "shape"),
        ({"data": None}, "/data", "shape"),
        ({"errors": []}, "/errors", "shape"),
        ({"errors": {"message": "x"}}, "/errors", "shape"),
        ({"errors": ["x"]}, "/errors/0", "errors"),
        ({"errors": [{"code": 1}]}, "/errors/0/message", "errors"),
        ({"errors": [{"message": "x", "path": "orders"}]}, "/errors/0/path", "errors"),
        ({"errors": [{"message": "x", "path": ["orders", "0"]}]}, "/errors/0/path", "errors"),
        ({"errors": [{"message": "x", "locations": [{"line": 0, "column": 1}]}]}, "/errors/0/locations", "errors"),
        ({"errors": [{"message": "x", "extensions": []}]}, "/errors/0/extensions", "errors"),
        ({"result": 1}, "", "shape"),
        ("<html>", "", "shape"),
    ],
)
def test_the_form_of_a_response(body: Any, place: str, keyword: str) -> None:
    query = "{ __typename }" if isinstance(body, dict) and body.get("data") is not None else QUERY
    assert (place, keyword) in told(query, body)


def test_null_where_a_reference_implementation_writes_it_is_let_pass() -> None:
    error = {"message": "x", "path": None, "locations": None, "extensions": None}
    assert told(QUERY, {"data": None, "errors": [error, {"message": "y", "path": ["orders", 0]}]}) == []


@pytest.mark.parametrize(
    ("body", "status", "media_type", "keywords"),
    [
        ({"errors": [{"message": "x"}]}, 200, RESPONSE, ["status"]),
        ({"errors": [{"message": "x"}]}, 400, RESPONSE, []),
        ({"errors": [{"message": "x"}]}, 200, "application/json", []),
        ({"data": {"orders": []}}, 500, RESPONSE, ["status"]),
        ({"data": {"orders": []}}, 200, "text/plain", ["media-type"]),
        ("bad gateway", 502, "text/html", []),
        ({"error": "gone"}, 404, "application/json", []),
    ],
)
def test_status_and_media_type(body: Any, status: int, media_type: str, keywords: list[str]) -> None:
    found = VALIDATOR.violations(ORDERS, exchanged(QUERY, body, status=status, media_type=media_type))
    assert [v.keyword for v in found] == keywords


def test_the_answer_to_what_was_no_valid_request_is_only_held_to_its_form() -> None:
    assert told("{ orders { weight } }", {"data": {"orders": 5}}) == []


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        (asked("Query.orders", "query ($n: Int) { orders(first: $n) { id } }", n=2), ""),
        (asked("Query.orders", "query ($n: Int) { orders(first: $n) { id } }", n="2"), "Int cannot represent"),
        (asked("Query.orders", "{ orders }"), "must have a selection"),
        (asked("Query.orders", "mutation { deleteOrder(id: 1) }"), "is a query"),
        (Case("Query.orders", raw=b"{}"), "no GraphQL request"),
    ],
)
def test_a_case_is_held_against_the_schema(case: Case, wrong: str) -> None:
    found = VALIDATOR.request_violations(ORDERS, case)
    assert wrong in " ".join(v.text for v in found)
    assert bool(found) is bool(wrong)
