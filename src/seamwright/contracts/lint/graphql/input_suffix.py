"""The names of inputs end with Input."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.graphql._schema import Schema

__all__ = ["RULE"]


_SUFFIXES = ("Input", "Filter", "Filters", "Where", "OrderBy", "Sort", "Criteria", "Options", "Args")


def _run(schema: Schema) -> Iterator[Found]:
    for each in schema.of_kind("input"):
        if not each.name.endswith(_SUFFIXES):
            yield Found(each.place, f"the input {each.name} does not end with Input", f"name it {each.name}Input")


RULE = Rule(
    id="graphql.input-suffix",
    kind="graphql",
    severity=Severity.INFO,
    says="the names of inputs end with Input",
    why="an input and an object cannot share a name, and readers mix them up",
    run=_run,
    wrong="""
input NewOrder { sku: String! }
type Query { price(order: NewOrder): Int }
""",
    right="""
input OrderInput { sku: String! }
type Query { price(order: OrderInput): Int }
""",
)
