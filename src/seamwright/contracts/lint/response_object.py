"""An answer in JSON is an object."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        for status, answer in call.success().items():
            for medium in answer.media:
                if medium.json and reading.types(*medium.schema) == {"array"}:
                    yield Found(
                        medium.part.below("schema"),
                        f"the answer {status} of {call} is a bare list, to which nothing can ever be added",
                        "put the list into an object",
                    )


RULE = Rule(
    id="response-object",
    severity=Severity.INFO,
    says="an answer in JSON is an object",
    why="a cursor or a count can be added to an object later without breaking anybody",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      responses:
        "200": {description: orders, content: {application/json: {schema: {type: array, items: {}}}}}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "200":
          description: orders
          content: {application/json: {schema: {properties: {items: {type: array, items: {}}}}}}
""",
)
