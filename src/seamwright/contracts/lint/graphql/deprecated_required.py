"""Nothing that must be given is deprecated."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    inputs = [field for each in schema.of_kind("input") for field in each.fields]
    arguments = [argument for _, field in schema.fields() for argument in field.arguments]
    for each in (*inputs, *arguments):
        if each.required and each.deprecated is not None:
            yield Found(each.place, f"{each.place} is required and deprecated", "make it optional first")


RULE = Rule(
    id="graphql.deprecated-required",
    kind="graphql",
    severity=Severity.ERROR,
    says="nothing that must be given is deprecated",
    why="callers are told to leave out what they cannot leave out (specification, section 3.13.3)",
    run=_run,
    wrong="""
input Filter { state: String! @deprecated(reason: "Use states.") states: [String!] }
type Query { orders(filter: Filter): Int }
""",
    right="""
input Filter { state: String @deprecated(reason: "Use states.") states: [String!] }
type Query { orders(filter: Filter): Int }
""",
)
