"""Every argument says what it means."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


_PLAIN = frozenset({"id", "ids", "input", "first", "last", "after", "before"})
"""These mean the same in every schema."""


def _run(schema: Schema) -> Iterator[Found]:
    for _, field in schema.fields():
        for argument in field.arguments:
            if not argument.description.strip() and argument.name not in _PLAIN:
                yield Found(argument.place, f"{argument.place} has no description", "say in a sentence what it means")


RULE = Rule(
    id="graphql.argument-described",
    kind="graphql",
    severity=Severity.INFO,
    says="every argument says what it means",
    why="callers guess what is allowed, and what happens where it is left out",
    run=_run,
    wrong="""
type Query { orders(since: String): Int }
""",
    right="""
type Query {
  orders(
    "A date (ISO 8601); orders before it are left out."
    since: String
  ): Int
}
""",
)
