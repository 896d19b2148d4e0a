"""Input values of every kind, with as little or as much as is wanted."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.graphql.inputs import (
    NOTHING,
    Place,
    Share,
    arguments,
    input_value,
    is_one_of,
    makeable,
    required,
)
from tests.engines.generate.graphql.zoo import ZOO

ARGUMENTS: Any = ZOO.mutation_type.fields["addPet"].args  # type: ignore[union-attr]
TYPES: Any = ZOO.type_map


def made(share: Share, seed: int = 1, given: Any = None) -> dict[str, Any]:
    known = (lambda place: (given or {}).get(place, NOTHING)) if given else (lambda place: NOTHING)
    value: dict[str, Any] = arguments(ARGUMENTS, Random(seed), share, known)["input"]
    return value


def test_least_is_what_is_required() -> None:
    assert made("least").keys() == {"name", "weight"}


def test_most_is_all_that_can_be_made() -> None:
    found = made("most")
    assert found.keys() == set(TYPES["PetInput"].fields) - {"what", "ownerId"}
    assert found["kind"] in ("CAT", "DOG"), "deprecated values are left out"
    assert isinstance(found["grades"][0][0], int)


def test_some_is_drawn_and_the_same_for_one_seed() -> None:
    sizes = {len(made("some", seed)) for seed in range(20)}
    assert len(sizes) > 2
    assert made("some", 3) == made("some", 3)


def test_what_is_known_is_put_in_its_place_in_the_form_that_it_takes() -> None:
    given: dict[Place, Any] = {("input", "ownerId"): 7, ("input", "kinds"): "DOG", ("input", "age"): "12"}
    found = made("least", given=given)
    assert (found["ownerId"], found["kinds"], found["age"]) == ("7", ["DOG"], 12)


def test_input_objects_inside_of_themselves_come_to_an_end() -> None:
    for share in ("least", "some", "most"):
        value = input_value(TYPES["Deep"], None, Random(1), share)
        assert value["list"] is not None
    with pytest.raises(Unsatisfiable, match="requires itself without end"):
        input_value(TYPES["Loop"], None, Random(1))


def test_a_scalar_that_nobody_knows_is_told_when_it_is_required() -> None:
    field = ZOO.query_type.fields["mystery"]  # type: ignore[union-attr]
    with pytest.raises(Unsatisfiable, match="Mystery is a scalar of which nothing tells what it takes"):
        arguments(field.args, Random(1))
    assert not makeable(field.args["of"], ("of",))


def test_of_a_one_of_exactly_one_is_given() -> None:
    from graphql import build_schema

    schema = build_schema("type Query { a(by: By!): Int } input By @oneOf { x: Int y: [String!] }")
    by: Any = schema.type_map["By"]
    assert is_one_of(by)
    assert not is_one_of(TYPES["Choice"])
    found = [input_value(by, None, Random(n)) for n in range(20)]
    assert {len(each) for each in found} == {1}
    assert {next(iter(each)) for each in found} == {"x", "y"}


def test_a_default_makes_it_optional() -> None:
    fields = TYPES["PetInput"].fields
    assert required(fields["name"])
    assert not required(fields["age"])
    assert not required(fields["kind"])
