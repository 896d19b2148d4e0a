"""Every value of an enum is of the type that the schema has."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import of_type, sequence, told_types

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for place, schema in reading.schemas.items():
        types = told_types(schema, reading.dialect)
        if not types:
            continue
        for index, value in enumerate(sequence(schema.get("enum"))):
            if not of_type(value, types):
                yield Found(f"{place}/enum/{index}", f"{value!r} is not of type {' or '.join(sorted(types))}", _FIX)


_FIX = "correct the value (YAML reads what has no quotes as a number where it can), or the type"

RULE = Rule(
    id="enum-type",
    severity=Severity.ERROR,
    says="every value of an enum is of the type that the schema has",
    why="no value can ever be this one",
    run=_run,
    wrong="""
paths: {}
components:
  schemas:
    Size: {type: string, enum: [small, 42]}
""",
    right="""
paths: {}
components:
  schemas:
    Size: {type: string, enum: [small, "42"]}
""",
)
