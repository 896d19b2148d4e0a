"""The document has the form that the OpenAPI specification of its version asks for."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    yield from reading.malformed


RULE = Rule(
    id="structure",
    severity=Severity.ERROR,
    says="the document has the form that the OpenAPI specification of its version asks for",
    why="every tool reads a malformed document in its own way (OpenAPI Specification, its JSON Schema)",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      responses:
        "200": {}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "200": {description: every order}
""",
)
