"""Every field called id is an ID that is always there."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


_PLAIN = frozenset({"Int", "Float", "String", "Boolean"})


def _run(schema: Schema) -> Iterator[Found]:
    for _, field in schema.fields():
        # A scalar of the schema's own, such as UUID, may be as good.
        if field.name == "id" and (field.type == "ID" or field.type.rstrip("!") in _PLAIN):
            yield Found(field.place, f"{field.place} is of type {field.type}", "make it ID!")


RULE = Rule(
    id="graphql.id-type",
    kind="graphql",
    severity=Severity.WARNING,
    says="every field called id is an ID that is always there",
    why="clients cache objects by it, and a number tells how many there are (specification, section 3.5.5)",
    run=_run,
    wrong="""
type Order { id: Int }
type Query { order(id: ID!): Order }
""",
    right="""
scalar UUID
type Order { id: ID! }
type Line { id: UUID! }
type Query { order(id: ID!): Order, line(id: ID!): Line }
""",
)
