"""The operation that makes or lists an object is found for each parameter of a path."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.links import path_parameters, producers, success_schema
from tests.contracts.documents import answered, contract, operation

ORDER = {"type": "object", "properties": {"id": {"type": "string"}, "note": {"type": "string"}}}


def _ok(schema: Any = None, status: str = "200", **rest: Any) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": schema}}} if schema is not None else {}
    return {status: {"description": "", **content, **rest}}


def _op(name: str, responses: dict[str, Any], body: Any = None, **rest: Any) -> dict[str, Any]:
    sent = {"requestBody": {"content": {"application/json": {"schema": body}}}} if body else {}
    return {"operationId": name, "responses": responses, **sent, **rest}


def test_ids_whose_patterns_differ_are_of_different_things() -> None:
    def sid(kind: str) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{kind}[0-9]+$"}

    def told(kind: str) -> list[tuple[str, str, dict[str, tuple[str, str]]]]:
        listed = {"type": "object", "properties": {"sid": sid(kind)}}
        where = [{"name": "Sid", "in": "path", "required": True, "schema": sid("VL")}]
        paths = {
            "/attempts": {"get": _op("list", _ok({"type": "array", "items": listed}))},
            "/attempts/{Sid}": {"get": _op("get", _ok(listed), parameters=where)},
        }
        return _told(paths, "get")

    assert [producer for producer, _, _ in told("VL")] == ["list"]
    assert told("GN") == []


def _told(paths: dict[str, Any], name: str) -> list[tuple[str, str, dict[str, tuple[str, str]]]]:
    found = contract(paths)
    return [
        (p.operation.id, p.kind, {k: (s.where, s.pointer) for k, s in p.parameters.items()})
        for p in producers(found, operation(found, name))
    ]


@pytest.mark.parametrize("parameter", ["orderId", "order_id", "id", "order", "orderID"])
def test_an_id_comes_from_the_post_and_then_from_the_list(parameter: str) -> None:
    paths = {
        "/orders": {
            "post": _op("create", _ok(ORDER, "201")),
            "get": _op("list", _ok({"type": "array", "items": ORDER})),
        },
        f"/orders/{{{parameter}}}": {"get": _op("get", _ok(ORDER))},
        f"/orders/{{{parameter}}}/cancel": {"post": _op("cancel", _ok())},
    }
    expected = [("create", "create", {parameter: ("body", "/id")}), ("list", "list", {parameter: ("body", "/0/id")})]
    assert _told(paths, "get") == expected
    assert _told(paths, "cancel") == expected
    assert _told(paths, "create") == []


def test_the_parameter_by_its_own_name_goes_before_id() -> None:
    both = {"properties": {"id": {"type": "integer"}, "order_id": {"type": "string"}}}
    paths = {"/orders": {"post": _op("create", _ok(both, "201"))}, "/orders/{orderId}": {"get": _op("get", _ok())}}
    assert _told(paths, "get") == [("create", "create", {"orderId": ("body", "/order_id")})]


def test_an_id_in_an_envelope_and_a_list_in_one() -> None:
    paths = {
        "/orders": {
            "post": _op("create", _ok({"properties": {"data": ORDER}}, "201")),
            "get": _op(
                "list", _ok({"properties": {"items": {"type": "array", "items": ORDER}, "total": {"type": "integer"}}})
            ),
        },
        "/orders/{id}": {"get": _op("get", _ok())},
    }
    assert _told(paths, "get") == [
        ("create", "create", {"id": ("body", "/data/id")}),
        ("list", "list", {"id": ("body", "/items/0/id")}),
    ]


def test_a_list_with_two_arrays_says_nothing() -> None:
    array = {"type": "array", "items": ORDER}
    paths = {
        "/orders": {"get": _op("list", _ok({"properties": {"new": array, "old": array}}))},
        "/orders/{id}": {"get": _op("get", _ok())},
    }
    assert _told(paths, "get") == []


def test_a_list_of_plain_values() -> None:
    paths = {
        "/tags": {"get": _op("list", _ok({"type": "array", "items": {"type": "string"}}))},
        "/tags/{tag}": {"get": _op("get", _ok())},
    }
    assert _told(paths, "get") == [("list", "list", {"tag": ("body", "/0")})]


def test_the_location_header_where_the_body_says_nothing() -> None:
    location = {"headers": {"Location": {"schema": {"type": "string"}}}}
    paths = {"/a": {"post": _op("create", _ok(None, "202", **location))}, "/a/{ref}": {"get": _op("get", _ok())}}
    assert _told(paths, "get") == [("create", "create", {"ref": ("header", "location")})]
    paths["/a"] = {"post": _op("create", _ok({"type": "string"}, "201"))}
    assert _told(paths, "get") == [("create", "create", {"ref": ("header", "location")})]
    paths["/a"] = {"post": _op("create", _ok({"type": "string"}, "200"))}
    assert _told(paths, "get") == []


@pytest.mark.parametrize("schema", [None, {}, {"type": "object"}, {"additionalProperties": {"type": "integer"}}])
def test_an_answer_of_which_the_contract_tells_nothing_is_looked_into(schema: Any) -> None:
    paths = {"/notes": {"post": _op("create", _ok(schema, "201"))}, "/notes/{noteId}": {"get": _op("get", _ok())}}
    found = contract(paths)
    [producer] = producers(found, operation(found, "get"))
    assert producer.kind == "create"
    assert producer.values(answered(201, {"title": "a", "id": 7})) == {"noteId": 7}
    assert producer.values(answered(201, {"data": {"id": 7, "note_id": "n7"}})) == {"noteId": "n7"}
    assert producer.values(answered(201, {"ok": True}, headers={"location": "/notes/9"})) == {"noteId": "9"}
    assert producer.values(answered(201, {"ok": True, "id": None})) is None
    assert producer.values(answered(201, [{"id": 7}])) is None


def test_links_of_the_contract_go_first() -> None:
    link: dict[str, Any] = {"links": {"get": {"operationId": "get", "parameters": {"path.id": "$response.body#/ref"}}}}
    by_path: dict[str, Any] = {
        "links": {"g": {"operationRef": "#/paths/~1a~1{id}/get", "parameters": {"id": "$response.header.X-Id"}}}
    }
    paths = {
        "/a": {"post": _op("create", _ok(ORDER, "201"))},
        "/a/{id}": {"get": _op("get", _ok()), "delete": _op("remove", _ok())},
        "/import": {"post": _op("import", _ok({}, **link))},
        "/upload": {"put": _op("upload", _ok({}, **by_path))},
    }
    expected = [
        ("import", "create", {"id": ("body", "/ref")}),
        ("upload", "create", {"id": ("header", "x-id")}),
        ("create", "create", {"id": ("body", "/id")}),
    ]
    assert _told(paths, "get") == expected
    assert _told(paths, "remove") == expected, "a link to one operation serves the others on its path"


def test_parents_come_first() -> None:
    customer = {"properties": {"id": {"type": "integer"}}}
    paths = {
        "/customers": {"post": _op("newCustomer", _ok(customer, "201"))},
        "/customers/{customerId}/orders": {"post": _op("newOrder", _ok(ORDER, "201"))},
        "/customers/{customerId}/orders/{orderId}": {"get": _op("get", _ok(ORDER))},
    }
    assert _told(paths, "get") == [
        ("newCustomer", "create", {"customerId": ("body", "/id")}),
        ("newOrder", "create", {"orderId": ("body", "/id")}),
    ]


def test_another_operation_counts_only_by_the_very_name() -> None:
    paths = {
        "/checkout": {"post": _op("checkout", _ok({"properties": {"orderId": {"type": "string"}, "id": {}}}))},
        "/baskets": {"post": _op("basket", _ok(ORDER, "201"))},
        "/orders/{orderId}": {"get": _op("get", _ok())},
        "/things/{id}": {"get": _op("thing", _ok())},
    }
    assert _told(paths, "get") == [("checkout", "create", {"orderId": ("body", "/orderId")})]
    assert _told(paths, "thing") == []


def test_an_id_that_the_client_chooses() -> None:
    user = {"properties": {"username": {"type": "string"}, "password": {"type": "string"}}}
    paths = {
        "/users/register": {"post": _op("register", _ok(), user)},
        "/users/{username}": {"get": _op("get", _ok())},
    }
    assert _told(paths, "get") == [("register", "create", {"username": ("request", "/username")})]


def test_types_must_fit() -> None:
    paths = {
        "/orders": {"post": _op("create", _ok({"properties": {"id": {"type": "string"}}}))},
        "/orders/{id}": {
            "get": _op(
                "get", _ok(), parameters=[{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
            )
        },
    }
    assert _told(paths, "get") == []


def test_success_schema_and_path_parameters() -> None:
    found = contract({"/a": {"get": _op("a", {**_ok({"title": "no"}, "404"), **_ok({"title": "yes"}, "2XX")})}})
    assert success_schema(found, operation(found, "a")) == {"title": "yes"}
    assert path_parameters("/a/{b}/c/{d}.json") == ("b", "d")


def test_a_collection_elsewhere_that_the_name_speaks_of() -> None:
    paths = {
        "/v2/zones": {
            "post": _op("newZone", _ok(ORDER, "201")),
            "get": _op("zones", _ok({"type": "array", "items": ORDER})),
        },
        "/temperature/{zoneId}": {"get": _op("get", _ok())},
        "/pressure/{id}": {"get": _op("pressure", _ok())},
    }
    assert _told(paths, "get") == [
        ("newZone", "create", {"zoneId": ("body", "/id")}),
        ("zones", "list", {"zoneId": ("body", "/0/id")}),
    ]
    assert _told(paths, "pressure") == []


def test_a_login_makes_nothing_although_it_takes_a_name() -> None:
    body = {"properties": {"username": {"type": "string"}, "password": {"type": "string"}}}
    done = _ok({"properties": {"message": {"type": "string"}}})
    paths = {
        "/users/login": {"post": _op("login", done, body)},
        "/users/register": {"post": _op("register", done, body)},
        "/users/{username}": {"get": _op("get", _ok())},
    }
    assert _told(paths, "get") == [("register", "create", {"username": ("request", "/username")})]


@pytest.mark.parametrize("parameter", ["courseId", "course_id", "courseid", "id"])
def test_words_with_more_than_one_singular(parameter: str) -> None:
    paths = {
        "/courses": {"post": _op("create", _ok(ORDER, "201"))},
        f"/courses/{{{parameter}}}": {"get": _op("get", _ok())},
    }
    assert _told(paths, "get") == [("create", "create", {parameter: ("body", "/id")})]


def test_the_sign_up_makes_accounts() -> None:
    account = {"properties": {"id": {"type": "integer"}, "username": {"type": "string"}}}
    body = {"properties": {"username": {"type": "string"}, "password": {"type": "string"}}}
    paths = {
        "/register": {"post": _op("register", _ok(account, "201"), body)},
        "/users/{id}": {"get": _op("get", _ok(account))},
        "/orders/{id}": {"get": _op("order", _ok(account))},
    }
    assert _told(paths, "get") == [("register", "create", {"id": ("body", "/id")})]
    assert _told(paths, "order") == []


def test_an_answer_that_repeats_what_was_sent_makes_nothing() -> None:
    paid = {"properties": {"id": {"type": "string"}, "order_id": {"type": "string"}}}
    paths = {
        "/payments": {"post": _op("pay", _ok(paid, "201"), {"properties": {"order_id": {"type": "string"}}})},
        "/orders/{order_id}": {"get": _op("get", _ok(ORDER))},
        "/payments/{id}": {"get": _op("payment", _ok(paid))},
    }
    assert _told(paths, "get") == []
    assert _told(paths, "payment") == [("pay", "create", {"id": ("body", "/id")})]


def test_the_id_of_what_is_made_is_looked_for_where_an_answer_may_hold_more_than_it_declares() -> None:
    def made(data: dict[str, Any]) -> list[tuple[str, str, dict[str, tuple[str, str]]]]:
        answer = {"type": "object", "properties": {"data": {"type": "object", "properties": {"note": {}}, **data}}}
        paths = {
            "/buckets": {"post": _op("make", _ok(answer))},
            "/buckets/{bucket_id}/parts": {"get": _op("parts", _ok())},
        }
        return _told(paths, "parts")

    [(producer, kind, places)] = made({"additionalProperties": {}})
    assert (producer, kind) == ("make", "create")
    assert places["bucket_id"][0] == "named"
    assert "id" in places["bucket_id"][1].split("|")
    assert made({"additionalProperties": False}) == []
    assert made({}) == [], "what says nothing of others mostly has none"
