"""Ids are read where they stand: in bodies, headers, requests, and at every item of a listing."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.links import Producer, Source, producers
from tests.contracts.documents import answered, contract, operation

LISTING: dict[str, Any] = {"items": [{"id": 3}, {"id": 5}, {"id": 8}], "total": 3}


def test_values_are_read_from_an_exchange() -> None:
    location = answered(
        201, {"id": 7, "in": [{"x": "a"}]}, headers={"Location": "/orders/a%20b/?x=1"}, sent={"name": "n"}
    )
    assert Source("body", "/id").read(location) == 7
    assert Source("body", "/in/0/x").read(location) == "a"
    assert Source("body", "/in/1/x").read(location) is None
    assert Source("body", "/in").read(location) is None
    assert Source("header", "location").read(location) == "a b"
    assert Source("request", "/name").read(location) == "n"


def test_all_values_must_be_there_and_the_call_must_have_succeeded() -> None:
    schema = {"properties": {"id": {"type": "string"}}}
    made = {"201": {"description": "", "content": {"application/json": {"schema": schema}}}}
    found = contract(
        {
            "/orders": {"post": {"operationId": "create", "responses": made}},
            "/orders/{id}": {"get": {"operationId": "get", "responses": {"200": {"description": ""}}}},
        }
    )
    [producer] = producers(found, operation(found, "get"))
    location = answered(201, {"id": 7})
    assert producer.values(location) == {"id": 7}
    assert producer.values(answered(201, {})) is None
    assert producer.values(answered(400, {"id": 7})) is None


def test_a_listing_is_read_item_by_item() -> None:
    found = contract({"/a": {"get": {"operationId": "a", "responses": {"200": {"description": ""}}}}})
    producer = Producer(operation(found, "a"), {"id": Source("body", "/items/0/id", array="/items")}, "list")
    assert [values["id"] for values in producer.every(answered(200, LISTING))] == [3, 5, 8]
    assert producer.values(answered(200, LISTING)) == {"id": 3}
    assert producer.values(answered(200, LISTING), 2) == {"id": 8}
    assert producer.values(answered(200, LISTING), 3) is None
    assert [*producer.every(answered(500, LISTING))] == []


def test_a_creation_has_one_object() -> None:
    found = contract({"/a": {"post": {"operationId": "a", "responses": {"201": {"description": ""}}}}})
    producer = Producer(operation(found, "a"), {"id": Source("body", "/id")}, "create")
    assert [*producer.every(answered(201, {"id": 3}))] == [{"id": 3}]
