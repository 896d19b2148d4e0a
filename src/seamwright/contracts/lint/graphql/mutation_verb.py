"""Every mutation says by its name what it does."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._verbs import VERBS
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    for field in schema.root("mutation"):
        named = words(field.name)
        # `createOrder`, or `orderCreate` where mutations are sorted by what they change.
        if not named or not {named[0], named[-1]} & VERBS:
            yield Found(field.place, f"{field.name} says not what it does", "begin it with a verb, as createOrder")


RULE = Rule(
    id="graphql.mutation-verb",
    kind="graphql",
    severity=Severity.WARNING,
    says="every mutation says by its name what it does",
    why="a caller cannot tell `order` that creates from `order` that shows",
    run=_run,
    wrong="""
type Query { a: Int }
type Mutation { newAddress(input: String): Int }
""",
    right="""
type Query { a: Int }
type Mutation { createOrder(input: String): Int orderCancel(id: ID!): Int }
""",
)
