"""Arguments that want the id of something real are told from those that do not, and so is where to get it."""

from __future__ import annotations

import pytest

from seamwright.contracts.graphql import load_sdl
from seamwright.contracts.graphql.links import Links, links_of, picked
from seamwright.contracts.graphql.parts import part_of
from seamwright.model.operation import Operation

CONTRACT = load_sdl(
    """
    scalar uuid
    interface Node { id: ID! }
    type Customer implements Node { id: ID! orders(first: Int): OrderConnection! }
    type Order implements Node { id: ID! number: String! author: Person! items(page: Int!): [Item!]! }
    type OrderEdge { node: Order! cursor: String }
    type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! }
    type Person { uuid: uuid! name: String! }
    type Item { id: Int! }
    type Country { code: ID! name: String! }
    type OrderPayload { order: Order errors: [String!] }
    input LineInput { itemId: Int! quantity: Int! }
    input OrderInput { customerId: ID! authorId: uuid lines: [LineInput!]! key: String }
    type Query {
      customers: [Customer!]!
      order(id: ID!): Order
      orderByNumber(number: String!): Order
      country(code: ID!): Country
      countries(first: Int): [Country!]!
      node(id: ID!): Node
      item(id: Int!): Item
      items: [Item!]!
      people(where: PersonFilter): [Person!]!
      search(text: String!): [Order!]!
    }
    input PersonFilter { uuid: Eq }
    input Eq { eq: uuid }
    type Mutation {
      createOrder(input: OrderInput!): OrderPayload!
      addItem(orderId: ID!, name: String!): Item!
      cancelOrder(id: ID!): Order!
      deleteOrder(id: ID!): Boolean!
      renamePerson(personUuid: uuid!, name: String!): Person
      ping: Boolean
    }
    """,
    source="shop.graphql",
    digest="d",
)
LINKS = links_of(CONTRACT)


def operation(name: str) -> Operation:
    return next(o for o in CONTRACT.operations if o.path == name)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("order", [("id", "Order", "id", True)]),
        ("orderByNumber", [("number", "Order", "number", True)]),
        ("country", [("code", "Country", "code", True)]),
        ("node", [("id", "Node", "id", True)]),
        ("item", [("id", "Item", "id", True)]),
        ("search", []),
        ("people", [("where.uuid.eq", "Person", "uuid", False)]),
        ("addItem", [("orderId", "Order", "id", True)]),
        ("cancelOrder", [("id", "Order", "id", True)]),
        ("renamePerson", [("personUuid", "Person", "uuid", True)]),
        (
            "createOrder",
            [
                ("input.customerId", "Customer", "id", True),
                ("input.authorId", "Person", "uuid", False),
                ("input.lines.itemId", "Item", "id", True),
            ],
        ),
    ],
)
def test_what_an_operation_wants(name: str, wanted: list[tuple[str, str, str, bool]]) -> None:
    found = LINKS.needs(operation(name))
    assert [(".".join(n.place), n.kind, n.field, n.required) for n in found] == wanted


def test_only_names_that_agree_are_loose() -> None:
    assert [n.loose for n in LINKS.needs(operation("orderByNumber"))] == [True]
    assert [n.loose for n in LINKS.needs(operation("order"))] == [False]


def test_what_lists_comes_before_what_wants_the_same_and_what_makes_comes_last() -> None:
    found = [(s.operation.path, ".".join(s.path), s.creates) for s in LINKS.sources("Order", "id")]
    assert found[0] == ("search", "id", False)
    assert ("customers", "orders.nodes.id", False) in found
    assert found[-1] == ("createOrder", "order.id", True)
    assert "addItem" not in {name for name, *_ in found}, "what it makes is an item"
    assert "cancelOrder" not in {name for name, *_ in found}, "it wants an order itself"


def test_no_way_leads_through_fields_that_want_arguments() -> None:
    assert {s.operation.path for s in LINKS.sources("Item", "id")} == {"items", "item", "addItem"}


def test_an_interface_is_told_by_whatever_implements_it() -> None:
    assert {"customers", "search"} <= {s.operation.path for s in LINKS.sources("Node", "id")}


def test_links_are_found_out_once() -> None:
    assert links_of(CONTRACT) is LINKS
    assert isinstance(LINKS, Links)


def test_values_are_picked_through_lists() -> None:
    value = {"edges": [{"node": {"id": "1"}}, {"node": None}, {"node": {"id": "2"}}]}
    assert [*picked(value, ("edges", "node", "id"))] == ["1", "2"]
    assert [*picked(None, ("edges",))] == []


@pytest.mark.parametrize(
    ("name", "act", "kind"),
    [
        ("customers", "list", "Customer"),
        ("order", "read", "Order"),
        ("createOrder", "create", "Order"),
        ("addItem", "create", "Item"),
        ("cancelOrder", "change", "Order"),
        ("deleteOrder", "remove", "Order"),
        ("renamePerson", "change", "Person"),
        ("ping", "other", None),
    ],
)
def test_what_an_operation_does(name: str, act: str, kind: str | None) -> None:
    part = part_of(LINKS, operation(name))
    assert (part.act, part.kind) == (act, kind)
