"""Every discriminator names a property that all of its schemas have and ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamwright.contracts.bundle import escaped, pointed
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, sequence

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for place, schema in reading.schemas.items():
        told = schema.get("discriminator")
        name = mapping(told).get("propertyName")
        if not isinstance(told, dict) or not isinstance(name, str):
            continue
        yield from _mapped(reading, told, f"{place}/discriminator")
        key = next((key for key in ("oneOf", "anyOf") if sequence(schema.get(key))), None)
        if key is None:
            yield from _of(reading, schema, place, name)
            continue
        for index, branch in enumerate(schema[key]):
            yield from _of(reading, branch, f"{place}/{key}/{index}", name)


def _of(reading: Reading, schema: Any, place: str, name: str) -> Iterator[Found]:
    parts = list(reading.in_place(schema, place, frozenset({"allOf"})))
    if not any(node for node, _ in parts):
        return  # The reference itself is told of.
    target = parts[0][1]
    if not any(name in mapping(node.get("properties")) for node, _ in parts):
        yield Found(target, f"this schema has no property {name}, by which it is told from others", "describe it")
    elif not any(name in sequence(node.get("required")) for node, _ in parts):
        yield Found(target, f"the property {name} tells this schema from others, and is not required", "require it")


def _mapped(reading: Reading, told: dict[str, Any], place: str) -> Iterator[Found]:
    schemas = mapping(mapping(reading.document.get("components")).get("schemas"))
    for value, target in mapping(told.get("mapping")).items():
        if not isinstance(target, str) or target in schemas or "://" in target:
            continue
        try:
            pointed(reading.document, target if target.startswith("#") else f"#/components/schemas/{escaped(target)}")
        except KeyError:
            text = f"the value {value} of the discriminator leads to {target}, where nothing is"
            yield Found(f"{place}/mapping/{escaped(value)}", text, "correct the reference")


RULE = Rule(
    id="discriminator",
    severity=Severity.WARNING,
    says="every discriminator names a property that all of its schemas have and ask for",
    why="a reader cannot tell which of the schemas a value is of (OpenAPI 3.1, discriminator object)",
    run=_run,
    wrong="""
paths: {}
components:
  schemas:
    Pet: {oneOf: [{$ref: "#/components/schemas/Cat"}], discriminator: {propertyName: kind}}
    Cat: {type: object, properties: {meows: {type: boolean}}}
""",
    right="""
paths: {}
components:
  schemas:
    Pet: {oneOf: [{$ref: "#/components/schemas/Cat"}], discriminator: {propertyName: kind}}
    Cat: {type: object, required: [kind], properties: {kind: {type: string}, meows: {type: boolean}}}
""",
)
