"""Objects are kept, found, changed and taken away, and refer to each other."""

from __future__ import annotations

from typing import Any

from graphql import build_schema

from seamwright.engines.mock.graphql.entities import Entities
from seamwright.engines.mock.graphql.objects import SOWN, Objects, Ref
from seamwright.engines.mock.graphql.values import Values
from seamwright.engines.mock.store import Store
from tests.engines.mock.graphql.world import SDL

SCHEMA: Any = build_schema(SDL)
CUSTOMER, ORDER, LINE, TAG = (SCHEMA.type_map[name] for name in ("Customer", "Order", "Line", "Tag"))


def objects() -> Objects:
    return Objects(Entities(SCHEMA), Values(1), Store())


def test_some_are_there_from_the_beginning_and_refer_to_some() -> None:
    made = objects()
    assert len(made.all(ORDER)) == SOWN
    for order in made.all(ORDER):
        customer = made.one(order, "customer", ORDER.fields["customer"])
        assert customer is not None
        assert order in made.many(customer, "orders", CUSTOMER.fields["orders"])
    assert [tag.value["parent"] for tag in made.all(TAG)] == [None] * SOWN, "nothing is its own parent"


def test_new_ones_get_ids_that_nobody_had() -> None:
    made = objects()
    first = made.make(CUSTOMER, {"name": "A"})
    made.remove(first)
    second = made.make(CUSTOMER, {"name": "B", "born": None})
    assert second.key not in {first.key, *(str(n + 1) for n in range(SOWN))}
    assert second.value["name"] == "B"
    assert made.find(CUSTOMER, first.key) is None


def test_an_id_that_was_chosen_is_kept() -> None:
    made = objects()
    assert made.make(TAG, {"slug": "new"}).key == "new"
    assert made.find(TAG, "new") is not None


def test_what_refers_back_is_seen_at_once() -> None:
    made = objects()
    customer = made.make(CUSTOMER, {"name": "A"})
    assert made.many(customer, "orders", CUSTOMER.fields["orders"]) == []
    order = made.make(ORDER, {"customer": Ref("Customer", customer.key)})
    assert made.many(customer, "orders", CUSTOMER.fields["orders"]) == [order]
    made.change(order, {**order.value, "customer": Ref("Customer", "1")})
    assert made.many(customer, "orders", CUSTOMER.fields["orders"]) == []


def test_taking_away_takes_along_what_cannot_be_alone() -> None:
    made = objects()
    customer = made.make(CUSTOMER, {"name": "A"})
    order = made.make(ORDER, {"customer": Ref("Customer", customer.key)})
    line = made.make(LINE, {"order": Ref("Order", order.key)})
    made.remove(customer)
    assert made.find(ORDER, order.key) is None
    assert made.find(LINE, line.key) is None
    parent = made.make(TAG, {"slug": "p"})
    child = made.make(TAG, {"slug": "c", "parent": Ref("Tag", "p")})
    made.remove(parent)
    assert made.one(child, "parent", TAG.fields["parent"]) is None


def test_a_reset_forgets_everything() -> None:
    made = objects()
    made.make(TAG, {"slug": "new"})
    made.reset()
    assert made.find(TAG, "new") is None
    assert len(made.all(TAG)) == SOWN
