"""Every array says what its items are."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Edit, Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    severity = Severity.WARNING if reading.dialect == "3.1" else None
    for place, schema in reading.schemas.items():
        told = schema.get("type")
        if told != "array" and not (isinstance(told, list) and "array" in told):
            continue
        if not {"items", "prefixItems", "contains", "$ref", "allOf", "anyOf", "oneOf", "enum", "const"} & schema.keys():
            edit = Edit(f"{place}/items", {})
            yield Found(place, "this array does not say what its items are", "describe `items`", severity, (edit,))


RULE = Rule(
    id="array-items",
    severity=Severity.ERROR,
    says="every array says what its items are",
    why="OpenAPI 3.0 asks for `items` in every array (3.0.3, schema object); in 3.1 it is a warning",
    run=_run,
    wrong="""
openapi: 3.0.3
paths:
  /orders:
    get:
      parameters: [{name: id, in: query, schema: {type: array}}]
      responses: {}
""",
    right="""
openapi: 3.0.3
paths:
  /orders:
    get:
      parameters: [{name: id, in: query, schema: {type: array, items: {type: string}}}]
      responses: {}
""",
)
