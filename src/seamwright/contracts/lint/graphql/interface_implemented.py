"""Every interface is implemented."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


def _run(schema: Schema) -> Iterator[Found]:
    implemented = {name for each in schema.of_kind("object") for name in each.interfaces}
    for each in schema.of_kind("interface"):
        if each.name not in implemented:
            yield Found(each.place, f"no object implements the interface {each.name}", "add one, or remove it")


RULE = Rule(
    id="graphql.interface-implemented",
    kind="graphql",
    severity=Severity.WARNING,
    says="every interface is implemented",
    why="a field of its type can never answer anything but null",
    run=_run,
    wrong="""
interface Node { id: ID! }
type Query { node(id: ID!): Node }
""",
    right="""
interface Node { id: ID! }
type Order implements Node { id: ID! }
type Query { node(id: ID!): Node }
""",
)
