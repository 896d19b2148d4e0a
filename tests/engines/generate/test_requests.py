"""Cases of operations: valid ones, ones at a limit, and ones that break a single rule, held against the contract."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from seamwright.contracts.conformance import ContractValidator
from seamwright.contracts.openapi import load_openapi
from seamwright.engines.generate.requests import (
    Varied,
    boundary_cases,
    example_cases,
    invalid_cases,
    merged,
    unusual_cases,
    valid_case,
)
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case
from seamwright.model.operation import Contract, Operation
from seamwright.model.verdict import Cause

LINE = {
    "type": "object",
    "required": ["sku", "quantity"],
    "additionalProperties": False,
    "properties": {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 100},
    },
}
BODY = {
    "type": "object",
    "required": ["lines"],
    "properties": {
        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}, "minItems": 1, "maxItems": 3},
        "note": {"type": "string", "maxLength": 20},
    },
}
PARAMETERS: list[dict[str, Any]] = [
    {"name": "shop", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
    {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 1, "maximum": 50}},
    {"name": "sort", "in": "query", "schema": {"enum": ["up", "down"]}},
    {"name": "old", "in": "query", "deprecated": True, "schema": {"type": "string"}},
    {"name": "If-Match", "in": "header", "schema": {"type": "string"}},
    {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "minLength": 8}},
]


def made(parameters: list[dict[str, Any]] | None = None, body: Any = BODY, **media: Any) -> tuple[Contract, Operation]:
    said: dict[str, Any] = {"operationId": "it", "parameters": PARAMETERS if parameters is None else parameters}
    if body is not None:
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": body, **media}}}
    names = [p["name"] for p in said["parameters"] if p["in"] == "path"]
    path = "/orders" + "".join(f"/{{{name}}}" for name in names)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {path: {"post": {**said, "responses": {"200": {"description": "ok"}}}}},
        "components": {"schemas": {"Line": LINE}},
    }
    contract = load_openapi(document, source="openapi.json", digest="0" * 64)
    operation = contract.operation("it")
    assert operation is not None
    return contract, operation


def test_valid_cases_are_valid_by_the_contract() -> None:
    contract, operation = made()
    validator = ContractValidator(contract)
    random = Random(1)
    sent: Counter[str] = Counter()
    for _ in range(300):
        case = valid_case(contract, operation, random)
        assert validator.request_violations(operation, case) == ()
        sent.update([*case.query, *case.headers])

    assert sent["limit"] == sent["Idempotency-Key"] == 300
    assert 30 < sent["sort"] < 200, "what is optional is sent now and then"
    assert sent["old"] == 0, "what is deprecated is not"
    assert sent["If-Match"] == 0, "whose meaning no schema says is left to who knows it"


def test_cases_depend_on_the_seed_alone() -> None:
    contract, operation = made()

    def cases(seed: int) -> list[Case]:
        random = Random(seed)
        return [valid_case(contract, operation, random) for _ in range(20)]

    assert cases(1) == cases(1) != cases(2)
    assert list(invalid_cases(contract, operation, Random(3))) == list(invalid_cases(contract, operation, Random(3)))


def test_cases_at_a_limit_are_valid_and_reach_it() -> None:
    contract, operation = made()
    validator = ContractValidator(contract)
    base = valid_case(contract, operation, Random(1))
    edges = list(boundary_cases(contract, operation, Random(1)))

    for edge in edges:
        assert validator.request_violations(operation, merged(base, edge)) == (), edge
        assert edge.why.endswith("its limit")
    assert {edge.value for edge in edges if edge.name == "limit"} >= {1, 50}
    quantities = {line["quantity"] for e in edges if e.where == "body" for line in e.value["lines"]}
    assert quantities >= {1, 100}
    assert any(len(edge.value.get("note", "")) == 20 for edge in edges if edge.where == "body")
    assert not any(edge.where == "path" or edge.name in ("If-Match", "Idempotency-Key") for edge in edges)
    assert [edge.where for edge in edges] == sorted((edge.where for edge in edges), key=lambda where: where == "body")


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_is_an_object_whatever_is_put_into_it(media_type: str) -> None:
    some = {"type": "array", "minItems": 1, "items": {"type": "integer"}}
    schema = {"type": "object", "properties": {"size": {"type": "integer"}, "some": some}}
    told = {"requestBody": {"content": {media_type: {"schema": schema}}}, "responses": {"200": {"description": ""}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"post": {"operationId": "a", **told}}},
    }
    contract = load_openapi(document, source="openapi.json", digest="0" * 64)
    operation = contract.operation("a")
    assert operation is not None
    broken = list(invalid_cases(contract, operation, Random(1)))
    assert {varied.place for varied in broken} == {"body/size", "body/some", "body/some/0"}
    assert not any(varied.value.get("some") == [] for varied in broken)


def test_cases_that_break_one_rule_are_refused_by_the_contract() -> None:
    contract, operation = made()
    validator = ContractValidator(contract)
    base = valid_case(contract, operation, Random(1))
    broken = list(invalid_cases(contract, operation, Random(1)))

    for varied in broken:
        assert validator.request_violations(operation, merged(base, varied)), varied
        assert varied.why
    keywords = {varied.keyword for varied in broken}
    assert {"minimum", "maximum", "type", "required", "pattern", "minItems", "enum", "syntax"} <= keywords
    places = {varied.place for varied in broken}
    assert {"body", "query/limit", "path/shop"} <= places
    assert any(place.startswith("body/lines/0/") for place in places)
    assert not any(v.where == "path" and (v.absent or v.value in ("", None, [], {})) for v in broken)
    assert any(v.name == "limit" and v.absent for v in broken)
    assert not any(v.name == "sort" and v.absent for v in broken), "to leave out what is optional breaks nothing"


def test_examples_come_first_in_their_order_and_once() -> None:
    one, two = {"lines": [{"sku": "AAA-0001", "quantity": 1}]}, {"lines": [{"sku": "BBB-0002", "quantity": 2}]}
    contract, operation = made(examples={"b": {"value": two}, "a": {"value": one}, "again": {"value": two}})
    bodies = [case.body for case in example_cases(contract, operation, Random(1))]
    assert bodies[:2] == [two, one]
    assert bodies.count(two) == 1


def test_without_a_body_there_is_one_example() -> None:
    contract, operation = made(body=None)
    (case,) = example_cases(contract, operation, Random(1))
    assert (case.body, case.media_type) == (None, None)


@pytest.mark.parametrize(
    ("varied", "expected"),
    [
        (Varied("query", "LIMIT", 9, "k", "p", "w"), {"query": {"LIMIT": 9, "sort": "up"}}),
        (Varied("query", "limit", None, "k", "p", "w", absent=True), {"query": {"sort": "up"}}),
        (Varied("path", "shop", "x", "k", "p", "w"), {"path": {"shop": "x"}}),
        (Varied("header", "X-A", "x", "k", "p", "w"), {"headers": {"X-A": "x"}}),
        (Varied("cookie", "sid", "x", "k", "p", "w"), {"cookies": {"sid": "x"}}),
        (Varied("body", "", [1], "k", "p", "w"), {"body": [1], "raw": None}),
        (Varied("body", "", None, "k", "p", "w", absent=True), {"body": None, "raw": b""}),
        (Varied("body", "", None, "k", "p", "w", raw=b"{"), {"raw": b"{", "body": {"a": 1}}),
    ],
)
def test_a_varied_part_is_laid_over_a_case(varied: Varied, expected: dict[str, Any]) -> None:
    base = Case(
        "it", path={"shop": "s"}, query={"limit": 1, "sort": "up"}, body={"a": 1}, media_type="application/json"
    )
    laid = merged(base, varied)
    assert {name: getattr(laid, name) for name in expected} == expected
    assert base.query == {"limit": 1, "sort": "up"}


def test_what_has_no_valid_value_is_told_as_the_contracts_fault() -> None:
    impossible = {"type": "object", "required": ["a"], "properties": {"a": False}}
    contract, operation = made(body=impossible)
    with pytest.raises(Undecided, match=r"no valid .*value can be made") as caught:
        valid_case(contract, operation, Random(1))
    assert caught.value.cause is Cause.USAGE


def test_an_optional_parameter_without_a_valid_value_is_left_out() -> None:
    contract, operation = made([{"name": "q", "in": "query", "schema": False}], body=None)
    random = Random(1)
    assert all(valid_case(contract, operation, random).query == {} for _ in range(30))


def test_examples_of_parameters_are_used() -> None:
    given = {"name": "sku", "in": "path", "required": True, "schema": {"type": "string"}, "example": "SKU-1"}
    contract, operation = made([given], body=None)
    random = Random(1)
    values = Counter(valid_case(contract, operation, random).path["sku"] for _ in range(100))
    assert 25 < values["SKU-1"] < 75


def test_contracts_do_not_mix() -> None:
    """Generators are kept by the identity of their contract; one that is gone must not lend them to another."""
    for length in range(1, 80):
        schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": length}}}
        contract, operation = made([], body=schema)
        assert valid_case(contract, operation, Random(1)).body["n"] >= length


def test_entity_tags_of_strange_forms_are_unusual_as_far_as_the_contract_allows_them() -> None:
    tag = {"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": r'^"([0-9]+?)"$|\*'}}
    contract, operation = made([tag, {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}])
    found = [v for v in unusual_cases(contract, operation, Random(1)) if v.where == "header"]
    assert {v.value for v in found} == {"*", "*a"}, "a pattern that is not anchored allows more than was meant"
    assert {v.name for v in found} == {"If-Match"}
    assert len({v.why for v in found}) == 1


def test_a_parameter_without_a_type_is_a_small_number_now_and_then() -> None:
    contract, operation = made([{"name": "codes", "in": "query", "required": True, "schema": {}}])
    random = Random(1)
    drawn = [valid_case(contract, operation, random).query["codes"] for _ in range(300)]
    assert {0, 1, -1} <= {value for value in drawn if type(value) is int}
    assert any(isinstance(value, str) for value in drawn)
