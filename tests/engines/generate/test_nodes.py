"""Random schemas, and schemas of awkward shape: large, linked all over, deep, hard to satisfy."""

from __future__ import annotations

import json
import time
from itertools import islice
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from seamwright.engines.generate import Compiler, Unsatisfiable, compile_schema
from tests.engines.generate.corpus import resolver

_NAMES = ("a", "b", "c", "d")
_PATTERNS = ("^a", "[0-9]$", "^[a-z]+$", "^\\w{2,4}$", "b|c")


def _random_schema(random: Random, depth: int) -> dict[str, Any]:
    """Any schema at all: satisfiable or not, sensible or not."""
    kinds = ["integer", "number", "string", "boolean", "enum", "ref"]
    if depth > 0:
        kinds += ["object"] * 3 + ["array"] * 2 + ["anyOf", "oneOf", "allOf", "not", "if"]
    kind = random.choice(kinds)

    def part() -> dict[str, Any]:
        return _random_schema(random, depth - 1)

    def at_times(chance: float, **keywords: Any) -> dict[str, Any]:
        return keywords if random.random() < chance else {}

    if kind == "enum":
        return {"enum": random.sample(["a", "b", 1, 2, None, True, "ccc"], 3)}
    if kind == "ref":
        return {"$ref": f"#/$defs/{random.choice('AB')}"}
    if kind in ("anyOf", "oneOf", "allOf"):
        return {kind: [part(), part()]}
    if kind == "not":
        return {**part(), "not": part()}
    if kind == "if":
        return {"if": part(), "then": part(), "else": part()}
    schema: dict[str, Any] = {"type": kind}
    if kind in ("integer", "number"):
        schema |= at_times(0.4, minimum=random.randint(-5, 5)) | at_times(0.3, maximum=random.randint(0, 20))
        schema |= at_times(0.2, exclusiveMaximum=random.choice([3, 10.5]))
        schema |= at_times(0.2, multipleOf=random.choice([1, 2, 0.5, 0.1]))
    elif kind == "string":
        schema |= at_times(0.3, minLength=random.randint(0, 4)) | at_times(0.3, maxLength=random.randint(1, 40))
        schema |= at_times(0.2, pattern=random.choice(_PATTERNS)) | at_times(
            0.2, format=random.choice(["date", "email", "uuid", "uri"])
        )
    elif kind == "object":
        schema["properties"] = {name: part() for name in random.sample(_NAMES, random.randint(0, 3))}
        schema |= at_times(0.6, required=random.sample(_NAMES, random.randint(0, 2)))
        schema |= at_times(0.3, additionalProperties=random.choice([False, part()]))
        schema |= at_times(0.15, minProperties=random.randint(0, 2))
        schema |= at_times(0.15, maxProperties=random.randint(1, 3)) | at_times(0.1, dependentRequired={"a": ["b"]})
        schema |= at_times(0.1, patternProperties={"^x": part()}) | at_times(0.1, propertyNames={"maxLength": 3})
    elif kind == "array":
        schema["items"] = part()
        schema |= at_times(0.4, minItems=random.randint(0, 2)) | at_times(0.4, maxItems=random.randint(1, 4))
        schema |= at_times(0.3, uniqueItems=True) | at_times(0.2, prefixItems=[part()]) | at_times(0.2, contains=part())
    return schema


@pytest.mark.parametrize("block", range(8))
def test_random_schemas_are_met_or_refused_with_a_reason(block: int) -> None:
    met = 0
    for seed in range(block * 60, block * 60 + 60):
        random = Random(seed)
        schema = {
            **_random_schema(random, 3),
            "$defs": {"A": _random_schema(random, 2), "B": _random_schema(random, 2)},
        }
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        try:
            generator = compile_schema(schema, resolve=resolver(schema))
            values = [generator.valid(random) for _ in range(10)]
        except Unsatisfiable:
            continue
        met += 1
        assert all(validator.is_valid(value) for value in values), (seed, schema, values)
        for boundary in islice(generator.boundary(random), 40):
            assert validator.is_valid(boundary.value), (seed, schema, boundary)
        for invalid in islice(generator.invalid(random), 40):
            assert not validator.is_valid(invalid.value), (seed, schema, invalid)
    assert met > 35


