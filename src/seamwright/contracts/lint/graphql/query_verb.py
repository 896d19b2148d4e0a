"""Queries name things."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import in_style, words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for field in schema.root("query"):
        named = words(field.name)
        if len(named) > 1 and named[0] in ("get", "list", "fetch", "query", "retrieve"):
            better = in_style(named[1:], "camelCase")
            yield Found(field.place, f"{field.name} says with {named[0]} what every query does", f"name it {better}")


RULE = Rule(
    id="graphql.query-verb",
    kind="graphql",
    severity=Severity.INFO,
    says="queries name things",
    why="a query always gets; the word says nothing, and hides the thing in sorted lists",
    run=_run,
    wrong="""
type Query { getOrder(id: ID!): Int }
""",
    right="""
type Query { order(id: ID!): Int, listings: Int }
""",
)
