"""Operations and contracts: what they declare."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.model.operation import Answer, Contract, Operation, Parameter


def parameter(name: str, location: Any) -> Parameter:
    return Parameter(name, location, False, {}, "simple", False)


OPERATION = Operation(
    "getOrder",
    "GET",
    "/orders/{id}",
    parameters=(parameter("id", "path"), parameter("If-Match", "header"), parameter("id", "query")),
    answers={"200": Answer("200"), "4XX": Answer("4XX"), "default": Answer("default")},
)


def contract(document: Any) -> Contract:
    return Contract("openapi", "t", "1", "3.1", "x", "d", (OPERATION,), {}, document)


@pytest.mark.parametrize(("method", "safe"), [("GET", True), ("HEAD", True), ("OPTIONS", True), ("POST", False)])
def test_safe_methods(method: str, safe: bool) -> None:
    assert Operation("x", method, "/").safe is safe


def test_who_must_authenticate() -> None:
    assert not Operation("x", "GET", "/").protected
    assert Operation("x", "GET", "/", security=(frozenset({"bearer"}),)).protected
    assert not Operation("x", "GET", "/", security=(frozenset({"bearer"}), frozenset())).protected


def test_parameters_are_found_by_place_and_header_names_without_case() -> None:
    assert OPERATION.parameter("header", "if-match") is OPERATION.parameters[1]
    assert OPERATION.parameter("query", "ID") is None
    assert [p.name for p in OPERATION.at("path")] == ["id"]
    assert str(OPERATION) == "GET /orders/{id}"
    assert OPERATION.label == "getOrder (GET /orders/{id})"
    assert Operation("Query.order", "QUERY", "order").label == "Query.order", "its id says it all"
    assert Operation("Query.order", "QUERY", "order").safe


@pytest.mark.parametrize(("status", "declared"), [(200, "200"), (404, "4XX"), (500, "default")])
def test_the_nearest_declared_answer_is_found(status: int, declared: str) -> None:
    answer = OPERATION.answer(status)
    assert answer is not None
    assert answer.status == declared


def test_an_answer_that_nothing_declares() -> None:
    assert Operation("x", "GET", "/", answers={"200": Answer("200")}).answer(500) is None


def test_references_are_followed() -> None:
    document = {"a/b": {"c~d": [{"e f": 1}]}, "": 2}
    assert contract(document).resolve("#/a~1b/c~0d/0/e%20f") == 1
    assert contract(document).resolve("#") == document
    assert contract(document).operation("getOrder") is OPERATION
    assert contract(document).operation("no") is None


@pytest.mark.parametrize("ref", ["#/no", "#/a~1b/c~0d/1", "#/a~1b/c~0d/x", "other.json#/a", "#/a~1b/c~0d/0/e%20f/g"])
def test_a_reference_to_nothing(ref: str) -> None:
    with pytest.raises(KeyError):
        contract({"a/b": {"c~d": [{"e f": 1}]}}).resolve(ref)


def test_an_operation_that_is_declared_safe_by_itself() -> None:
    assert not Operation("a", "UNARY", "/a").safe
    assert Operation("a", "UNARY", "/a", declared_safe=True).safe
