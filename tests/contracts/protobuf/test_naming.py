"""Verbs and nouns of rpcs as people name them."""

from __future__ import annotations

import pytest

from seamwright.contracts.protobuf.naming import creates, flat, id_in, lists, noun_of, reads_one, singular
from seamwright.model.operation import Operation
from seamwright.wire.protobuf import Descriptors
from tests.rpc import descriptors_of


def _rpc(name: str, service: str = "shop.v1.OrderService") -> Operation:
    return Operation(name, "UNARY", f"/{service}/{name}")


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("CreateOrder", "order"),
        ("ListOrders", "order"),
        ("BatchGetOrders", "order"),
        ("GetOrderByCustomer", "order"),
        ("AddLineItem", "lineitem"),
        ("Get", "order"),
        ("listCategories", "category"),
        ("GetAddress", "address"),
    ],
)
def test_what_an_rpc_is_about(name: str, noun: str) -> None:
    assert noun_of(_rpc(name)) == noun


def test_what_an_rpc_does() -> None:
    assert creates(_rpc("CreateOrder"))
    assert creates(_rpc("register"))
    assert not creates(_rpc("Created"))
    assert lists(_rpc("ListOrders"))
    assert lists(_rpc("GetOrders"))
    assert not lists(_rpc("GetOrderStatus"))
    assert not lists(_rpc("GetOrder"))
    assert reads_one(_rpc("GetOrder"))
    assert not reads_one(_rpc("Getaway"))


def test_words() -> None:
    assert [singular(word) for word in ("orders", "boxes", "categories", "status", "addresses", "bus")] == [
        "order",
        "box",
        "category",
        "status",
        "address",
        "bus",
    ]
    assert flat("Line_Item") == "lineitem"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ("string id = 1;", ("id",)),
        ("int64 order_id = 1; string note = 2;", ("order_id",)),
        ("string note = 1; string name = 2;", ("name",)),
        ("Order order = 1;", ("order", "uuid")),
        ("repeated string id = 1; bool done = 2;", None),
    ],
)
def test_where_an_id_stands(fields: str, path: tuple[str, ...] | None) -> None:
    text = f'syntax = "proto3"; message Told {{ {fields} }} message Order {{ string uuid = 1; }}'
    assert id_in(Descriptors(descriptors_of(text)).message("Told"), "order") == path
