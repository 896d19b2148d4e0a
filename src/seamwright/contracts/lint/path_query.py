"""No path holds a query or a fragment."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for item in reading.items:
        for sign, what in (("?", "a query"), ("#", "a fragment")):
            if sign in item.path:
                yield Found(item.part.place, f"{item.path} holds {what}", "describe it by parameters in the query")


RULE = Rule(
    id="path-query",
    severity=Severity.ERROR,
    says="no path holds a query or a fragment",
    why="the path is all that is matched, so such an operation can never be met (OpenAPI 3.1, paths object)",
    run=_run,
    wrong="""
paths:
  /orders?state=open: {}
""",
    right="""
paths:
  /orders: {}
""",
)
