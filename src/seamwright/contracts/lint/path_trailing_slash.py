"""No path ends with a slash."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for item in reading.items:
        if len(item.path) > 1 and item.path.endswith("/"):
            yield Found(
                item.part.place, f"{item.path} ends with a slash", "leave it off in the next version of the API"
            )


RULE = Rule(
    id="path-trailing-slash",
    severity=Severity.WARNING,
    says="no path ends with a slash",
    why="some servers take /orders and /orders/ for the same and others do not, or redirect and lose the body",
    run=_run,
    wrong="""
paths:
  /orders/: {}
""",
    right="""
paths:
  /orders: {}
""",
)
