"""A shape tells what it allows."""

from __future__ import annotations

from seamwright.contracts.diff.schemas.shape import NEVER, Shape


def test_a_shape_without_types_may_be_anything() -> None:
    assert Shape().may_be("object")
    assert Shape(types=frozenset({"string", "object"})).may_be("object")
    assert not Shape(types=frozenset({"string"})).may_be("object", "array")


def test_a_closed_object() -> None:
    assert Shape(singles={"additionalProperties": (NEVER,)}).closed
    assert not Shape(singles={"additionalProperties": ({"type": "string"},)}).closed
    assert not Shape().closed
