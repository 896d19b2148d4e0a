"""Every schema allows at least one value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamwright.contracts.bundle import escaped
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, number, of_type, same, sequence, told_types

__all__ = ["RULE"]

_PAIRS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minContains", "maxContains"),
)


def _run(reading: Reading) -> Iterator[Found]:
    for place, schema in reading.schemas.items():
        for key, text in (*_bounds(schema), *_listed(schema, reading.dialect), *_members(schema, reading.dialect)):
            yield Found(f"{place}/{escaped(key)}", f"no value can ever fit: {text}", "correct one of the two")
        branches = sequence(schema.get("allOf"))
        types = [
            kinds
            for index, branch in enumerate([*branches, {k: v for k, v in schema.items() if k == "type"}])
            if (kinds := _types(reading, branch, f"{place}/allOf/{index}"))
        ]
        if branches and len(types) > 1 and not set.intersection(*types):
            told = " and ".join(sorted({"/".join(sorted(kinds)) for kinds in types}))
            yield Found(f"{place}/allOf", f"no value can ever fit: it must be {told} at once", "correct the types")


def _bounds(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for low, high in _PAIRS:
        least, most = schema.get(low), schema.get(high)
        if number(least) and number(most) and least > most:
            yield low, f"{low} {least} is more than {high} {most}"
    least, strictly = _bound(schema, "minimum", "exclusiveMinimum")
    most, strictly_below = _bound(schema, "maximum", "exclusiveMaximum")
    if least is not None and most is not None:
        if least == most and (strictly or strictly_below):
            yield "exclusiveMinimum" if strictly else "exclusiveMaximum", f"nothing lies between {least} and {most}"
        step = schema.get("multipleOf")
        if number(step) and step > 0 and least <= most and (most // step) * step < least:
            yield "multipleOf", f"no multiple of {step} lies between {least} and {most}"
    wanted = schema.get("minItems")
    if schema.get("items") is False and number(wanted) and wanted > len(sequence(schema.get("prefixItems"))):
        yield "minItems", "there are more items asked for than there may be"


def _bound(schema: dict[str, Any], key: str, edge: str) -> tuple[Any, bool]:
    """A limit, and whether it is itself left out: 3.0 says so by a boolean, 3.1 by a number of its own."""
    limit, strict = schema.get(key), schema.get(edge)
    if number(strict):
        return strict, True
    return (limit, strict is True) if number(limit) else (None, False)


def _listed(schema: dict[str, Any], dialect: str) -> Iterator[tuple[str, str]]:
    types = told_types(schema, dialect)
    values = schema.get("enum")
    if isinstance(values, list):
        if not values:
            yield "enum", "the enum is empty"
        elif types and not any(of_type(value, types) for value in values):
            yield "enum", f"no value of the enum is of type {' or '.join(sorted(types))}"
    if "const" in schema and dialect == "3.1":
        if types and not of_type(schema["const"], types):
            yield "const", f"{schema['const']!r} is not of type {' or '.join(sorted(types))}"
        if isinstance(values, list) and same(schema["const"]) not in map(same, values):
            yield "const", f"{schema['const']!r} is not in the enum"


def _members(schema: dict[str, Any], dialect: str) -> Iterator[tuple[str, str]]:
    required = [name for name in sequence(schema.get("required")) if isinstance(name, str)]
    properties = mapping(schema.get("properties"))
    if "object" not in told_types(schema, dialect) and schema.get("type") is not None:
        return
    closed = schema.get("additionalProperties") is False and not schema.get("patternProperties")
    for name in dict.fromkeys(required):
        if name in properties and properties[name] is False:
            yield "required", f"{name} is required and may not be there"
        elif closed and name not in properties:
            yield "required", f"{name} is required, and no other property than those described may be there"
    most = schema.get("maxProperties")
    if number(most) and len(set(required)) > most:
        yield "required", f"{len(set(required))} properties are required, and maxProperties is {most}"


def _types(reading: Reading, branch: Any, place: str) -> set[str]:
    """The types that one branch allows; empty where it does not say."""
    node, _ = reading.target(branch, place)
    if not isinstance(node, dict):
        return set()
    found = told_types(node, reading.dialect)
    return found | {"integer"} if "number" in found else found


RULE = Rule(
    id="unsatisfiable",
    severity=Severity.ERROR,
    says="every schema allows at least one value",
    why="no call and no answer can ever keep this part of the contract",
    run=_run,
    wrong="""
paths: {}
components:
  schemas:
    Quantity: {type: integer, minimum: 10, maximum: 1}
""",
    right="""
paths: {}
components:
  schemas:
    Quantity: {type: integer, minimum: 1, maximum: 10}
""",
)
