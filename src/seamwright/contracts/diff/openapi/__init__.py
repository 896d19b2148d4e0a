"""Compares two versions of an OpenAPI 3.0, 3.1 or Swagger 2.0 contract.

Each group of rules lies in the module that is named after what it is about: `operations`, `parameters`, `bodies`,
`responses`, `security`, `deliveries` (webhooks and callbacks), `document`, and `schemas` for what lies in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.diff.change import Change, Rule
from seamwright.contracts.diff.openapi import (
    bodies,
    deliveries,
    document,
    operations,
    parameters,
    responses,
    schemas,
    security,
)
from seamwright.contracts.diff.openapi.matching import matched, renamed
from seamwright.contracts.diff.openapi.sides import Sides, Twin
from seamwright.contracts.diff.policy import Policy
from seamwright.model.operation import Contract

__all__ = ["RULES", "changes"]

RULES: tuple[Rule, ...] = (
    *(*operations.RULES, *parameters.RULES, *bodies.RULES, *responses.RULES),
    *(*security.RULES, *deliveries.RULES, *document.RULES, *schemas.RULES),
)
"""Every rule by which two contracts of this kind are compared."""


def changes(old: Contract, new: Contract, policy: Policy | None = None) -> tuple[Change, ...]:
    """List what changed from `old` to `new`, in the order of the document."""
    policy = policy or Policy()
    sides = Sides(old, new, policy)
    found = list(_changes(sides, policy))
    return (*found, *document.compare_version(sides, found))


def _changes(sides: Sides, policy: Policy) -> Iterator[Change]:
    found = matched(sides.old.entries(), sides.new.entries())
    yield from operations.removed(sides, found.gone)
    yield from operations.added(found.come)
    for one, other in found.both:
        twin = Twin(sides, one, other, renamed(one, other))
        yield from operations.compare(twin)
        if policy.promised(other.stability or ""):
            yield from parameters.compare(twin)
            yield from bodies.compare(twin)
            yield from responses.compare(twin)
            yield from security.compare(twin)
            yield from deliveries.compare_callbacks(twin)
    yield from deliveries.compare_webhooks(sides)
    yield from security.compare_global(sides)
    yield from security.compare_components(sides)
    yield from document.compare_servers(sides)
    yield from document.compare_schemas(sides)
