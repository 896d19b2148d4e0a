"""Every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._references import circular
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for place, ref in reading.bundle.dangling:
        yield Found(place, f"the reference {ref} leads nowhere", "add what it names, or correct its spelling")
    for place, ref in circular(reading.bundle.document):
        yield Found(place, f"the reference {ref} leads in a circle back to itself", "break the circle")


RULE = Rule(
    id="reference-resolves",
    severity=Severity.ERROR,
    says="every reference leads somewhere",
    why="what a reference should describe is not described (OpenAPI 3.1, reference object)",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      responses:
        "200": {$ref: "#/components/responses/Orders"}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "200": {$ref: "#/components/responses/Orders"}
components:
  responses:
    Orders: {description: every order}
""",
)
