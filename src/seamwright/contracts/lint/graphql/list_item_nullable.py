"""The items of a list are not null."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.of_kind("object", "interface", "input"):
        for field in each.fields:
            # Of a connection, an edge may be missing (Relay cursor connections specification, section 2.1.1).
            if schema.connection(each):
                continue
            for inner in (field, *field.arguments):
                if inner.listed and not inner.type.rstrip("]!").endswith("!") and "!]" not in inner.type:
                    text = f"{inner.place} is of type {inner.type}, whose items may be null"
                    yield Found(inner.place, text, f"write [{inner.named}!] where there are no holes")


RULE = Rule(
    id="graphql.list-item-nullable",
    kind="graphql",
    severity=Severity.INFO,
    says="the items of a list are not null",
    why="every caller has to think of holes in the list that hardly ever are there",
    run=_run,
    wrong="""
type Query { states: [String]! }
""",
    right="""
type Query { states: [String!], table: [[Int!]!]! }
""",
)
