"""What conforms has no violation; what breaks the contract has exactly the one it should, at its place."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from seamwright.contracts.conformance import ContractValidator, request_violations, validator, violations
from seamwright.model.bench import Violation
from seamwright.model.errors import ContractError
from seamwright.model.exchange import Case, Exchange
from tests.contracts.documents import answered, contract, operation, unanswered

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "total"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "total": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        "note": {"type": "string", "maxLength": 10, "nullable": True},
        "state": {"enum": ["new", "paid"]},
        "at": {"type": "string", "format": "date-time"},
        "secret": {"type": "string", "writeOnly": True},
        "photo": {"type": "string", "format": "byte"},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}},
        "payer": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Payer"}]},
    },
}
PAYER = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
SHOP = contract(
    {
        "/orders/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}],
            "get": {
                "operationId": "getOrder",
                "parameters": [
                    {"name": "fields", "in": "query", "schema": {"type": "array", "items": {"enum": ["id", "total"]}}},
                    {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "string", "minLength": 4}},
                ],
                "responses": {
                    "200": {
                        "headers": {
                            "ETag": {"required": True, "schema": {"type": "string", "pattern": '^"'}},
                            "X-Left": {"schema": {"type": "integer"}},
                        },
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    },
                    "304": {},
                    "4XX": {"content": {"application/*": {"schema": {"type": "object", "required": ["title"]}}}},
                },
            },
            "put": {
                "operationId": "putOrder",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                },
                "responses": {
                    "204": {},
                    "200": {"content": {"text/plain": {"schema": {"type": "string", "maxLength": 3}}}},
                },
            },
        }
    },
    components={"schemas": {"Order": ORDER, "Payer": PAYER}},
)
GOOD: dict[str, Any] = {
    "id": 1,
    "total": 2.5,
    "note": None,
    "at": "2024-01-02T03:04:05Z",
    "parts": [{"id": 2, "total": 1}],
}
TAG = {"ETag": '"1"'}


def _of(name: str, exchange: Exchange) -> list[tuple[str, str]]:
    return [(v.place, v.keyword) for v in violations(SHOP, operation(SHOP, name), exchange)]


def test_what_conforms_has_no_violation() -> None:
    assert _of("getOrder", answered(200, GOOD, headers=TAG)) == []
    assert _of("getOrder", answered(200, GOOD, headers={"etag": '"1"', "X-Left": "7"})) == []
    assert _of("getOrder", answered(200, {**GOOD, "payer": None}, headers=TAG)) == []
    assert _of("getOrder", answered(404, {"title": "gone"}, content_type="application/problem+json")) == []
    assert _of("getOrder", answered(304, content_type=None)) == []
    assert _of("getOrder", answered(200, content_type="application/json", method="HEAD", headers=TAG)) == []
    assert _of("putOrder", answered(204, content_type=None)) == []
    assert _of("putOrder", answered(200, b"abc", content_type="text/plain")) == []
    assert _of("getOrder", unanswered()) == []


@pytest.mark.parametrize(
    ("change", "place", "keyword"),
    [
        ({"id": "1"}, "/body/id", "type"),
        ({"total": 0}, "/body/total", "exclusiveMinimum"),
        ({"note": "more than ten"}, "/body/note", "maxLength"),
        ({"state": "lost"}, "/body/state", "enum"),
        ({"at": "yesterday"}, "/body/at", "format"),
        ({"photo": "not base 64!"}, "/body/photo", "format"),
        ({"secret": "s"}, "/body/secret", "writeOnly"),
        ({"extra": 1}, "/body", "additionalProperties"),
        ({"parts": [{"id": 1}]}, "/body/parts/0", "required"),
        ({"parts": [{"id": 1, "total": 1, "parts": [{"id": None, "total": 1}]}]}, "/body/parts/0/parts/0/id", "type"),
        ({"payer": {"name": 1}}, "/body/payer/name", "type"),
    ],
)
def test_each_way_to_break_the_body(change: dict[str, Any], place: str, keyword: str) -> None:
    exchange = answered(200, {**GOOD, **change}, headers=TAG)
    assert _of("getOrder", exchange) == [(place, keyword)]
    assert exchange.response is not None
    told = validator(SHOP).check_body(operation(SHOP, "getOrder"), 200, "application/json", exchange.response.body)
    assert told is not None
    assert told.startswith(f"{place}: ")


def test_a_good_photo_is_base64() -> None:
    photo = base64.b64encode(b"picture").decode()
    assert _of("getOrder", answered(200, {**GOOD, "photo": photo}, headers=TAG)) == []


@pytest.mark.parametrize(
    ("exchange", "place", "keyword"),
    [
        (answered(500, {}), "/status", "status"),
        (answered(201, GOOD), "/status", "status"),
        (answered(500, method="HEAD"), "/status", "status"),
        (answered(200, b"<html>", content_type="text/html", headers=TAG), "/headers/content-type", "content-type"),
        (answered(200, GOOD, content_type=None, headers=TAG), "/headers/content-type", "content-type"),
        (answered(404, b"no", content_type="text/plain"), "/headers/content-type", "content-type"),
        (answered(404, {"detail": 1}), "/body", "required"),
        (answered(200, b"{", headers=TAG), "/body", "json"),
        (answered(200, b"", headers=TAG), "/body", "json"),
        (answered(200, b"", content_type=None, headers=TAG), "/body", "body"),
        (answered(304, {"a": 1}), "/body", "body"),
        (answered(200, GOOD), "/headers/etag", "required"),
        (answered(200, GOOD, headers={"ETag": "1"}), "/headers/etag", "pattern"),
        (answered(200, GOOD, headers={**TAG, "X-Left": "many"}), "/headers/x-left", "type"),
    ],
)
def test_each_way_to_break_the_rest(exchange: Exchange, place: str, keyword: str) -> None:
    assert _of("getOrder", exchange) == [(place, keyword)]


def test_plain_text_is_held_to_its_schema() -> None:
    assert _of("putOrder", answered(200, b"four", content_type="text/plain; charset=utf-8")) == [("/body", "maxLength")]


def test_the_message_says_what_was_seen() -> None:
    [found] = violations(SHOP, operation(SHOP, "getOrder"), answered(418, {}, headers=TAG))[:1]
    assert found == Violation("/body", "required", found.text)
    [status] = violations(SHOP, operation(SHOP, "putOrder"), answered(418))
    assert status.text == "418 is not documented; documented: 204, 200"


def test_an_operation_without_answers_promises_nothing() -> None:
    found = contract({"/a": {"get": {"operationId": "a", "responses": {}}}})
    assert violations(found, operation(found, "a"), answered(500, b"x")) == ()


def test_a_validator_is_kept_for_its_contract() -> None:
    assert validator(SHOP) is validator(SHOP)
    other = contract({})
    assert validator(other) is not validator(SHOP)
    assert validator(other).contract is other


def test_the_fast_path_agrees_with_the_whole() -> None:
    judge = ContractValidator(SHOP)
    get = operation(SHOP, "getOrder")
    for exchange in (
        answered(200, GOOD, headers=TAG),
        answered(200, {}, headers=TAG),
        answered(200, b"{", headers=TAG),
        answered(200, b"", headers=TAG),
        answered(200, b"x", content_type="text/html", headers=TAG),
        answered(500, {}),
        answered(304, content_type=None),
        answered(404, {"title": "a"}),
    ):
        assert exchange.response is not None
        response = exchange.response
        told = judge.check_body(get, response.status, response.header("content-type") or "", response.body)
        assert (told is None) == (judge.violations(get, exchange) == ())


def test_a_schema_that_no_one_can_use_is_a_contract_error() -> None:
    found = contract(
        {
            "/a": {
                "get": {
                    "operationId": "a",
                    "responses": {"200": {"content": {"application/json": {"schema": {"allOf": [3]}}}}},
                }
            }
        }
    )
    # A branch that is no schema allows everything: the rest of the contract stays usable.
    assert violations(found, operation(found, "a"), answered(200, {})) == ()
    with pytest.raises(ContractError, match="must be a mapping or a boolean"):
        contract({"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": 3}}}}}}})


def test_a_valid_call() -> None:
    get, put = operation(SHOP, "getOrder"), operation(SHOP, "putOrder")
    case = Case("getOrder", path={"id": 1}, query={"fields": ("id",)}, headers={"x-trace": "abcd"})
    assert request_violations(SHOP, get, case) == ()
    assert request_violations(SHOP, get, case.but(path={"id": "1"}, query={"fields": "id,total"})) == ()
    assert request_violations(SHOP, put, Case("putOrder", path={"id": 1}, body={"total": 1})) == ()
    raw = Case("putOrder", path={"id": 1}, raw=b'{"total": 1}', media_type="application/json")
    assert request_violations(SHOP, put, raw) == ()


@pytest.mark.parametrize(
    ("name", "change", "place", "keyword"),
    [
        ("getOrder", {"path": {"id": 0}}, "/path/id", "minimum"),
        ("getOrder", {"path": {"id": "x"}}, "/path/id", "type"),
        ("getOrder", {"query": {"fields": ["all"]}}, "/query/fields/0", "enum"),
        ("getOrder", {"headers": {}}, "/headers/X-Trace", "required"),
        ("getOrder", {"headers": {"X-Trace": "abc"}}, "/headers/X-Trace", "minLength"),
        ("getOrder", {"body": {"a": 1}}, "/body", "body"),
        ("putOrder", {"body": None}, "/body", "required"),
        ("putOrder", {"body": {"total": -1}}, "/body/total", "exclusiveMinimum"),
        ("putOrder", {"body": {"total": 1, "id": 1}}, "/body/id", "readOnly"),
        ("putOrder", {"media_type": "text/plain"}, "/headers/content-type", "content-type"),
        ("putOrder", {"raw": b"{", "media_type": "application/json"}, "/body", "json"),
    ],
)
def test_an_invalid_call(name: str, change: dict[str, Any], place: str, keyword: str) -> None:
    body = {"total": 1} if name == "putOrder" else None
    case = Case(name, path={"id": 1}, headers={"X-Trace": "abcd"}, body=body).but(**change)
    found = request_violations(SHOP, operation(SHOP, name), case)
    assert [(v.place, v.keyword) for v in found] == [(place, keyword)]


FORM = {
    "type": "object",
    "required": ["email"],
    "properties": {
        "email": {"type": "string", "minLength": 2},
        "age": {"type": "integer", "minimum": 1},
        "urgent": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    },
}


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize(
    ("body", "broken"),
    [
        ({"email": 1234}, []),
        ({"email": ["ab"]}, []),
        ({"email": {"a": 1}}, []),
        ({"email": "ab", "age": "7", "urgent": "true"}, []),
        ({"email": "ab", "urgent": None}, []),
        ({"email": "ab", "age": []}, []),
        ({"email": "ab", "tags": "one"}, []),
        ({"email": "ab", "tags": {}}, []),
        ({"email": 7}, ["minLength"]),
        ({"email": ""}, ["minLength"]),
        ({"email": "ab", "age": "many"}, ["type"]),
        ({"email": "ab", "age": 0}, ["minimum"]),
        ({"email": "ab", "tags": ["a", "b", "c"]}, ["maxItems"]),
        ({"age": 1}, ["required"]),
    ],
)
def test_a_form_is_judged_as_it_is_read(media_type: str, body: dict[str, Any], broken: list[str]) -> None:
    paths = {"/f": {"post": {"operationId": "f", "requestBody": {"content": {media_type: {"schema": FORM}}}}}}
    form = contract(paths)
    found = request_violations(form, operation(form, "f"), Case("f", body=body, media_type=media_type))
    assert [v.keyword for v in found] == broken


def test_any_bytes_are_a_text() -> None:
    media = "application/octet-stream"
    paths = {"/f": {"put": {"operationId": "f", "requestBody": {"content": {media: {"schema": {"type": "string"}}}}}}}
    raw = contract(paths)
    assert request_violations(raw, operation(raw, "f"), Case("f", body=7, media_type=media)) == ()


def test_an_empty_body_is_a_missing_one() -> None:
    body = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}
    raw = contract({"/f": {"put": {"operationId": "f", "requestBody": body}}})
    [found] = request_violations(raw, operation(raw, "f"), Case("f", raw=b"", media_type="application/octet-stream"))
    assert (found.place, found.keyword) == ("/body", "required")


def test_a_list_of_one_empty_text_is_sent_like_an_empty_list() -> None:
    fields = {"name": "f", "in": "query", "schema": {"type": "array", "items": {"enum": ["a"]}}}
    some = contract({"/f": {"get": {"operationId": "f", "parameters": [fields]}}})
    assert request_violations(some, operation(some, "f"), Case("f", query={"f": [""]})) == ()
    assert [v.keyword for v in request_violations(some, operation(some, "f"), Case("f", query={"f": ["b"]}))] == [
        "enum"
    ]


def test_the_shared_schema_that_is_broken_is_named() -> None:
    order = {"total": 1, "id": 1, "parts": [{"total": 1, "id": "x"}], "payer": {}}
    found = {
        v.place: v.component
        for v in violations(SHOP, operation(SHOP, "getOrder"), answered(200, order, headers={"ETag": '"1"'}))
    }
    assert found == {"/body/parts/0/id": "Order", "/body/payer": "Payer"}


def test_a_number_in_a_path_is_a_text_too() -> None:
    named = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 3}}
    some = contract({"/f/{id}": {"get": {"operationId": "f", "parameters": [named]}}})
    assert request_violations(some, operation(some, "f"), Case("f", path={"id": 7})) == ()
    [found] = request_violations(some, operation(some, "f"), Case("f", path={"id": 7777}))
    assert found.keyword == "maxLength"
