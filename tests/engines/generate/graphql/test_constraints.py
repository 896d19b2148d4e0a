"""`@constraint` is kept to, and put at its limits."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import GraphQLFloat, GraphQLString

from seamwright.engines.generate.graphql.constraints import constrained, constraint, limits_of
from tests.engines.generate.graphql.zoo import ZOO

FIELDS: Any = ZOO.type_map["PetInput"].fields  # type: ignore[attr-defined]


def test_values_keep_to_it() -> None:
    name, price = constrained(GraphQLString, FIELDS["name"]), constrained(GraphQLFloat, FIELDS["price"])
    assert name is not None
    assert price is not None
    assert all(3 <= len(name(Random(n))) <= 5 for n in range(40))
    assert all(1 <= price(Random(n)) <= 2 for n in range(40))


def test_where_there_is_none_nothing_is_made() -> None:
    assert constrained(GraphQLString, FIELDS["kind"]) is None
    assert constrained(GraphQLString, None) is None
    assert constraint(FIELDS["kind"]) == {}


def test_its_limits() -> None:
    lengths = {len(value) for value, _ in limits_of(GraphQLString, FIELDS["name"], Random(1))}
    assert {3, 5} <= lengths
    assert [*limits_of(GraphQLString, FIELDS["kind"], Random(1))] == []
