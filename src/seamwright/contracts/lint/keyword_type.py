"""Every keyword says something about values of the type that the schema has."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import told_types

__all__ = ["RULE"]

_KEYWORDS = {
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "minItems", "maxItems", "uniqueItems", "prefixItems", "contains"),
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
}
_OF = {key: {kind, "integer"} if kind == "number" else {kind} for kind, keys in _KEYWORDS.items() for key in keys}


def _run(reading: Reading) -> Iterator[Found]:
    for place, schema in reading.schemas.items():
        types = told_types(schema, reading.dialect)
        for key in schema if types else ():
            if key in _OF and not types & _OF[key]:
                text = f"{key} says nothing about a value of type {' or '.join(sorted(types))}"
                yield Found(f"{place}/{key}", text, "correct the type, or remove it")


RULE = Rule(
    id="keyword-type",
    severity=Severity.WARNING,
    says="every keyword says something about values of the type that the schema has",
    why="it has no effect, and the limit that somebody meant is not there",
    run=_run,
    wrong="""
paths: {}
components:
  schemas:
    Zip: {type: integer, maxLength: 5}
""",
    right="""
paths: {}
components:
  schemas:
    Zip: {type: string, maxLength: 5}
""",
)
