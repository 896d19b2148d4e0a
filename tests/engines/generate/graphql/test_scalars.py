"""Scalars are known by name, by what specifies them, or by an example."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from graphql import GraphQLInt, GraphQLScalarType, GraphQLString

from seamwright.engines.generate.graphql.scalars import INT_MAX, examples, known, limits, maker


def scalar(name: str, **more: Any) -> GraphQLScalarType:
    return GraphQLScalarType(name, **more)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (scalar("DateTime"), "datetime"),
        (scalar("Date_Time"), "datetime"),
        (scalar("UUIDScalar"), "uuid"),
        (scalar("PositiveDecimal"), "decimal"),
        (scalar("OrderDateTime"), "datetime"),
        (scalar("timestamptz"), "timestamptz"),
        (scalar("ProductID"), ""),
        (scalar("Moment", specified_by_url="https://scalars.graphql.org/andimarek/date-time"), "datetime"),
        (scalar("Key", specified_by_url="https://tools.ietf.org/html/rfc4122"), "uuid"),
        (scalar("Mystery"), ""),
        (GraphQLString, ""),
    ],
)
def test_a_scalar_is_known_by_its_name_or_by_what_specifies_it(kind: GraphQLScalarType, name: str) -> None:
    assert known(kind) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DateTime", str),
        ("UUID", str),
        ("JSON", dict),
        ("Long", int),
        ("Latitude", int),
        ("JSONString", str),
        ("Byte", str),
    ],
)
def test_each_known_one_is_made_alike_from_one_seed(name: str, kind: type) -> None:
    make = maker(scalar(name))
    assert make is not None
    assert isinstance(make(Random(1), "x"), kind)
    assert make(Random(1), "x") == make(Random(1), "x")


def test_an_example_in_the_description_is_taken() -> None:
    make = maker(scalar("Weight", description="How heavy it is, e.g. `12kg`."))
    assert make is not None
    assert make(Random(1), "") == "12kg"
    assert maker(scalar("Mystery", description="Nobody knows.")) is None
    assert examples('Such as "A" or example: `B`') == ("A", "B")
    assert examples(None) == ()


def test_numbers_of_pages_stay_small() -> None:
    make = maker(GraphQLInt)
    assert make is not None
    assert {make(Random(n), "first") for n in range(50)} <= set(range(1, 11))
    assert make(Random(1), "offset") == 0


def test_limits() -> None:
    assert (INT_MAX, "the largest Int") in limits(GraphQLInt)
    assert any(value == "" for value, _ in limits(GraphQLString))
    assert limits(scalar("timestamptz")) == limits(scalar("DateTime"))
    assert limits(scalar("Mystery")) == ()
    assert ("2024-02-29", "a leap day") in limits(scalar("Date"))
