"""What lies at a path of an answer has one name, whichever operation shows it."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.graphql.coordinates import coordinate, steps_of
from tests.contracts.graphql.shop import SHOP, exchanged


@pytest.mark.parametrize(
    ("query", "data", "path", "name"),
    [
        ("{ orders { customer { name } } }", {}, ("orders", 0, "customer", "name"), "Customer.name"),
        ("{ all: orders { sum: total } }", None, ("all", 3, "sum"), "Order.total"),
        ("{ order(id: 1) { id } }", None, ("order",), "Query.order"),
        ("mutation { deleteOrder(id: 1) }", None, ("deleteOrder",), "Mutation.deleteOrder"),
        (
            '{ search(text: "a") { __typename ... on Order { note } } }',
            {"search": [{"__typename": "Order"}]},
            ("search", 0, "note"),
            "Order.note",
        ),
        ('{ search(text: "a") { ... on Order { note } } }', None, ("search", 0, "note"), "Order.note"),
        ("{ node(id: 1) { id } }", None, ("node", "id"), "Node.id"),
        ("{ orders { id } }", None, ("orders", "elsewhere"), "Query.orders"),
        ("{ nonsense }", None, ("orders", 3, "id"), "orders/*/id"),
    ],
)
def test_a_path_leads_to_a_field(query: str, data: Any, path: tuple[str | int, ...], name: str) -> None:
    assert coordinate(SHOP, exchanged(query, {"data": data, "errors": [{"message": "x"}]}), path) == name


def test_a_place_is_a_path() -> None:
    assert steps_of("/data/orders/0/total") == ("orders", 0, "total")
