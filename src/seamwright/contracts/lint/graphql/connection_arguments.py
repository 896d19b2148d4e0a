"""Every field that answers a connection can be paged through."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for _, field in schema.fields():
        held = schema.named.get(field.named)
        if held is None or not schema.connection(held) or field.listed:
            continue
        names = {argument.name for argument in field.arguments}
        if not ({"first", "after"} <= names or {"last", "before"} <= names):
            yield Found(field.place, f"{field.place} takes neither first and after nor last and before")


RULE = Rule(
    id="graphql.connection-arguments",
    kind="graphql",
    severity=Severity.WARNING,
    says="every field that answers a connection can be paged through",
    why="the second page cannot be reached (Relay cursor connections specification, section 4)",
    run=_run,
    wrong="""
type OrderConnection { edges: [String!]! }
type Query { orders(first: Int): OrderConnection! }
""",
    right="""
type OrderConnection { edges: [String!]! }
type Query { orders(first: Int, after: String): OrderConnection! }
""",
)
