"""Schemas are compared to the end, each pair once, however they refer to each other."""

from __future__ import annotations

import random
from typing import Any

import pytest

from seamwright.contracts.diff.schemas.compare import KINDS, Comparison
from seamwright.contracts.diff.schemas.normal import Schemas
from seamwright.contracts.diff.schemas.pair import Lens
from seamwright.contracts.diff.schemas.shape import Part
from tests.contracts.diff.versions import answering, found, operation, sending, shop

REQUEST, RESPONSE = Lens("request"), Lens("response")


def _comparison(old: Any, new: Any) -> tuple[Comparison, Part, Part]:
    known = [Schemas(shop(operation(), components={"schemas": schemas})) for schemas in (old, new)]
    parts = [each.part({"$ref": "#/components/schemas/A"}) for each in known]
    return Comparison(*known), parts[0], parts[1]


def test_a_schema_that_contains_itself_is_told_of_once_at_the_shortest_path() -> None:
    def tree(kind: str) -> dict[str, Any]:
        below = {"type": "array", "items": {"$ref": "#/components/schemas/A"}}
        return {"A": {"type": "object", "properties": {"below": below, "value": {"type": kind}}}}

    comparison, old, new = _comparison(tree("string"), tree("integer"))
    assert [(seen.path, seen.delta.kind.name) for seen in comparison.changes(old, new, REQUEST)] == [
        (".value", "type-changed")
    ]


def test_alternatives_that_contain_themselves_end() -> None:
    def expression(*further: Any) -> dict[str, Any]:
        plus = {
            "type": "object",
            "properties": {"plus": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}},
        }
        return {"A": {"oneOf": [{"type": "integer", "minimum": 0}, plus, *further]}}

    comparison, old, new = _comparison(expression(), expression({"type": "string", "format": "date"}))
    assert [seen.delta.kind.name for seen in comparison.changes(old, new, RESPONSE)] == ["one-of-added"]
    assert comparison.covers(old, new, REQUEST)
    assert not comparison.covers(old, new, RESPONSE)


def test_a_web_of_references_is_not_walked_along_every_path() -> None:
    # Each of forty schemas refers twice to the next one: there are 2⁴⁰ paths to the last.
    def web(kind: str) -> dict[str, Any]:
        schemas: dict[str, Any] = {
            f"N{i}": {
                "type": "object",
                "properties": {side: {"$ref": f"#/components/schemas/N{i + 1}"} for side in "ab"},
            }
            for i in range(40)
        }
        return {**schemas, "N40": {"type": kind}, "A": {"$ref": "#/components/schemas/N0"}}

    comparison, old, new = _comparison(web("string"), web("integer"))
    assert [seen.path for seen in comparison.changes(old, new, REQUEST)] == [".a" * 40]


def test_choices_within_choices_are_followed_far_down() -> None:
    def choices(kind: str) -> dict[str, Any]:
        schemas: dict[str, Any] = {
            f"N{i}": {"oneOf": [{"$ref": f"#/components/schemas/N{i + 1}"}, {"type": "string", "format": f"f{i}"}]}
            for i in range(100)
        }
        return {**schemas, "N100": {"type": kind}, "A": {"$ref": "#/components/schemas/N0"}}

    comparison, old, new = _comparison(choices("boolean"), choices("integer"))
    (seen,) = comparison.changes(old, new, REQUEST)
    assert seen.delta.kind.name == "type-changed"
    assert seen.path.endswith("(N99)(N100)")


def test_what_covers_what() -> None:
    narrow, wide = {"A": {"type": "integer"}}, {"A": {"type": "number"}}
    comparison, old, new = _comparison(narrow, wide)
    assert comparison.covers(old, new, REQUEST)
    assert not comparison.covers(old, new, RESPONSE)
    assert not comparison.equivalent(old, new)
    described, plain = {"A": {"type": "integer", "title": "n", "default": 1}}, {"A": {"type": "integer"}}
    comparison, old, new = _comparison(described, plain)
    assert comparison.equivalent(old, new)


def test_a_name_is_new_where_the_other_document_does_not_know_it() -> None:
    comparison, _, _ = _comparison({"A": {}, "B": {}}, {"A": {}, "C": {}})
    assert comparison.renamed("#/components/schemas/B", "#/components/schemas/C")
    assert not comparison.renamed("#/components/schemas/A", "#/components/schemas/C")


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


KEYWORDS: dict[str, list[Any]] = {
    "type": ["string", "integer", "object", "array", ["string", "null"]],
    "enum": [["a", "b"], [1, None]],
    "const": ["a"],
    "format": ["date", "int32"],
    "maximum": [5, 9],
    "minLength": [0, 3],
    "pattern": ["^a", ".*"],
    "required": [["a"], ["a", "b"]],
    "additionalProperties": [False, True, {"type": "string"}],
    "readOnly": [True],
    "nullable": [True],
    "uniqueItems": [True],
    "multipleOf": [2, 0.5],
    "default": [1],
}
NESTED = ("items", "not", "contains", "if", "then", "propertyNames")
BRANCHED = ("oneOf", "anyOf", "allOf", "prefixItems")


def _made(chance: random.Random, depth: int) -> Any:
    schema: dict[str, Any] = {key: chance.choice(values) for key, values in KEYWORDS.items() if chance.random() < 0.25}
    if depth:
        schema |= {key: _made(chance, depth - 1) for key in NESTED if chance.random() < 0.15}
        for key in BRANCHED:
            if chance.random() < 0.2:
                schema[key] = [_made(chance, depth - 1) for _ in range(chance.randint(1, 3))]
        if chance.random() < 0.5:
            schema["properties"] = {name: _made(chance, depth - 1) for name in "abc" if chance.random() < 0.5}
        if chance.random() < 0.1:
            schema = {"$ref": "#/components/schemas/Loop"}
    return schema


@pytest.mark.parametrize("seed", range(40))
def test_nothing_has_changed_from_itself_and_anything_can_be_compared_with_anything(seed: int) -> None:
    chance = random.Random(seed)
    components = [{"schemas": {"Loop": {"type": "object", "allOf": [_made(chance, 3)]}}} for _ in range(2)]
    schemas = [_made(chance, 3) for _ in range(2)]
    for made in (sending, answering):
        old, new = (
            made(schema, openapi="3.1.0", components=each) for schema, each in zip(schemas, components, strict=True)
        )
        # Across versions nothing is taken as the same for being written alike.
        again = made(schemas[0], openapi="3.0.3", components=components[0])
        assert found(old, made(schemas[0], openapi="3.1.0", components=components[0])) == ()
        assert all(change.text and change.why for change in (*found(old, new), *found(new, old), *found(again, new)))
