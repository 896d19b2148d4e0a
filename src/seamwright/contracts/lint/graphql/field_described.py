"""Every field says what it means."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.of_kind("object", "interface", "input"):
        for field in each.fields:
            # An id needs no words, and a page and its edges are the same in every schema.
            if not field.description.strip() and field.name != "id" and not each.name.endswith(("Connection", "Edge")):
                yield Found(field.place, f"{field.place} has no description", "say in a sentence what it means")


RULE = Rule(
    id="graphql.field-described",
    kind="graphql",
    severity=Severity.INFO,
    says="every field says what it means",
    why="a name leaves open the unit, the time zone, and what an empty value stands for",
    run=_run,
    wrong="""
type Order { id: ID! total: Int! }
type Query {
  "One order."
  order(id: ID!): Order
}
""",
    right="""
type Order {
  id: ID!
  "In cents, with tax."
  total: Int!
}
type Query {
  "One order."
  order(id: ID!): Order
}
""",
)
