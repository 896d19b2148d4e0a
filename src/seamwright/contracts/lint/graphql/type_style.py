"""Types are written in PascalCase."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import STYLES, in_style, words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.types:
        if not STYLES["PascalCase"].fullmatch(each.name) and not each.name.startswith("_"):
            better = in_style(words(each.name), "PascalCase")
            yield Found(each.place, f"the {each.kind} {each.name} is not in PascalCase", f"write it {better}")


RULE = Rule(
    id="graphql.type-style",
    kind="graphql",
    severity=Severity.WARNING,
    says="types are written in PascalCase",
    why="generated clients make classes of them; all tools and most schemas write them so",
    run=_run,
    wrong="""
type order_line { id: ID! }
type Query { line(id: ID!): order_line }
""",
    right="""
type OrderLine { id: ID! }
scalar URL
type Query { line(id: ID!): OrderLine, link: URL }
""",
)
