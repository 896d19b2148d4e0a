"""Compares two versions of a GraphQL schema; places are schema coordinates (`Order.total`, `Query.order(id:)`).

Each group of rules lies in the module that is named after what it is about: `types`, `fields`, `inputs` (arguments and
input fields) and `directives`. The idea of which changes break whom is that of the reference implementation, finer
where it matters which way a value travels.
"""

from __future__ import annotations

from seamwright.contracts.diff.change import Change, Rule
from seamwright.contracts.diff.graphql import directives, fields, inputs, types
from seamwright.contracts.diff.graphql.sides import Sides
from seamwright.contracts.graphql.reading import schema_of
from seamwright.model.operation import Contract

__all__ = ["RULES", "changes"]

RULES: tuple[Rule, ...] = (*types.RULES, *fields.RULES, *inputs.RULES, *directives.RULES)
"""Every rule by which two contracts of this kind are compared."""


def changes(old: Contract, new: Contract) -> tuple[Change, ...]:
    """List what changed from `old` to `new`, in the order of the old schema."""
    sides = Sides(schema_of(old), schema_of(new))
    return (*types.compare(sides), *fields.compare(sides), *inputs.compare_types(sides), *directives.compare(sides))
