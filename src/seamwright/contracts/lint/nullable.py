"""Null is allowed in the way of the document's version of OpenAPI."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import sequence

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for place, schema in reading.schemas.items():
        if "nullable" not in schema:
            continue
        here = f"{place}/nullable"
        if reading.dialect == "3.1":
            yield Found(here, "`nullable` has no meaning in OpenAPI 3.1", 'add "null" to the types: [string, "null"]')
        elif schema["nullable"] is not True:
            continue
        elif "$ref" in schema:
            yield Found(here, "`nullable` beside a $ref is ignored", "put the reference into an allOf beside it")
        elif "type" not in schema and not {"allOf", "anyOf", "oneOf"} & schema.keys():
            yield Found(here, "`nullable` has no effect without a type", "say the type beside it")
        elif "enum" in schema and None not in sequence(schema["enum"]):
            yield Found(f"{place}/enum", "null is allowed, and is not in the enum", "add null to the enum")


RULE = Rule(
    id="nullable",
    severity=Severity.WARNING,
    says="null is allowed in the way of the document's version of OpenAPI",
    why="one reader takes null and the other refuses it (OpenAPI 3.0.3, nullable; 3.1 has types for it)",
    run=_run,
    wrong="""
openapi: 3.1.0
paths: {}
components:
  schemas:
    Note: {type: string, nullable: true}
""",
    right="""
openapi: 3.0.3
paths: {}
components:
  schemas:
    Note: {type: string, nullable: true}
""",
)
