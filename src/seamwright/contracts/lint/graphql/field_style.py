"""Fields and arguments are written in camelCase."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import STYLES, in_style, words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.of_kind("object", "interface", "input"):
        for field in each.fields:
            for inner in (field, *field.arguments):
                if not STYLES["camelCase"].fullmatch(inner.name) and not inner.name.startswith("_"):
                    better = in_style(words(inner.name), "camelCase")
                    yield Found(inner.place, f"{inner.place} is not in camelCase", f"write it {better}")


RULE = Rule(
    id="graphql.field-style",
    kind="graphql",
    severity=Severity.WARNING,
    says="fields and arguments are written in camelCase",
    why="callers mistype what they cannot guess; all tools and most schemas write them so",
    run=_run,
    wrong="""
type Query { order_count(since_day: String): Int }
""",
    right="""
type Query { orderCount(sinceDay: String): Int, x: Int, line2: String }
""",
)
