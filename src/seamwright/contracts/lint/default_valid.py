"""Every default fits its schema."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._samples import defaults, misfits

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for sample, why in misfits(reading, defaults(reading)):
        yield Found(sample.place, f"the default does not fit its schema: {why}", "correct the default or the schema")


RULE = Rule(
    id="default-valid",
    severity=Severity.ERROR,
    says="every default fits its schema",
    why="a client that leaves the value out means something that the system refuses",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer, maximum: 100, default: 500}}]
      responses: {}
""",
    right="""
paths:
  /orders:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer, maximum: 100, default: 50}}]
      responses: {}
""",
)
