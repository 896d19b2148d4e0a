"""An object is found again after a change, and a canary finds a field that can carry it."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.objects import canary_field, creator, reader, same_place
from tests.contracts.documents import contract, operation

OK: dict[str, Any] = {"200": {"description": ""}}


def _op(name: str) -> dict[str, Any]:
    return {"operationId": name, "responses": OK}


SHOP = contract(
    {
        "/orders": {"get": _op("list"), "post": _op("create")},
        "/orders/{orderId}": {"get": _op("get"), "put": _op("put"), "delete": _op("remove")},
        "/orders/{id}/cancel": {"post": _op("cancel")},
        "/orders/{id}/lines/": {"post": _op("addLine")},
        "/orders/{id}/lines/{n}": {"get": _op("line"), "patch": _op("patchLine")},
        "/login": {"post": _op("login")},
        "/carts/{id}": {"delete": _op("dropCart")},
    },
    openapi="3.1.0",
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("put", "get"),
        ("remove", "get"),
        ("cancel", "get"),
        ("create", "get"),
        ("addLine", "line"),
        ("patchLine", "line"),
        ("get", "get"),
        ("login", None),
        ("dropCart", None),
    ],
)
def test_reader(name: str, expected: str | None) -> None:
    found = reader(SHOP, operation(SHOP, name))
    assert (found and found.id) == expected


@pytest.mark.parametrize(
    ("name", "same"), [("put", True), ("remove", True), ("cancel", False), ("patchLine", True), ("dropCart", False)]
)
def test_what_is_about_the_object_itself(name: str, same: bool) -> None:
    found = operation(SHOP, name)
    read = reader(SHOP, found) or operation(SHOP, "get")
    assert same_place(read, found) is same


@pytest.mark.parametrize(
    ("name", "expected"),
    [("get", "create"), ("cancel", "create"), ("line", "addLine"), ("list", None), ("dropCart", None)],
)
def test_creator(name: str, expected: str | None) -> None:
    found = creator(SHOP, operation(SHOP, name))
    assert (found and found.id) == expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"sku": {"type": "string"}, "gift": {"type": "string"}, "note": {"type": "string"}}, "note"),
        ({"gift": {"type": "string", "maxLength": 24}}, "gift"),
        ({"note": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "note"),
        ({"note": {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]}}, None),
        ({"note": {"type": "string", "maxLength": 23}}, None),
        ({"note": {"type": "string", "enum": ["a"]}}, None),
        ({"note": {"type": "string", "format": "uri"}}, None),
        ({"note": {"type": "string", "pattern": "^a"}}, None),
        ({"note": {"type": "string", "readOnly": True}}, None),
        ({"note": {"type": "string", "writeOnly": True}}, None),
        ({"note": {"type": ["string", "integer"]}}, None),
        ({"customerId": {"type": "string"}, "currency": {"type": "string"}, "total": {"type": "integer"}}, None),
    ],
)
def test_a_canary_needs_free_text(properties: dict[str, Any], expected: str | None) -> None:
    assert canary_field(SHOP, {"type": "object", "properties": properties}) == expected


def test_a_canary_must_come_back() -> None:
    text = {"type": "string"}
    body = {"properties": {"note": text, "title": text, "gift": text}}
    assert canary_field(SHOP, body, {"properties": {"title": text}}) == "title"
    assert canary_field(SHOP, body, {"type": "array", "items": {"properties": {"gift": text}}}) == "gift"
    assert canary_field(SHOP, body, {"properties": {"note": {**text, "writeOnly": True}}}) is None
    assert canary_field(SHOP, body, {}) is None
