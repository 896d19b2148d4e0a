"""Every value of a long enum says what it means."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


_MANY = 6
"""Values that a reader can tell apart by their names."""


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.of_kind("enum"):
        silent = [value for value in each.values if not value.description.strip()]
        if len(each.values) > _MANY and 2 * len(silent) > len(each.values):
            text = f"{len(silent)} of the {len(each.values)} values of {each.name} have no description"
            yield Found(each.place, text, "say what each of them means")


RULE = Rule(
    id="graphql.enum-described",
    kind="graphql",
    severity=Severity.INFO,
    says="every value of a long enum says what it means",
    why="a value is chosen by its name alone, and of many names some are alike",
    run=_run,
    wrong="""
enum State { NEW OPEN HELD PAID SENT LOST DONE }
type Query { state: State }
""",
    right="""
enum State { NEW OPEN DONE }
type Query { state: State }
""",
)
