"""A mutation takes what it needs as one input object."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


_MOST = 3
"""Arguments that are read at a glance."""


def _run(schema: Schema) -> Iterator[Found]:
    for field in schema.root("mutation"):
        if len(field.arguments) > _MOST and not any(schema.kind_of(each) == "input" for each in field.arguments):
            text = f"{field.name} takes {len(field.arguments)} arguments"
            yield Found(field.place, text, "put them into one input object")


RULE = Rule(
    id="graphql.mutation-input",
    kind="graphql",
    severity=Severity.INFO,
    says="a mutation takes what it needs as one input object",
    why="an input object can grow, be named in one variable, and be reused; a row of arguments cannot",
    run=_run,
    wrong="""
type Query { a: Int }
type Mutation { createOrder(sku: String, count: Int, street: String, city: String): Int }
""",
    right="""
type Query { a: Int }
input CreateOrderInput { sku: String, count: Int, street: String, city: String }
type Mutation { createOrder(input: CreateOrderInput!): Int cancelOrder(id: ID!): Int }
""",
)
