"""Paths name things; what is done to them is the method."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_VERBS = frozenset({"get", "fetch", "list", "create", "add", "insert", "update", "edit", "modify", "delete", "remove"})


def _run(reading: Reading) -> Iterator[Found]:
    for item in reading.items:
        for segment in item.segments:
            named = words(segment) if "{" not in segment else []
            if named and named[0] in _VERBS and (len(named) > 1 or segment == item.segments[-1]):
                text = f"{item.path} says with {segment} what its method says already"
                yield Found(
                    item.part.place, text, "name the thing, and let GET, POST, PUT, PATCH and DELETE say the rest"
                )
                break


RULE = Rule(
    id="path-verb",
    severity=Severity.WARNING,
    says="paths name things; what is done to them is the method",
    why="caches, gateways and retries go by the method, and a POST to /getOrder is neither safe nor cached",
    run=_run,
    wrong="""
paths:
  /createOrder: {}
""",
    right="""
paths:
  /orders: {}
""",
)
