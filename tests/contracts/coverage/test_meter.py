"""What counts as exercised, and what does not: by what was really sent and really answered."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from seamwright.contracts.conformance import request_violations
from seamwright.contracts.coverage import Meter
from seamwright.contracts.coverage.parts import compile_operation
from seamwright.contracts.coverage.spots import Hits
from seamwright.contracts.graphql import load_sdl
from seamwright.model.exchange import Case
from tests.contracts.coverage.metering import bar
from tests.contracts.documents import unanswered
from tests.rpc import contract_of as rpc_contract

LINE = {
    "type": "object",
    "required": ["sku", "quantity"],
    "additionalProperties": False,
    "properties": {
        "sku": {"type": "string", "enum": ["mug", "pen"]},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 5},
        "note": {"type": "string", "maxLength": 3, "pattern": "^[a-z]*$"},
    },
}
ORDER = {"type": "object", "required": ["lines"], "properties": {"lines": {"type": "array", "items": LINE}}}
QUANTITY = "body/lines/*/quantity"


def order(**line: Any) -> dict[str, Any]:
    return {"lines": [{"sku": "mug", "quantity": 2, **line}]}


def test_a_valid_value_a_value_at_the_limit_and_the_keyword_broken_alone_are_three_points() -> None:
    b = bar(ORDER)
    assert b.missing(QUANTITY, "minimum") == {"valid": "", "limit": "", "broken": ""}

    b.call(order(quantity=3))
    assert b.done(QUANTITY, "minimum") == {"valid"}
    b.call(order(quantity=1))
    assert b.done(QUANTITY, "minimum") == {"valid", "limit"}
    assert b.done(QUANTITY, "maximum") == {"valid"}
    b.call(order(quantity=0), status=422)
    assert b.done(QUANTITY, "minimum") == {"valid", "limit", "broken"}
    assert "broken" not in b.done(QUANTITY, "maximum")
    assert "broken" not in b.done(QUANTITY, "type")


def test_every_listed_value_is_a_point_of_its_own() -> None:
    b = bar(ORDER)
    b.call(order(sku="pen"))
    assert b.done("body/lines/*/sku", "enum") == {'"pen"'}
    b.call(order(sku="cup"), status=400)
    assert b.done("body/lines/*/sku", "enum") == {'"pen"', "broken"}


def test_properties_are_sent_and_left_out() -> None:
    b = bar(ORDER)
    b.call(order())
    assert b.done("body/lines/*/note", "optional") == {"left out"}
    b.call(order(note="abc"))
    assert b.done("body/lines/*/note", "optional") == {"sent", "left out"}
    assert b.done("body/lines/*/note", "maxLength") == {"valid", "limit"}
    assert b.done("body/lines/*/quantity", "required") == {"sent"}
    b.call({"lines": [{"sku": "mug"}]}, status=422)
    assert b.done("body/lines/*/quantity", "required") == {"sent", "broken"}
    assert b.done("body/lines/*/sku", "required") == {"sent"}


def test_two_things_that_are_wrong_break_neither_alone() -> None:
    b = bar(ORDER)
    b.call(order(quantity=0, sku="cup"), status=422)
    b.call(order(quantity=9, extra=1), status=422)
    assert "broken" not in b.done(QUANTITY, "minimum") | b.done("body/lines/*/sku", "enum")
    assert "broken" not in b.done(QUANTITY, "maximum") | b.done("body/lines/*", "additionalProperties")
    b.call(order(extra=1), status=422)
    assert "broken" in b.done("body/lines/*", "additionalProperties")


@pytest.mark.parametrize("status", [0, 401, 403, 407, 408, 429, 500, 503])
def test_an_answer_that_would_have_come_to_any_value_judges_none(status: int) -> None:
    b = bar(ORDER)
    b.call(order(quantity=1), status=status)
    b.call(order(quantity=0), status=status)
    points = [p for p in b.meter.points(b.operation) if p.kind in ("keyword", "property", "parameter")]
    assert all(not p.done for p in points)
    seen = f"answered {status}, which does not say that it was judged" if status else "no answer came"
    told = f"it was sent, and {seen}"
    assert b.missing(QUANTITY, "minimum") == {"valid": "", "limit": told, "broken": told}
    assert b.missing("request", "application/json") == {"sent": told}

    b.call(order(quantity=1))
    assert b.done(QUANTITY, "minimum") == {"valid", "limit"}, "it is judged once somebody judges it"


def test_a_refusal_of_what_is_wrong_says_nothing_of_what_is_right_beside_it() -> None:
    b = bar(ORDER)
    b.call(order(quantity=0), status=422)
    assert b.done("body/lines/*/sku", "enum") == set()
    b.call(order(sku="pen"), status=422)
    assert b.done("body/lines/*/sku", "enum") == {'"pen"'}, "nothing is wrong with it, and it was looked at"


def test_a_broken_value_that_is_accepted_was_tried() -> None:
    b = bar(ORDER)
    b.call(order(quantity=0))
    assert b.done(QUANTITY, "minimum") == {"broken"}
    assert b.done("body/lines/*/sku", "enum") == {'"mug"'}, "so was what stood beside it"


def test_a_refusal_of_one_part_judges_that_part_alone() -> None:
    parameters = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}]
    b = bar(ORDER, parameters=parameters, path="/things/{id}")
    b.call(order(quantity=5), path={"id": 7}, status=404)
    assert b.done("path/id", "minimum") == {"valid"}
    assert b.done("path/id", "required") == {"sent"}
    assert b.done(QUANTITY, "maximum") == set()
    b.call(order(), path={"id": "abc"}, status=404)
    assert b.done("path/id", "type") == {"integer", "broken"}
    b.call(order(), path={"id": 0}, status=409)
    assert "broken" not in b.done("path/id", "minimum"), "a conflict is about something else"
    assert b.missing("path/id", "required") == {}, "a path without it is another path"


def test_a_body_too_large_is_a_body_that_was_judged() -> None:
    b = bar({"type": "string", "maxLength": 3})
    b.call("abcd", status=413)
    assert b.done("body", "maxLength") == {"broken"}


def test_parameters_count_as_they_stand_on_the_wire() -> None:
    b = bar(
        parameters=[
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 50}},
            {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
            {"name": "sort", "in": "query", "required": True, "schema": {"enum": ["up", "down"]}},
            {"name": "X-Trace", "in": "header", "schema": {"type": "boolean"}},
            {"name": "seen", "in": "cookie", "schema": {"type": "number", "exclusiveMinimum": 0}},
        ]
    )
    b.call(query={"sort": "up"})
    assert b.done("query/limit", "optional") == {"left out"}
    b.call(
        query={"limit": "50", "tags": ["a"], "sort": "down"}, headers={"x-trace": True}, cookies={"seen": "0.000001"}
    )
    assert b.done("query/limit", "maximum") == {"valid", "limit"}, "a text that reads as a number is one"
    assert b.done("query/tags", "minItems") == {"valid", "limit"}
    assert b.missing("query/tags", "minItems") == {}, "an empty list cannot be sent at all"
    assert b.done("header/X-Trace", "optional") == {"sent", "left out"}
    assert b.done("header/X-Trace", "type") == {"boolean"}
    assert b.done("cookie/seen", "exclusiveMinimum") == {"valid", "limit"}
    b.call(query={"sort": "up", "tags": []})
    assert b.done("query/tags", "optional") == {"sent", "left out"}
    assert b.missing("query/tags/*", "type") == {}, "any text is a text"
    b.call(query={"limit": "abc", "sort": "up"}, status=400)
    assert b.done("query/limit", "type") == {"integer", "broken"}
    b.call(status=400)
    assert b.done("query/sort", "required") == {"sent", "broken"}


def test_a_parameter_that_is_described_by_content_is_read_as_such() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 3}}}
    b = bar(parameters=[{"name": "filter", "in": "query", "content": {"application/json": {"schema": schema}}}])
    b.call(query={"filter": {"n": 3}})
    assert b.done("query/filter/n", "maximum") == {"valid", "limit"}
    b.call(query={"filter": {"n": "x"}}, status=400)
    assert "broken" in b.done("query/filter/n", "type")


def test_a_body_is_sent_left_out_and_no_json() -> None:
    b = bar({"type": "object"}, required=False)
    b.call({})
    b.call(status=201)
    assert b.done("body", "optional") == {"sent", "left out"}
    b.call(raw=b"{", status=400)
    assert b.done("body", "json") == {"broken"}

    b = bar({"type": "object"})
    b.call({})
    assert b.done("body", "required") == {"sent"}
    b.call(raw=b"", status=422)
    assert b.done("body", "required") == {"sent", "broken"}


def test_raw_json_is_read_back_as_it_left() -> None:
    b = bar(ORDER)
    b.call(raw=b'{"lines": [{"sku": "mug", "quantity": 1}]}')
    assert b.done(QUANTITY, "minimum") == {"valid", "limit"}


def test_a_body_of_a_type_that_is_not_declared_exercises_nothing_of_it() -> None:
    b = bar(ORDER)
    b.call(order(), media_type="text/plain")
    assert b.done("request", "application/json") == set()
    assert b.done("body", "required") == set()
    assert b.done(QUANTITY, "minimum") == set()


def test_media_types_of_one_schema_share_its_points_and_others_have_their_own() -> None:
    other = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 3}}}
    b = bar(
        content={
            "application/json": {"schema": ORDER},
            "application/vnd.shop+json": {"schema": ORDER},
            "application/x-www-form-urlencoded": {"schema": other},
            "application/octet-stream": {"schema": {"type": "string"}},
        }
    )
    b.call(order(), media_type="application/vnd.shop+json")
    assert b.done("request", "application/vnd.shop+json") == {"sent"}
    assert b.done("request", "application/json") == set()
    assert "valid" in b.done(QUANTITY, "minimum")
    b.call({"n": "3"}, media_type="application/x-www-form-urlencoded")
    assert b.done("body[application/x-www-form-urlencoded]/n", "maximum") == {"valid", "limit"}
    assert not any("octet-stream" in place for place, _ in b.names)


def test_answers_are_told_by_status_media_type_and_headers() -> None:
    json: dict[str, Any] = {"application/json": {"schema": {}}}
    b = bar(
        {},
        responses={
            "201": {
                "description": "",
                "content": json,
                "headers": {"ETag": {"schema": {}}, "Location": {"schema": {}}},
            },
            "4XX": {"description": "", "content": {"application/problem+json": {}}},
            "default": {"description": ""},
        },
    )
    assert b.done("response", "success") == set()
    b.call({}, status=201, answer="application/json; charset=utf-8", told={"etag": '"1"'})
    assert b.done("response", "success") == {"answered"}
    assert b.done("response/201", "status") == {"answered"}
    assert b.done("response/201", "application/json") == {"answered"}
    assert b.done("response/201", "ETag") == {"answered"}
    assert b.done("response/201", "Location") == set()
    b.call({}, status=201, told={"location": "/1"})
    assert b.done("response/201", "Location") == {"answered"}, "what is still waited for is looked at again"
    b.call({}, status=401, answer="application/problem+json")
    assert b.done("response/4XX", "application/problem+json") == {"answered"}
    assert b.done("response/default", "status") == set()
    b.call({}, status=503, answer="")
    assert b.done("response/default", "status") == {"answered"}


def test_a_redirect_is_a_success_where_the_contract_declares_it() -> None:
    b = bar({}, responses={"302": {"description": ""}})
    b.call({}, status=301, answer="")
    assert b.done("response", "success") == set()
    b.call({}, status=302, answer="")
    assert b.done("response", "success") == {"answered"}


def test_a_status_of_which_nothing_else_is_known_counts_as_a_status() -> None:
    b = bar({}, responses={"200": {"description": "", "content": {"application/json": {}}}, "503": {"description": ""}})
    b.meter.counted(b.operation, 200)
    b.meter.counted(b.operation, 503)
    b.meter.counted(b.operation, 404)
    assert b.done("response", "success") == {"answered"}
    assert b.done("response/503", "status") == {"answered"}
    assert b.done("response/200", "application/json") == set()


def test_no_answer_tells_nothing() -> None:
    b = bar({})
    b.meter.answered(b.operation, unanswered())
    assert all(not p.done for p in b.meter.points(b.operation))


def test_an_alternative_counts_only_where_one_branch_is_meant() -> None:
    card = {"type": "object", "required": ["card", "code"], "properties": {"card": {}, "code": {"type": "integer"}}}
    bank = {"type": "object", "required": ["iban"], "properties": {"iban": {"type": "string", "minLength": 2}}}
    b = bar({"oneOf": [card, bank]})
    b.call({"card": 1, "code": 1})
    assert b.done("body", "oneOf") == {"1"}
    assert b.done("body/iban", "required") == set(), "only the branch that is taken is exercised"
    b.call({"iban": "abc"})
    assert b.done("body", "oneOf") == {"1", "2"}
    b.call({"card": 1, "iban": "a"}, status=422)
    b.call({}, status=422)
    assert b.done("body", "oneOf") == {"1", "2", "broken"}
    assert "broken" not in b.done("body/card", "required")
    b.call({"card": 1, "code": "x", "iban": 7}, status=422)
    assert "broken" not in b.done("body/code", "type"), "either branch could have been meant"
    b.call({"iban": "a", "x": 1}, status=422)
    assert "broken" in b.done("body/iban", "minLength"), "two things are wrong with the other branch"


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_null_beside_a_schema_is_a_type_and_no_alternative(version: str) -> None:
    told: Any = {"type": "integer", "maximum": 3, "nullable": True}
    if version == "3.1.0":
        told = {"anyOf": [{"type": "integer", "maximum": 3}, {"type": "null"}]}
    b = bar({"type": "object", "properties": {"n": told}}, openapi=version)
    assert ("body/n", "anyOf") not in b.names
    b.call({"n": None})
    assert b.done("body/n", "type") == {"null"}
    b.call({"n": 4}, status=422)
    assert b.done("body/n", "maximum") == {"broken"}
    b.call({"n": "x"}, status=422)
    assert b.done("body/n", "type") == {"null", "broken"}


def test_what_is_joined_holds_together() -> None:
    base = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
    b = bar({"allOf": [base, {"required": ["b"], "properties": {"a": {"minimum": 2}}}]})
    assert ("body/b", "required") in b.names
    assert ("body/b", "optional") not in b.names
    b.call({"a": 2, "b": ""})
    assert b.done("body/a", "minimum") == {"valid", "limit"}
    b.call({"a": 1, "b": ""}, status=400)
    assert "broken" in b.done("body/a", "minimum")


def test_conditions_are_taken_and_not_taken() -> None:
    schema = {
        "type": "object",
        "properties": {"kind": {"type": "string"}},
        "if": {"properties": {"kind": {"const": "big"}}, "required": ["kind"]},
        "then": {"required": ["size"], "properties": {"size": {"type": "integer", "minimum": 10}}},
        "else": {"maxProperties": 2},
    }
    b = bar(schema)
    b.call({"kind": "big", "size": 10})
    assert b.done("body", "if") == {"then"}
    assert b.done("body/size", "minimum") == {"valid", "limit"}
    b.call({"kind": "x", "y": 1})
    assert b.done("body", "if") == {"then", "else"}
    assert b.done("body", "maxProperties") == {"valid", "limit"}
    b.call({"kind": "big"}, status=422)
    assert b.done("body/size", "required") == {"sent", "broken"}


def test_what_depends_and_what_may_not_be() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"not": {"const": 3}}, "l": {"type": "array", "contains": {"const": 1}}},
        "dependentRequired": {"a": ["b"]},
        "dependentSchemas": {"l": {"properties": {"m": {"maximum": 4}}}},
        "propertyNames": {"maxLength": 2},
        "additionalProperties": {"type": "integer", "maximum": 9},
    }
    b = bar(schema)
    b.call({"a": 1, "b": 9, "l": [1], "m": 4})
    assert b.done("body/a", "dependentRequired") == {"valid"}
    assert b.done("body/a", "not") == {"valid"}
    assert b.done("body/l", "contains") == {"valid"}
    assert b.done("body", "propertyNames") == {"valid"}
    assert b.done("body/*", "maximum") == {"valid", "limit"}
    assert b.done("body/m", "maximum") == {"valid", "limit"}
    for wrong, place, keyword in (
        ({"a": 1}, "body/a", "dependentRequired"),
        ({"a": 3, "b": 1}, "body/a", "not"),
        ({"l": [2]}, "body/l", "contains"),
        ({"abc": 1}, "body", "propertyNames"),
        ({"x": 10}, "body/*", "maximum"),
    ):
        b.call(wrong, status=422)
        assert "broken" in b.done(place, keyword), (wrong, place, keyword)


def test_recursion_is_followed_once() -> None:
    node = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        },
    }
    b = bar({"$ref": "#/components/schemas/Node"}, components={"schemas": {"Node": node}})
    assert ("body/name", "type") in b.names
    assert ("body/children/*", "type") in b.names
    assert ("body/children/*/name", "type") not in b.names


def test_what_has_no_place_in_a_request_is_not_asked_for() -> None:
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": True}, "n": {}}}
    b = bar(schema)
    assert not [place for place, _ in b.names if place.startswith("body/id")]


def test_credentials_are_used_and_left_out() -> None:
    schemes = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    }
    b = bar({}, security=[{"bearer": []}, {"key": []}], components={"securitySchemes": schemes})
    b.call({}, headers={"authorization": "Bearer forged"}, status=401)
    assert b.done("security", "bearer") == set()
    b.call({}, status=401)
    assert b.done("security", "no credentials") == {"left out"}
    b.call({}, headers={"authorization": "Bearer good"}, status=404)
    assert b.done("security", "bearer") == {"used"}
    assert b.done("security", "key") == set()


def test_contracts_of_other_kinds_have_meters_of_their_own() -> None:
    graph = load_sdl("type Query { a: Int }", source="x", digest="")
    proto = rpc_contract(
        'syntax = "proto3"; package a.v1; service S { rpc Do(M) returns (M); } message M { string a = 1; }'
    )
    for found in (graph, proto):
        meter, [operation] = Meter(found), found.operations
        assert {point.kind for point in meter.points(operation)} >= {"operation", "status"}
        assert meter.clipped(operation) is False
        meter.counted(operation, 503)
        assert not [point for point in meter.points(operation) if point.done]


def test_values_that_always_break_more_than_one_thing_are_not_looked_into_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    b = bar(ORDER)
    asked: list[int] = []
    real = request_violations

    def counted(*given: Any) -> Any:
        asked.append(1)
        return real(*given)

    monkeypatch.setattr("seamwright.contracts.coverage.meter.request_violations", counted)
    for line in ({"note": "abc"}, {"quantity": 1}, {"quantity": 5, "sku": "pen"}):
        b.call(order(**line))
    assert asked == [], "a call that is accepted need not be held against the contract"
    for _ in range(400):
        b.call(order(quantity=0, sku="cup"), status=422)
    assert len(asked) < 60
    for _ in range(40):
        b.call(order(quantity=0), status=422)
    assert "broken" in b.done(QUANTITY, "minimum"), "now and then it still is"


def test_it_agrees_with_the_validator_on_values_made_at_random() -> None:
    """The walk over the spots never takes for broken what the contract allows, nor the other way round."""
    b = bar(ORDER)
    random = Random(3)
    pools: dict[str, list[Any]] = {
        "sku": ["mug", "pen", "cup", 7],
        "quantity": [0, 1, 3, 5, 6, 1.5, "1"],
        "note": ["", "abc", "abcd", "A"],
    }
    for _ in range(500):
        line = {name: random.choice(pool) for name, pool in pools.items() if random.random() < 0.8}
        body = {"lines": [line]}
        (part,) = compile_operation(b.contract, b.operation).bodies
        hits: Hits = []
        part.root.walk(body, hits)
        broken = {(points.place, points.keyword) for points, aspect, _ in hits if aspect == "broken"}
        violations = request_violations(b.contract, b.operation, Case("op", body=body, media_type="application/json"))
        assert bool(broken) == bool(violations), (body, broken, violations)
