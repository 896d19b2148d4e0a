"""What is a time, a date or an amount of money has a type of its own."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


_TIMES = frozenset({"at", "date", "time", "timestamp", "datetime"})
_MONEY = frozenset({"price", "amount", "cost", "fee", "balance"})


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.of_kind("object", "interface", "input"):
        for field in each.fields:
            last = (words(field.name) or [""])[-1]
            if (last in _TIMES and field.named == "String") or (last in _MONEY and field.named == "Float"):
                yield Found(field.place, f"{field.place} is a {field.named}", "give it a scalar that says its format")


RULE = Rule(
    id="graphql.text-for-time",
    kind="graphql",
    severity=Severity.INFO,
    says="what is a time, a date or an amount of money has a type of its own",
    why="as String or Float it is written in as many ways as there are services, and money loses its cents",
    run=_run,
    wrong="""
type Order { createdAt: String! price: Float! }
type Query { order(id: ID!): Order }
""",
    right="""
scalar DateTime
type Order { createdAt: DateTime! price: Int! }
type Query { order(id: ID!): Order }
""",
)
