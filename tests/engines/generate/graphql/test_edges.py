"""Values at their limits stay valid, one at a time."""

from __future__ import annotations

from random import Random

from seamwright.engines.generate.graphql.cases import LEAN, arguments_of, asking, valid_case
from seamwright.engines.generate.graphql.edges import Edge, edges
from tests.engines.generate.graphql.zoo import contract, operation, wrong

CONTRACT = contract()


def of(name: str) -> list[Edge]:
    base = arguments_of(CONTRACT, valid_case(CONTRACT, operation(name), Random(1)))
    return [*edges(CONTRACT, operation(name), base, Random(1))]


def test_all_of_them_are_valid() -> None:
    for name in ("pets", "pet", "addPet", "deep"):
        for edge in of(name):
            assert wrong(asking(CONTRACT, operation(name), edge.arguments, Random(1), bounds=LEAN)) == [], edge


def test_every_kind_of_value_has_its_limits() -> None:
    found = {(edge.place, edge.what) for edge in of("addPet")}
    assert {
        ("input.age", "the largest Int"),
        ("input.kind", "null"),
        ("input.kind", "the value DOG"),
        ("input.kinds", "an empty list"),
        ("input.kinds", "20 equal items"),
        ("input.name", "maxLength at its limit"),
        ("input.choice.name", "an empty text"),
        ("input.ownerId", "an id beyond ASCII"),
        ("input.born", "a leap day"),
    } <= found
    assert not any(place == "input.name" and what == "null" for place, what in found), "it may not be null"


def test_only_the_place_in_question_differs() -> None:
    base = arguments_of(CONTRACT, valid_case(CONTRACT, operation("addPet"), Random(1)))
    for edge in edges(CONTRACT, operation("addPet"), base, Random(1)):
        step = edge.place.split(".")[1] if "." in edge.place else ""
        assert {n: v for n, v in edge.arguments["input"].items() if n != step} == {
            n: v for n, v in base["input"].items() if n != step
        }
