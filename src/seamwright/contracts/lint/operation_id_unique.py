"""Every operationId names one operation."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    first: dict[str, str] = {}
    for call in reading.calls:
        name = call.part.text("operationId")
        if name and name in first:
            place = call.part.below("operationId")
            yield Found(place, f"{call} has the operationId {name} of {first[name]}", "give it one of its own")
        elif name:
            first[name] = str(call)


RULE = Rule(
    id="operation-id-unique",
    severity=Severity.ERROR,
    says="every operationId names one operation",
    why="links, policies and generated clients take it for another one (OpenAPI 3.1, operation object)",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {operationId: orders, responses: {}}
    post: {operationId: orders, responses: {}}
""",
    right="""
paths:
  /orders:
    get: {operationId: listOrders, responses: {}}
    post: {operationId: createOrder, responses: {}}
""",
)