def _linked(count: int, random: Random, hard: bool) -> dict[str, Any]:
    """Schemas that refer to each other all over, as in the contracts of large services."""
    schemas: dict[str, Any] = {}
    for index in range(count):
        link = {"$ref": f"#/S{random.randrange(count)}"}
        other: dict[str, Any] = {"oneOf": [{"type": "string"}, link, {"type": "string", "maxLength": 3}]}
        schemas[f"S{index}"] = {
            "type": "object",
            "required": ["id", "many"],
            "properties": {
                "id": {"type": "string", "maxLength": 20},
                "next": {"$ref": f"#/S{(index + 1) % count}"},
                "maybe": other if hard else {"anyOf": [{"type": "string"}, link]},
                "many": {"type": "array", "items": link},
            },
        }
    return schemas


@pytest.mark.parametrize("hard", [False, True])
def test_a_large_linked_contract_starts_soon_and_its_values_stay_small(hard: bool) -> None:
    schemas = _linked(500, Random(0), hard)
    compiler = Compiler(resolve=resolver(schemas))
    started = time.process_time()
    generator, random = compiler.compile({"$ref": "#/S0"}), Random(1)
    values = [generator.valid(random) for _ in range(20)]
    assert time.process_time() - started < 10
    assert max(len(json.dumps(value)) for value in values) < 100_000
    assert len(list(islice(generator.invalid(random), 50))) == 50


def test_optional_parts_that_cannot_be_made_are_left_out() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "required": ["list"],
        "properties": {
            "never": {"type": "integer", "minimum": 2, "maximum": 1},
            "twice": {"oneOf": [{"type": "integer"}, {"type": "integer"}]},
            "list": {"type": "array", "items": {"not": {}}},
            "fine": {"type": "integer"},
        },
    }
    generator, random = compile_schema(schema, resolve=resolver({})), Random(0)
    assert {frozenset(generator.valid(random)) for _ in range(50)} == {
        frozenset(("list",)),
        frozenset(("list", "fine")),
    }


def test_a_wide_choice_of_combinations_is_bounded() -> None:
    schema = {"allOf": [{"oneOf": [{"required": [f"p{group}{each}"]} for each in range(6)]} for group in range(6)]}
    started = time.process_time()
    value = compile_schema({"type": "object", **schema}, resolve=resolver({})).valid(Random(0))
    assert len(value) == 6
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"type": "array", "minItems": 10**9}, "minItems"),
        ({"type": "string", "minLength": 10**9}, "minLength"),
        ({"type": "string", "pattern": "^a{500000}$"}, "pattern"),
        ({"type": "object", "minProperties": 10**9}, "minProperties"),
        ({"enum": []}, "enum"),
    ],
)
def test_what_is_too_large_to_make_is_said_soon(schema: dict[str, Any], keyword: str) -> None:
    started = time.process_time()
    with pytest.raises(Unsatisfiable) as caught:
        compile_schema(schema, resolve=resolver({}))
    assert caught.value.keyword == keyword
    assert time.process_time() - started < 2


def test_many_required_properties_are_found() -> None:
    value = compile_schema({"type": "object", "minProperties": 100}, resolve=resolver({})).valid(Random(0))
    assert len(value) == 100


def _nested(depth: int, **around: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {key: schema if value is ... else value for key, value in around.items()}
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        _nested(6, type="array", minItems=100, items=...),
        _nested(6, type="object", minProperties=50, additionalProperties=...),
        _nested(6, type="array", contains=..., minContains=50),
        _nested(150, type="array", minItems=1, items=...),
        {"$ref": "#/$defs/0"},
    ],
)
def test_values_that_would_be_too_large_are_refused_at_once(schema: dict[str, Any]) -> None:
    doubling: dict[str, Any] = {
        str(n): {"required": ["a", "b"], "properties": {name: {"$ref": f"#/$defs/{n + 1}"} for name in "ab"}}
        for n in range(40)
    }
    started = time.process_time()
    with pytest.raises(Unsatisfiable, match=r"more than (are ever sent|the|10000)"):
        compile_schema(schema, resolve=resolver({"$defs": {**doubling, "40": {"type": "string"}}}))
    assert time.process_time() - started < 2


def test_a_part_that_cannot_be_made_is_left_out_where_another_one_will_do() -> None:
    parts = {"a": {"type": "string"}, "b": {"type": "string", "minLength": 5, "maxLength": 1}}
    generator = compile_schema({"type": "object", "minProperties": 1, "properties": parts}, resolve=resolver({}))
    assert set(generator.valid(Random(1))) == {"a"}
    inner = {"type": "object", "required": ["x"], "properties": {"x": {"type": "array", "minItems": 2, "items": {}}}}
    generator = compile_schema(
        {"type": "object", "minProperties": 3, "additionalProperties": inner}, resolve=resolver({})
    )
    assert len(generator.valid(Random(1))) >= 3
