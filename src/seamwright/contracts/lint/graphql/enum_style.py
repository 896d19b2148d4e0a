"""Values of enums are written in SCREAMING_CASE."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import STYLES, in_style, words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.of_kind("enum"):
        for value in each.values:
            if not STYLES["SCREAMING_CASE"].fullmatch(value.name):
                better = in_style(words(value.name), "SCREAMING_CASE")
                yield Found(value.place, f"{value.place} is not in SCREAMING_CASE", f"write it {better}")


RULE = Rule(
    id="graphql.enum-style",
    kind="graphql",
    severity=Severity.WARNING,
    says="values of enums are written in SCREAMING_CASE",
    why="they are constants in every client (specification, section 3.9, recommends it)",
    run=_run,
    wrong="""
enum State { open paidInFull }
type Query { state: State }
""",
    right="""
enum State { OPEN PAID_IN_FULL }
type Query { state: State }
""",
)
