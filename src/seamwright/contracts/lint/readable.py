"""The contract can be used to verify a system."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._references import circular
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    told = reading.malformed or reading.bundle.dangling or circular(reading.bundle.document)
    if reading.refused and not told:
        yield Found(reading.refused_at, reading.refused)


RULE = Rule(
    id="readable",
    severity=Severity.ERROR,
    says="the contract can be used to verify a system",
    why="what `seamwright verify` refuses to read cannot be tried",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      responses:
        "200": {$ref: "https://example.com/responses.yaml#/Orders"}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "200": {description: every order}
""",
)
