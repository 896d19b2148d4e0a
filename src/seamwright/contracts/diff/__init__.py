"""What changed between two versions of a contract, and whom it breaks.

Each kind of contract has a module of its own, with `changes(old, new)` and the table `RULES` of the ids that it uses.
"""

from __future__ import annotations

from importlib import import_module

from seamwright.contracts.diff.change import Change, Direction, Level, Rule, worst
from seamwright.contracts.diff.policy import Policy
from seamwright.model.errors import UsageError
from seamwright.model.operation import Contract

__all__ = ["KINDS", "Change", "Direction", "Level", "Policy", "Rule", "diff", "rules", "worst"]

_KINDS = {"2.0": "openapi", "3.0": "openapi", "3.1": "openapi", "graphql": "graphql", "protobuf": "protobuf"}
"""Dialect of a contract → the module that compares contracts of its kind."""

KINDS = tuple(dict.fromkeys(_KINDS.values()))
"""The kinds of contracts that can be compared."""


def diff(old: Contract, new: Contract, policy: Policy | None = None) -> tuple[Change, ...]:
    """List what changed from `old` to `new`: the worst first, then by place.

    Versions of OpenAPI and Swagger are compared with each other; the policy on notice counts for these. Raises
    UsageError for contracts of different kinds.
    """
    kind = _KINDS[old.dialect]
    if _KINDS[new.dialect] != kind:
        raise UsageError(
            f"{old.source} is {_KINDS[old.dialect]} and {new.source} is {_KINDS[new.dialect]}; "
            "only two contracts of one kind can be compared: name two versions of the same contract"
        )
    module = import_module(f"{__name__}.{kind}")
    found: tuple[Change, ...] = module.changes(old, new, policy) if kind == "openapi" else module.changes(old, new)
    order = tuple(Level)
    return tuple(sorted(dict.fromkeys(found), key=lambda c: (order.index(c.level), c.place, c.id, c.text)))


def rules(kind: str) -> tuple[Rule, ...]:
    """Every rule by which contracts of a kind are compared: `openapi`, `graphql` or `protobuf`."""
    table: tuple[Rule, ...] = import_module(f"{__name__}.{kind}").RULES
    return table
