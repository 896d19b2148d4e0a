"""The fields of a call that name other objects are found, and filled with values of the right kind."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.links import Reference, carried, references
from seamwright.model.exchange import Case
from seamwright.model.operation import Contract
from tests.contracts.documents import contract, operation

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
UUID: Json = {"type": "string", "format": "uuid"}
NUMBER: Json = {"type": "integer"}


def _json(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def _op(name: str, answer: Json | None = None, body: Json | None = None, **rest: Any) -> Json:
    said = {"201": {"description": "", **(_json(answer) if answer is not None else {})}}
    sent = {"requestBody": {"required": True, **_json(body)}} if body is not None else {}
    return {"operationId": name, "responses": said, **sent, **rest}


def _object(*required: str, **properties: Json) -> Json:
    return {"type": "object", "required": [*required], "properties": properties}


def _shop(order: Json, *, parameters: list[Json] | None = None, **more: Any) -> Contract:
    """Customers can be created and listed, products only listed; an order is what a test says."""
    customer, product = _object(id=UUID, name=TEXT), _object(productId=NUMBER)
    return contract(
        {
            "/customers": {
                "post": _op("newCustomer", customer, _object(name=TEXT)),
                "get": _op("customers", {"type": "array", "items": customer}),
            },
            "/products": {"get": _op("products", _object(items={"type": "array", "items": product}))},
            "/orders": {"post": _op("newOrder", _object(id=TEXT), order, parameters=parameters or [])},
            **more.pop("paths", {}),
        },
        **more,
    )


def _told(found: Contract, name: str = "newOrder") -> dict[str, list[str]]:
    return {
        r.place: [f"{p.operation.id} {p.kind}" for p in r.producers] for r in references(found, operation(found, name))
    }


CUSTOMERS = ["newCustomer create", "customers list"]


@pytest.mark.parametrize("name", ["customerId", "customer_id", "customerID", "customer-uuid", "billingCustomerId"])
def test_a_name_says_what_it_names(name: str) -> None:
    assert _told(_shop(_object(**{name: UUID}))) == {f"/{name}": CUSTOMERS}


@pytest.mark.parametrize(
    ("order", "place"),
    [
        (_object(customer=_object(id=UUID)), "/customer/id"),
        (_object(customerIds={"type": "array", "items": UUID}), "/customerIds/*"),
        (_object(lines={"type": "array", "items": _object(customerId=UUID)}), "/lines/*/customerId"),
        (_object(customer=UUID), "/customer"),
        (_object(buyer={"$ref": "#/components/schemas/CustomerId"}), "/buyer"),
        ({"allOf": [_object(customerId=UUID), _object(note=TEXT)]}, "/customerId"),
    ],
)
def test_so_do_objects_arrays_formats_and_schemas(order: Json, place: str) -> None:
    found = _shop(order, components={"schemas": {"CustomerId": UUID}})
    assert _told(found) == {place: CUSTOMERS}


@pytest.mark.parametrize(
    "order",
    [
        _object(id=TEXT),
        _object(customerId=NUMBER),
        _object(customerId={"type": "string", "format": "email"}),
        _object(customerId={"type": "string", "enum": ["a", "b"]}),
        _object(customer=TEXT),
        _object(couponId=TEXT),
        _object(paid={"type": "boolean"}),
        _object(customerId={**UUID, "readOnly": True}),
    ],
)
def test_what_is_not_sure_is_no_reference(order: Json) -> None:
    assert _told(_shop(order)) == {}


def test_what_nothing_creates_is_listed() -> None:
    assert _told(_shop(_object(productId=NUMBER))) == {"/productId": ["products list"]}


def test_parameters_name_things_too_as_text() -> None:
    parameters: list[Json] = [
        {"name": "customer_id", "in": "query", "schema": TEXT},
        {"name": "X-Customer-Id", "in": "header", "required": True, "schema": UUID},
        {"name": "product_id", "in": "query", "schema": TEXT},
        {"name": "limit", "in": "query", "schema": NUMBER},
        {"name": "Idempotency-Key", "in": "header", "schema": UUID},
    ]
    assert _told(_shop(_object(), parameters=parameters)) == {
        "customer_id": CUSTOMERS,
        "X-Customer-Id": CUSTOMERS,
        "product_id": ["products list"],
    }


def test_an_answer_of_which_nothing_is_told_may_hold_it() -> None:
    paths = {"/tags": {"post": _op("newTag", {"type": "object"}, _object(name=TEXT))}}
    assert _told(_shop(_object(tagId=TEXT), paths=paths)) == {"/tagId": ["newTag create"]}


def test_links_of_the_contract_go_first() -> None:
    link = {
        "operationId": "newOrder",
        "requestBody": {"buyer": "$response.body#/ref", "note": "text"},
        "parameters": {"query.for": "$response.header.X-Id"},
    }
    known = {"operationId": "import", "responses": {"200": {"description": "", "links": {"order": link}}}}
    found = _shop(
        _object(buyer=TEXT, note=TEXT),
        parameters=[{"name": "for", "in": "query", "schema": TEXT}],
        paths={"/import": {"post": known}},
    )
    assert _told(found) == {"for": ["import create"], "/buyer": ["import create"]}
    [first, second] = references(found, operation(found, "newOrder"))
    assert first.producers[0].parameters["value"].pointer == "x-id"
    assert second.producers[0].parameters["value"].pointer == "/ref"


@pytest.mark.parametrize("name", ["id", "orderId", "order_id"])
def test_the_body_of_an_update_may_repeat_the_id_of_its_path(name: str) -> None:
    at = {"parameters": [{"name": "orderId", "in": "path", "required": True, "schema": TEXT}]}
    put = _op("put", _object(id=TEXT), _object(**{name: TEXT}))
    found = _shop(_object(), paths={"/orders/{orderId}": {**at, "put": put}})
    [reference] = references(found, operation(found, "put"))
    assert (reference.place, reference.own) == (f"/{name}", "orderId")


def test_what_a_body_must_have_is_told_from_what_it_may() -> None:
    line = _object("productId", productId=NUMBER)
    found = _shop(
        _object(
            "lines",
            customerId=UUID,
            lines={"type": "array", "items": line},
            gift=_object("customerId", customerId=UUID),
        )
    )
    assert {r.place: r.required for r in references(found, operation(found, "newOrder"))} == {
        "/customerId": False,
        "/lines/*/productId": True,
        "/gift/customerId": False,
    }


def test_values_are_read_and_put_in_their_places() -> None:
    body = {"lines": [{"productId": 1, "n": 2}, {"n": 3}, {"productId": 4}], "note": "x"}
    case = Case("newOrder", body=body, query={"customer_id": "a", "ids": ["b", "c"]})
    lines = Reference("body", "/lines/*/productId", "product", True)
    assert lines.values(case) == [1, 4]
    filled = lines.filled(case, [7, 8])
    assert filled.body == {"lines": [{"productId": 7, "n": 2}, {"n": 3}, {"productId": 8}], "note": "x"}
    assert body["lines"][0] == {"productId": 1, "n": 2}, "the case itself is as it was"
    assert Reference("query", "customer_id", "customer", True).filled(case, ["z"]).query["customer_id"] == "z"
    assert Reference("query", "ids", "customer", True).filled(case, ["y", "z"]).query["ids"] == ["y", "z"]
    absent = Reference("body", "/customerId", "customer", False)
    assert (absent.values(case), absent.filled(case, ["q"]).body) == ([], body)
    assert Reference("body", "/lines/*", "line", False).values(Case("x", body="no object")) == []


def test_references_are_carried_from_one_case_to_another() -> None:
    found = _shop(_object(customerId=UUID, note=TEXT))
    source = Case("newOrder", body={"customerId": "real", "note": "a"})
    onto = Case("newOrder", body={"customerId": "made up", "note": "b"})
    assert carried(found, operation(found, "newOrder"), onto, source).body == {"customerId": "real", "note": "b"}
    assert carried(found, operation(found, "newOrder"), onto, Case("newOrder", body={})) == onto
