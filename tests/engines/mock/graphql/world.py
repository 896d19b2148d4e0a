"""A mock of a small schema, asked in documents, for the tests of this room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.contracts.graphql import load_sdl
from seamwright.contracts.graphql.links import links_of
from seamwright.contracts.graphql.parts import part_of
from seamwright.engines.mock.graphql.mock import GraphqlMock

__all__ = ["SDL", "asked", "data", "mocked"]

SDL = """
scalar Date
enum Status { OPEN PAID CANCELLED }
interface Node { id: ID! }
type Customer implements Node { id: ID! name: String! born: Date orders(first: Int, status: Status): [Order!]! }
type Order implements Node {
  id: ID! status: Status! note: String total: Float! paid: Boolean!
  customer: Customer! lines: [Line!]! address: Address
}
type Line { id: ID! order: Order! sku: String! quantity: Int! }
type Address { street: String! zip: String }
type Tag { slug: String! parent: Tag }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type OrderEdge { cursor: String! node: Order! }
type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! pageInfo: PageInfo! totalCount: Int! }
type OrderPayload { order: Order userErrors: [String!]! ok: Boolean! clientMutationId: String }
type Stats { orders: Int! best: Customer }
union Found = Customer | Order
input LineInput { sku: String! quantity: Int! = 1 }
input AddressInput { street: String! zip: String }
input OrderInput {
  customerId: ID! note: String status: Status lines: [LineInput!] address: AddressInput clientMutationId: String
}
input OrderFilter { status: Status customerId: ID }
type Query {
  orders(first: Int, after: String, filter: OrderFilter): OrderConnection!
  order(id: ID!): Order
  theOrder(id: ID!): Order!
  customers(limit: Int, offset: Int, name: String): [Customer!]!
  customer(name: String!): Customer
  me: Customer
  tags: [Tag!]!
  node(id: ID!): Node
  found: [Found!]!
  stats: Stats!
  version: String!
}
type Mutation {
  createOrder(input: OrderInput!): OrderPayload!
  updateOrder(id: ID!, input: OrderInput): Order!
  cancelOrder(id: ID!): Order!
  payOrder(id: ID!): OrderPayload!
  deleteOrder(id: ID!): Boolean!
  removeOrder(orderId: ID!): ID
  deleteCustomer(id: ID!): Customer
  createCustomer(name: String!, born: Date): Customer!
  ping(text: String): String
}
type Subscription { ticked: Int }
"""


def mocked(seed: int = 1, sdl: str = SDL) -> GraphqlMock:
    """A mock of the schema."""
    contract = load_sdl(sdl, source="world.graphql", digest="d")
    links = links_of(contract)
    parts = {operation.id: part_of(links, operation) for operation in contract.operations}
    return GraphqlMock(contract, parts.__getitem__, seed=seed)


def asked(mock: GraphqlMock, query: str, **variables: Any) -> Mapping[str, Any]:
    """The whole answer."""
    return mock.answer({"query": query, "variables": variables})


def data(mock: GraphqlMock, query: str, **variables: Any) -> Any:
    """The value of the only root field; fails where there is an error."""
    answer = asked(mock, query, **variables)
    assert "errors" not in answer, answer
    (value,) = answer["data"].values()
    return value
