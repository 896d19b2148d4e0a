"""What is deprecated says why, or what to use instead."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


_DEFAULT = "No longer supported"
"""The reason of a directive that gives none (specification, section 3.13.3)."""


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.types:
        arguments = [argument for field in each.fields for argument in field.arguments]
        for member in (*each.fields, *each.values, *arguments):
            if member.deprecated is not None and member.deprecated.strip().removesuffix(".") in ("", _DEFAULT):
                yield Found(
                    member.place, f"{member.place} is deprecated without a reason", "name what is to be used instead"
                )


RULE = Rule(
    id="graphql.deprecated-reason",
    kind="graphql",
    severity=Severity.WARNING,
    says="what is deprecated says why, or what to use instead",
    why="callers learn that they have to move, and not where to",
    run=_run,
    wrong="""
type Query { orders: Int @deprecated, state: State }
enum State { OPEN, OLD @deprecated(reason: " ") }
""",
    right="""
type Query { orders: Int @deprecated(reason: "Use `orderCount`.") orderCount: Int }
""",
)
