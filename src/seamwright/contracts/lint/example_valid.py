"""Every example fits its schema."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._samples import examples, misfits

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for sample, why in misfits(reading, examples(reading)):
        yield Found(sample.place, f"the example does not fit its schema: {why}", "correct the example or the schema")


RULE = Rule(
    id="example-valid",
    severity=Severity.ERROR,
    says="every example fits its schema",
    why="examples are copied into clients, tests and mocks, and one of the two is wrong",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      responses:
        "200":
          description: the order
          content:
            application/json: {schema: {properties: {total: {type: integer}}}, example: {total: "12"}}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "200":
          description: the order
          content:
            application/json: {schema: {properties: {total: {type: integer}}}, example: {total: 12}}
""",
)
