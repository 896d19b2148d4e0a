"""The schema keeps to the specification."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    yield from schema.invalid


RULE = Rule(
    id="graphql.valid",
    kind="graphql",
    severity=Severity.ERROR,
    says="the schema keeps to the specification",
    why="servers and clients that check it refuse it whole (specification, section 3)",
    run=_run,
    wrong="""
interface Node { id: ID! }
type Order implements Node { total: Int }
type Query { order(id: ID!): Order }
""",
    right="""
interface Node { id: ID! }
type Order implements Node { id: ID! total: Int }
type Query { order(id: ID!): Order }
""",
)
