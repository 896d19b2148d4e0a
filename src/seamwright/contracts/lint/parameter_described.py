"""Every parameter says what it means."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        for parameter in call.parameters:
            name = parameter.text("name")
            if name and not parameter.text("description"):
                where = parameter.text("in")
                yield Found(parameter.place, f"the {where} parameter {name} has no description", "say what it means")


RULE = Rule(
    id="parameter-described",
    severity=Severity.INFO,
    says="every parameter says what it means",
    why="a name alone leaves units, defaults and effects to be guessed",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses: {}
""",
    right="""
paths:
  /orders:
    get:
      parameters: [{name: limit, in: query, description: Most orders on a page, schema: {type: integer}}]
      responses: {}
""",
)
