"""All operationIds are written in one style."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._naming import inconsistent
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    names: dict[str, str] = {}
    for call in reading.calls:
        name = call.part.text("operationId")
        if name:
            # `repos/list-branches` and `Repos.list` put a group before the name; the name is what counts.
            names[call.part.below("operationId")] = re.split(r"[/.:]+", name)[-1]
    yield from inconsistent(names, "camelCase", "the operationId", "call it {}")


RULE = Rule(
    id="operation-id-style",
    severity=Severity.WARNING,
    says="all operationIds are written in one style",
    why="they become the names of functions in generated clients",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {operationId: listOrders, responses: {}}
    post: {operationId: create_order, responses: {}}
""",
    right="""
paths:
  /orders:
    get: {operationId: listOrders, responses: {}}
    post: {operationId: createOrder, responses: {}}
""",
)
