"""Queries show what is kept; mutations do what their names say."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock.graphql.mock import GraphqlMock
from tests.engines.mock.graphql.world import asked, data, mocked

CREATE = "mutation ($input: OrderInput!) { createOrder(input: $input) { order { id } userErrors ok clientMutationId } }"


def created(mock: GraphqlMock, **given: Any) -> str:
    customer = data(mock, "{ me { id } }")["id"]
    return str(data(mock, CREATE, input={"customerId": customer, **given})["order"]["id"])


def order(mock: GraphqlMock, ident: str) -> Any:
    fields = "id status note total paid customer { id } lines { sku quantity order { id } } address { street zip }"
    return data(mock, f"query ($id: ID!) {{ order(id: $id) {{ {fields} }} }}", id=ident)


def test_what_was_made_is_there_with_all_that_was_said() -> None:
    mock = mocked()
    lines = [{"sku": "apple", "quantity": 2}, {"sku": "pear"}]
    ident = created(mock, note="by hand", status="PAID", lines=lines, address={"street": "Main"}, clientMutationId="x")
    found = order(mock, ident)
    assert (found["note"], found["status"], found["customer"]) == ("by hand", "PAID", data(mock, "{ me { id } }"))
    assert [(line["sku"], line["quantity"], line["order"]["id"]) for line in found["lines"]] == [
        ("apple", 2, ident),
        ("pear", 1, ident),
    ]
    assert found["address"]["street"] == "Main"
    mine = data(mock, "{ me { orders { id } } }")["orders"]
    assert {"id": ident} in mine, "it is among those of its customer"


def test_a_payload_has_what_was_made_and_no_errors() -> None:
    mock = mocked()
    customer = data(mock, "{ me { id } }")["id"]
    made = data(mock, CREATE, input={"customerId": customer, "clientMutationId": "abc"})
    assert (made["ok"], made["userErrors"], made["clientMutationId"]) == (True, [], "abc")


def test_what_is_to_refer_to_nothing_is_refused() -> None:
    answer = asked(mocked(), CREATE, input={"customerId": "nobody"})
    assert answer["errors"][0]["extensions"] == {"code": "NOT_FOUND"}
    assert answer["errors"][0]["path"] == ["createOrder"]


def test_a_change_changes_what_it_says() -> None:
    mock = mocked()
    ident = created(mock, note="old", status="PAID")
    text = "mutation ($id: ID!, $input: OrderInput) { updateOrder(id: $id, input: $input) { id note status } }"
    customer = data(mock, "{ me { id } }")["id"]
    changed = data(mock, text, id=ident, input={"customerId": customer, "note": None, "status": None})
    assert changed == {"id": ident, "note": None, "status": "PAID"}, "what may not be null stays"


@pytest.mark.parametrize(
    ("mutation", "field", "value"),
    [("cancelOrder(id: $id) { id }", "status", "CANCELLED"), ("payOrder(id: $id) { ok }", "status", "PAID")],
)
def test_a_verb_moves_the_state_that_it_speaks_of(mutation: str, field: str, value: str) -> None:
    mock = mocked()
    ident = created(mock, status="OPEN")
    data(mock, f"mutation ($id: ID!) {{ {mutation} }}", id=ident)
    assert order(mock, ident)[field] == value


def test_to_pay_leaves_it_paid() -> None:
    mock = mocked()
    ident = created(mock)
    data(mock, "mutation ($id: ID!) { payOrder(id: $id) { ok } }", id=ident)
    assert order(mock, ident)["paid"] is True


def test_what_was_removed_is_gone() -> None:
    mock = mocked()
    first, second = created(mock), created(mock)
    assert data(mock, "mutation ($id: ID!) { deleteOrder(id: $id) }", id=first) is True
    assert data(mock, "mutation ($id: ID!) { removeOrder(orderId: $id) }", id=second) == second
    assert order(mock, first) is None
    again = asked(mock, "mutation ($id: ID!) { deleteOrder(id: $id) }", id=first)
    assert again["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert asked(mock, "query ($id: ID!) { theOrder(id: $id) { id } }", id=first)["errors"]


def test_what_cannot_be_without_it_goes_too() -> None:
    mock = mocked()
    ident = created(mock)
    customer = order(mock, ident)["customer"]["id"]
    assert data(mock, "mutation ($id: ID!) { deleteCustomer(id: $id) { id } }", id=customer) == {"id": customer}
    assert order(mock, ident) is None
    assert all(c["id"] != customer for c in data(mock, "{ customers { id } }"))


def test_objects_are_found_by_whatever_field_is_asked_for() -> None:
    mock = mocked()
    name = data(mock, "{ customers { name } }")[1]["name"]
    assert data(mock, "query ($n: String!) { customer(name: $n) { name } }", n=name) == {"name": name}
    assert data(mock, '{ customer(name: "nobody at all") { name } }') is None


def test_an_id_finds_an_object_of_any_type() -> None:
    mock = mocked()
    for customer in data(mock, "{ customers { id } }"):
        found = data(mock, "query ($id: ID!) { node(id: $id) { __typename id } }", id=customer["id"])
        assert found == {"__typename": "Customer", "id": customer["id"]}


def test_a_union_shows_objects_of_all_its_types() -> None:
    found = data(mocked(), "{ found { __typename ... on Customer { name } ... on Order { total } } }")
    assert {each["__typename"] for each in found} == {"Customer", "Order"}


def test_what_is_kept_nowhere_is_made_up() -> None:
    mock = mocked()
    assert data(mock, "{ version }") == data(mock, "{ version }")
    stats = data(mock, "{ stats { orders best { id } } }")
    assert isinstance(stats["orders"], int)
    assert stats["best"] in data(mock, "{ customers { id } }")
    assert data(mock, 'mutation { ping(text: "a") }')
    assert [tag["parent"] for tag in data(mock, "{ tags { parent { slug } } }")] == [None] * 3


def test_lists_inside_of_objects_are_filtered_and_cut_short() -> None:
    mock = mocked()
    made = [created(mock, status=status) for status in ("OPEN", "PAID", "PAID")]
    found = data(mock, "{ me { orders(status: PAID) { id } } }")["orders"]
    assert {each["id"] for each in found} & set(made) == set(made[1:])
    assert len(data(mock, "{ me { orders(first: 1) { id } } }")["orders"]) == 1
