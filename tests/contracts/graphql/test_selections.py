"""Fields are collected as an executor does: aliases, fragments, skipped ones."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.graphql.reading import schema_of
from seamwright.contracts.graphql.requests import Requests
from seamwright.contracts.graphql.selections import Selections
from tests.contracts.graphql.shop import SHOP

SCHEMA = schema_of(SHOP)


def keys(query: str, kind: str, **variables: Any) -> list[str]:
    """The keys of an object of a type that the only root field gives."""
    asked, errors = Requests(SCHEMA).read({"query": query, "variables": variables})
    assert asked is not None, errors
    selections = Selections(SCHEMA, asked)
    assert SCHEMA.query_type is not None
    root = next(iter(selections.of(SCHEMA.query_type, [selections.root]).values()))
    return [*selections.of(SCHEMA.type_map[kind], root.inside)]


def test_aliases_and_fragments_of_the_type_and_of_its_interfaces() -> None:
    query = """
    query { node(id: 1) { __typename ...A ... on Order { sum: total } ... on Customer { name } ... { id } } }
    fragment A on Node { id ...B } fragment B on Order { note }
    """
    assert keys(query, "Order") == ["__typename", "id", "note", "sum"]
    assert keys(query, "Customer") == ["__typename", "id", "name"]
    assert keys(query, "Node") == ["__typename", "id"], "what comes whatever it turns out to be"


def test_what_is_skipped_is_not_selected() -> None:
    query = """query ($a: Boolean!, $b: Boolean = false) {
      orders { id @skip(if: $a) note @include(if: $b) total @skip(if: true) status @include(if: true) } }"""
    assert keys(query, "Order", a=True) == ["status"]
    assert keys(query, "Order", a=False, b=True) == ["id", "note", "status"]


def test_a_field_that_is_selected_twice_is_one() -> None:
    query = "{ orders { customer { id } } orders { customer { name } } }"
    asked, _ = Requests(SCHEMA).read({"query": query})
    assert asked is not None
    selections = Selections(SCHEMA, asked)
    assert SCHEMA.query_type is not None
    (orders,) = selections.of(SCHEMA.query_type, [selections.root]).values()
    (customer,) = selections.of(SCHEMA.type_map["Order"], orders.inside).values()
    assert [*selections.of(SCHEMA.type_map["Customer"], customer.inside)] == ["id", "name"]
