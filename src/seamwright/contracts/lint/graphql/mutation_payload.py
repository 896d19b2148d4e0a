"""A mutation answers an object."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for field in schema.root("mutation"):
        if schema.kind_of(field) in ("scalar", "enum") or field.listed:
            yield Found(
                field.place, f"{field.name} answers {field.type}", "answer an object that holds it, such as a payload"
            )


RULE = Rule(
    id="graphql.mutation-payload",
    kind="graphql",
    severity=Severity.INFO,
    says="a mutation answers an object",
    why="a scalar cannot grow: neither what was changed nor what went wrong can be added to it",
    run=_run,
    wrong="""
type Query { a: Int }
type Mutation { deleteOrder(id: ID!): Boolean! }
""",
    right="""
type Query { a: Int }
type DeleteOrderPayload { deletedId: ID! }
type Mutation { deleteOrder(id: ID!): DeleteOrderPayload! }
""",
)
