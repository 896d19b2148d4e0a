"""All parameters of one kind are written in one style."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._naming import inconsistent
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _run(reading: Reading) -> Iterator[Found]:
    for location in ("query", "path"):
        names: dict[str, str] = {}
        for call in reading.calls:
            for parameter in call.at(location):
                name = parameter.text("name")
                if _NAME.fullmatch(name):
                    names.setdefault(parameter.place, name)
        fix = "call it {} in the next version of the API"
        yield from inconsistent(names, "camelCase", f"the {location} parameter", fix)


RULE = Rule(
    id="parameter-style",
    severity=Severity.WARNING,
    says="all parameters of one kind are written in one style",
    why="callers mistype what they cannot guess, and an unknown parameter is mostly ignored without a word",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      parameters:
      - {name: pageSize, in: query, schema: {type: integer}}
      - {name: customerId, in: query, schema: {type: string}}
      - {name: sort_by, in: query, schema: {type: string}}
      responses: {}
""",
    right="""
paths:
  /orders:
    get:
      parameters:
      - {name: pageSize, in: query, schema: {type: integer}}
      - {name: sortBy, in: query, schema: {type: string}}
      responses: {}
""",
)
