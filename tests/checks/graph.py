"""A small GraphQL service of real people's making: orders of customers over HTTP, with what a test plants in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import ExecutionResult, GraphQLError, build_schema, graphql
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from seamwright.contracts.graphql import load_sdl
from seamwright.model.check import Check
from seamwright.model.operation import Contract
from tests.checks.stage import Tried, tried

__all__ = ["SDL", "Orders", "schema", "tried_on"]

SDL = """
scalar DateTime

enum Status { OPEN PAID SHIPPED }

interface Node { id: ID! }

type Customer implements Node {
  id: ID!
  name: String!
  email: String
  orders(first: Int = 10): [Order!]!
}

type Line {
  sku: String!
  quantity: Int!
}

type Order implements Node {
  id: ID!
  status: Status!
  total: Float!
  note: String
  createdAt: DateTime!
  customer: Customer!
  lines: [Line!]!
}

union Found = Customer | Order

input LineInput {
  sku: String!
  quantity: Int! = 1
}

input OrderInput {
  customerId: ID!
  note: String
  lines: [LineInput!]!
}

type Query {
  orders(status: Status, first: Int): [Order!]!
  order(id: ID!): Order
  customers: [Customer!]!
  search(text: String!): [Found!]!
  node(id: ID!): Node
}

type Mutation {
  createOrder(input: OrderInput!): Order!
  setNote(id: ID!, note: String): Order
  deleteOrder(id: ID!): Boolean!
}
"""


def schema(sdl: str) -> Contract:
    """The contract of a schema."""
    return load_sdl(sdl, source="schema.graphql", digest="0" * 64)


async def tried_on(check: Check, app: Orders, *, depth: int = 4, only: Sequence[str] = (), **more: Any) -> Tried:
    """Try a check on a service, over HTTP; on these root fields only, where some are named."""
    others = [o.id for o in schema(app.sdl).operations if only and o.path not in only]
    boundary = {"kind": "graphql", "exclude": others, **more.pop("boundary", {})}
    return await tried(check, app, schema(app.sdl), depth=depth, boundary=boundary, **more)


class Orders:
    """The service as an ASGI app; a test changes what it wants in a subclass."""

    sdl = SDL

    def __init__(self) -> None:
        self.schema = build_schema(self.sdl)
        self.numbers = itertools.count(100)
        self.customers = {c: {"id": c, "name": f"Customer {c}", "email": None} for c in ("1", "2")}
        self.orders: dict[str, dict[str, Any]] = {}
        self.log: list[dict[str, Any]] = []
        self.found("Found", "Node")
        for customer in self.customers:
            self.made({"customerId": customer, "lines": [{"sku": "apple", "quantity": 2}]})

    def found(self, *names: str) -> None:
        """Tell objects of interfaces and unions apart."""
        for name in names:
            kind: Any = self.schema.type_map[name]
            kind.resolve_type = lambda value, info, abstract: "Order" if "status" in value else "Customer"

    # -- what it does; each takes the arguments as a mapping --

    def made(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if given["customerId"] not in self.customers:
            raise GraphQLError("no such customer", extensions={"code": "NOT_FOUND"})
        ident = str(next(self.numbers))
        lines = [dict(line) for line in given["lines"]]
        self.orders[ident] = {
            "id": ident,
            "status": "OPEN",
            "total": 1.5 * sum(line["quantity"] for line in lines),
            "note": given.get("note"),
            "createdAt": "2026-01-01T10:00:00Z",
            "customer": self.customers[given["customerId"]],
            "lines": lines,
        }
        return self.orders[ident]

    def query_orders(self, status: str | None = None, first: int | None = None) -> Any:
        found = [o for o in self.orders.values() if status in (None, o["status"])]
        return found[: max(0, first)] if first is not None else found

    def query_order(self, id: str) -> Any:  # noqa: A002 - the schema calls it so
        return self.orders.get(id)

    def query_customers(self) -> Any:
        return [*self.customers.values()]

    def query_search(self, text: str) -> Any:
        return [*self.customers.values(), *self.orders.values()]

    def query_node(self, id: str) -> Any:  # noqa: A002
        return self.orders.get(id) or self.customers.get(id)

    def mutation_create_order(self, input: Mapping[str, Any]) -> Any:  # noqa: A002
        return self.made(input)

    def mutation_set_note(self, id: str, note: str | None = None) -> Any:  # noqa: A002
        if id not in self.orders:
            raise GraphQLError("no such order", extensions={"code": "NOT_FOUND"})
        self.orders[id]["note"] = note
        return self.orders[id]

    def mutation_delete_order(self, id: str) -> Any:  # noqa: A002
        if self.orders.pop(id, None) is None:
            raise GraphQLError("no such order", extensions={"code": "NOT_FOUND"})
        return True

    def resolve(self, source: Any, info: Any, **given: Any) -> Any:
        """The value of any field; root fields are methods of this class."""
        if info.parent_type.name in ("Query", "Mutation"):
            name = "".join(f"_{c.lower()}" if c.isupper() else c for c in info.field_name)
            method: Callable[..., Any] = getattr(self, f"{info.parent_type.name.lower()}_{name}")
            return method(**given)
        if info.parent_type.name == "Customer" and info.field_name == "orders":
            return [o for o in self.orders.values() if o["customer"]["id"] == source["id"]][: given["first"]]
        return source.get(info.field_name)

    # -- over HTTP --

    async def executed(self, query: str, variables: Mapping[str, Any] | None) -> ExecutionResult:
        """Execute a request as the reference implementation does."""
        return await graphql(self.schema, query, variable_values=dict(variables or {}), field_resolver=self.resolve)

    def answer(self, result: ExecutionResult) -> Response:
        """The response of GraphQL over HTTP; without data the request was refused."""
        return JSONResponse(result.formatted, 200 if result.data is not None or not result.errors else 400)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method != "POST":
            await PlainTextResponse("POST a query here", 405)(scope, receive, send)
            return
        body = await request.json()
        self.log.append(body)
        response = self.answer(await self.executed(body["query"], body.get("variables")))
        await response(scope, receive, send)
