"""Nothing stands beside a reference that would be ignored."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_HARMLESS = frozenset({"$ref", "description", "title", "nullable"})


def _run(reading: Reading) -> Iterator[Found]:
    if reading.dialect == "3.1":
        return
    for place, schema in reading.schemas.items():
        beside = [key for key in schema if key not in _HARMLESS and not key.startswith("x-")]
        if isinstance(schema.get("$ref"), str) and beside:
            text = f"{', '.join(beside)} beside a $ref is ignored"
            yield Found(place, text, "put the reference into an allOf, and the rest beside it")


RULE = Rule(
    id="reference-siblings",
    severity=Severity.WARNING,
    says="nothing stands beside a reference that would be ignored",
    why="until OpenAPI 3.1 only the reference counts (3.0.3, reference object)",
    run=_run,
    wrong="""
openapi: 3.0.3
paths: {}
components:
  schemas:
    Id: {type: string}
    Order: {properties: {id: {$ref: "#/components/schemas/Id", maxLength: 5}}}
""",
    right="""
openapi: 3.0.3
paths: {}
components:
  schemas:
    Id: {type: string}
    Order: {properties: {id: {allOf: [{$ref: "#/components/schemas/Id"}], maxLength: 5}}}
""",
)
