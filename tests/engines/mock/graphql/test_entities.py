"""Types with an id are kept; wrappers are not."""

from __future__ import annotations

from typing import Any

from graphql import build_schema

from seamwright.engines.mock.graphql.entities import Entities, connected, is_list
from tests.engines.mock.graphql.world import SDL

SCHEMA = build_schema(SDL)
ENTITIES = Entities(SCHEMA)


def kind(name: str) -> Any:
    return SCHEMA.type_map[name]


def test_what_is_told_apart_by_an_id_is_kept() -> None:
    assert ENTITIES.ids == {"Customer": "id", "Order": "id", "Line": "id", "Tag": "slug"}
    assert ENTITIES.kept(kind("Order"))
    assert not ENTITIES.kept(kind("Stats"))


def test_unions_and_interfaces_stand_for_their_types() -> None:
    assert [k.name for k in ENTITIES.reachable(kind("Found"))] == ["Customer", "Order"]
    assert {k.name for k in ENTITIES.kinds(kind("Node"))} == {"Customer", "Order"}
    assert ENTITIES.reachable(kind("Address")) == []


def test_a_connection_is_a_list_of_its_nodes() -> None:
    found = connected(kind("OrderConnection"))
    assert found is not None
    assert found.name == "Order"
    assert connected(kind("Order")) is None


def test_which_fields_refer_back() -> None:
    assert [*ENTITIES.back(kind("Order"), kind("Customer"))] == ["customer"]
    assert is_list(kind("Customer").fields["orders"])
    assert not is_list(kind("Order").fields["customer"])
