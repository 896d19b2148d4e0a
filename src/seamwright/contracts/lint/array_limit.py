"""Every list that comes in has a greatest length."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for place, schema in reading.inputs.items():
        told = schema.get("type")
        if told != "array" and not (isinstance(told, list) and "array" in told):
            continue
        if not {"maxItems", "enum", "const"} & schema.keys() and schema.get("items") is not False:
            yield Found(place, f"{reading.called(place)} may have any number of items", "set maxItems")


RULE = Rule(
    id="array-limit",
    severity=Severity.INFO,
    says="every list that comes in has a greatest length",
    why="one call can ask for more work than the system can do (OWASP API4:2023)",
    run=_run,
    wrong="""
paths:
  /orders:
    post:
      requestBody: {content: {application/json: {schema: {type: array, items: {type: integer}}}}}
      responses: {}
""",
    right="""
paths:
  /orders:
    post:
      requestBody: {content: {application/json: {schema: {type: array, items: {type: integer}, maxItems: 100}}}}
      responses: {}
""",
)
