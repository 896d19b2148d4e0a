"""The contract is complete without another host."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for place, ref in reading.bundle.remote:
        yield Found(
            place,
            f"refers to {ref}, and nothing is fetched for a reference; what needs it is left out",
            "bundle the contract into one document",
        )


RULE = Rule(
    id="reference-remote",
    severity=Severity.WARNING,
    says="the contract is complete without another host",
    why="what another host serves can change or vanish without the contract changing, and is never fetched",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      responses:
        "200":
          description: every order
          content: {application/json: {schema: {$ref: "https://example.com/orders.yaml"}}}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "200":
          description: every order
          content: {application/json: {schema: {$ref: "#/components/schemas/Orders"}}}
components:
  schemas:
    Orders: {type: array, items: {type: string}}
""",
)
