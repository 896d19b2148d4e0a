"""Every type says what it is."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.types:
        if not each.description.strip() and not schema.is_root(each) and not each.name.startswith("_"):
            yield Found(each.place, f"the {each.kind} {each.name} has no description", "say in a sentence what it is")


RULE = Rule(
    id="graphql.type-described",
    kind="graphql",
    severity=Severity.INFO,
    says="every type says what it is",
    why="a reader of the schema, or a tool that shows it, has nothing else to go by",
    run=_run,
    wrong="""
type Order { id: ID! }
type Query { order(id: ID!): Order }
""",
    right="""
"What a customer has asked for."
type Order { id: ID! }
type Query { order(id: ID!): Order }
""",
)
