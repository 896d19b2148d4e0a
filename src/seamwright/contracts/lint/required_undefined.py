"""Every property that is required is described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, sequence
from seamwright.contracts.schemas import IN_PLACE

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    inner = _inside_others(reading)
    for place, schema in reading.schemas.items():
        if place not in inner and "$ref" not in schema:
            yield from _of(reading, schema, place)


def _inside_others(reading: Reading) -> set[str]:
    """Schemas that say only a part about a value: what another part describes need not be described there again."""
    found: set[str] = set()
    for place, schema in reading.schemas.items():
        for key in IN_PLACE & schema.keys():
            value = schema[key]
            children = [(each, f"{place}/{key}/{i}") for i, each in enumerate(value)] if isinstance(value, list) else []
            for child, here in children or [(value, f"{place}/{key}")]:
                found.add(here)
                found.add(reading.target(child, here)[1])
    return found


def _of(reading: Reading, schema: dict[str, Any], place: str) -> Iterator[Found]:
    parts = list(reading.in_place(schema, place))
    described = {name for node, _ in parts for name in mapping(node.get("properties"))}
    if any(node.get("patternProperties") or isinstance(node.get("additionalProperties"), dict) for node, _ in parts):
        return
    for node, here in reading.in_place(schema, place, frozenset({"allOf"})):
        for index, name in enumerate(sequence(node.get("required"))):
            if isinstance(name, str) and described and name not in described:
                text = f"the property {name} is required, and is not described"
                yield Found(f"{here}/required/{index}", text, "describe it under `properties`, or correct its spelling")


RULE = Rule(
    id="required-undefined",
    severity=Severity.WARNING,
    says="every property that is required is described",
    why="nobody can tell what to send, and mostly the name is misspelt",
    run=_run,
    wrong="""
paths: {}
components:
  schemas:
    Order: {type: object, required: [customer_id], properties: {customerId: {type: string}}}
""",
    right="""
paths: {}
components:
  schemas:
    Order: {type: object, required: [customerId], properties: {customerId: {type: string}}}
""",
)
