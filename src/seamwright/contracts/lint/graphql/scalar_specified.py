"""Every scalar of the schema says what its values look like."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.of_kind("scalar"):
        if not each.specified and not each.description.strip():
            text = f"the scalar {each.name} has neither a description nor @specifiedBy"
            yield Found(each.place, text, "say what its values look like")


RULE = Rule(
    id="graphql.scalar-specified",
    kind="graphql",
    severity=Severity.INFO,
    says="every scalar of the schema says what its values look like",
    why="callers cannot know which texts it takes (specification, section 3.5, `@specifiedBy`)",
    run=_run,
    wrong="""
scalar DateTime
type Query { now: DateTime }
""",
    right="""
scalar DateTime @specifiedBy(url: "https://scalars.graphql.org/andimarek/date-time")
type Query { now: DateTime }
""",
)
