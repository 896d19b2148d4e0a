"""A GraphQL schema as the rules see it, and what they make of a whole one."""

from __future__ import annotations

from graphql import build_schema, introspection_from_schema

from seamwright.contracts.graphql import load_introspection, load_sdl
from seamwright.contracts.lint import lint, rules
from seamwright.contracts.lint.graphql._opening import opened
from tests.contracts.lint.documents import of_kind

GOOD = """
"A time (RFC 3339)."
scalar DateTime @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc3339")

"How far an order is."
enum OrderState { NEW PAID SENT }

"What a customer has asked for."
type Order {
  id: ID!
  "How far it is."
  state: OrderState!
  "When it was made."
  createdAt: DateTime!
  "What is in it, the dearest first."
  lines(first: Int! = 20, after: String): LineConnection!
}

"One product in an order."
type Line {
  id: ID!
  "How many of it."
  quantity: Int!
}

"A page of lines."
type LineConnection { edges: [LineEdge!]! pageInfo: PageInfo! }

"A line on a page."
type LineEdge { node: Line! cursor: String! }

"Where a page lies among the others."
type PageInfo {
  "Whether there is a page after it."
  hasNextPage: Boolean!
  "Whether there is a page before it."
  hasPreviousPage: Boolean!
  "Where it begins."
  startCursor: String
  "Where it ends."
  endCursor: String
}

type Query {
  "One order; null where there is none."
  order(id: ID!): Order
}

"What an order needs."
input CreateOrderInput {
  "The stock keeping units that are wanted."
  skus: [String!]!
}

"What came of it."
type CreateOrderPayload {
  "The new order."
  order: Order
}

type Mutation {
  "Orders something."
  createOrder(input: CreateOrderInput!): CreateOrderPayload!
}
"""


def test_a_schema_can_please_every_rule_at_once() -> None:
    assert [str(problem) for problem in of_kind("graphql", GOOD)] == []


def test_a_problem_stands_on_the_line_of_the_name() -> None:
    told = '"""\nTold\nat length.\n"""\n'
    text = f'type Query {{ a: Int }}\n{told}type order {{\n  id: ID!\n  "How many."\n  line_count: Int\n}}\n'
    found = {problem.rule: problem for problem in of_kind("graphql", text)}
    assert str(found["graphql.type-style"]).startswith("shop.graphql:6: warning graphql.type-style the object order ")
    assert (found["graphql.field-style"].line, found["graphql.field-style"].place) == (9, "order.line_count")


def test_arguments_have_places_of_their_own() -> None:
    [found] = of_kind("graphql", "type Query {\n  a(\n    my_limit: Int\n  ): Int\n}\n", "graphql.field-style")
    assert (found.place, found.line) == ("Query.a(my_limit:)", 3)


def test_a_nested_list_weighs_less_than_one_at_the_root() -> None:
    text = "type Query { orders: [Order!]! }\ntype Order { id: ID!, lines: [Order!]! }\n"
    found = of_kind("graphql", text, "graphql.list-bounded")
    assert [(problem.place, str(problem.severity)) for problem in found] == [
        ("Query.orders", "warning"),
        ("Order.lines", "info"),
    ]


def test_what_a_gateway_adds_is_nobodys_fault() -> None:
    text = """
scalar _Any
union _Entity = Order
type _Service { sdl: String }
"What a customer has asked for."
type Order { id: ID! }
type Query {
  _entities(representations: [_Any!]!): [_Entity]!
  _service: _Service!
  "One order."
  order(id: ID!): Order
}
"""
    assert [str(problem) for problem in of_kind("graphql", text)] == []


def test_a_schema_that_was_introspected_is_walked_too() -> None:
    introspected = dict(introspection_from_schema(build_schema("type Query { a_b: Int }")))
    contract = load_introspection(introspected, source="http://h/graphql", digest="")
    known = rules()["graphql.field-style"]
    [found] = lint(contract, {known: known.severity})
    assert (found.file, found.place) == ("http://h/graphql", "Query.a_b")


def test_every_kind_of_type_is_read() -> None:
    text = """
interface Node { id: ID! }
type A implements Node { id: ID!, n(x: Int = 1, y: Int!): [Int!] @deprecated(reason: "old") }
union U = A
enum E { ONE TWO @deprecated }
input I { a: Int! = 1, b: Int! }
scalar S @specifiedBy(url: "http://h")
directive @d(e: E) on FIELD
type Query { u(i: I): U, s: S, node: Node }
"""
    schema = opened(load_sdl(text, source="x", digest=""))
    assert {each.name: each.kind for each in schema.types} == {
        "Node": "interface", "A": "object", "U": "union", "E": "enum", "I": "input", "S": "scalar", "Query": "object",
    }  # fmt: skip
    inner = schema.named["A"].field("n")
    assert inner is not None
    assert (inner.listed, inner.named, inner.deprecated) == (True, "Int", "old")
    assert [argument.required for argument in inner.arguments] == [False, True]
    assert [field.required for field in schema.named["I"].fields] == [False, True]
    assert schema.named["S"].specified
    assert [value.deprecated for value in schema.named["E"].values] == [None, "No longer supported"]
    assert schema.named["U"].members == ("A",)
    assert [each.place for each in schema.directives] == ["@d"]
    assert {field.name for field in schema.root("query")} == {"u", "s", "node"}
    assert schema.root("mutation") == ()
