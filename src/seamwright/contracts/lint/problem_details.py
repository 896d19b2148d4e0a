"""Errors are problem details."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    first = ""
    for call in reading.calls:
        for status, answer in call.answers.items():
            for medium in answer.media:
                if "problem+" in medium.type:
                    return
                if status[:1] in "45":
                    first = first or medium.part.place
    if first:
        yield Found(first, "no error of this contract is a problem detail", "answer errors as application/problem+json")


RULE = Rule(
    id="problem-details",
    severity=Severity.INFO,
    says="errors are problem details",
    why="clients and gateways know application/problem+json already (RFC 9457)",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      responses:
        "400": {description: wrong, content: {application/json: {schema: {type: object}}}}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "400": {description: wrong, content: {application/problem+json: {schema: {type: object}}}}
""",
)
