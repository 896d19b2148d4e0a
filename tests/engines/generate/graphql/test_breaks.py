"""What breaks one rule is refused by the reference implementation, each time."""

from __future__ import annotations

from random import Random

import pytest

from seamwright.engines.generate.graphql.breaks import Broken, broken
from seamwright.engines.generate.graphql.cases import arguments_of, valid_case
from tests.engines.generate.graphql.zoo import contract, operation, wrong

CONTRACT = contract()


def of(name: str) -> list[Broken]:
    base = arguments_of(CONTRACT, valid_case(CONTRACT, operation(name), Random(1)))
    return [*broken(CONTRACT, operation(name), base, Random(1))]


@pytest.mark.parametrize("name", ["pets", "pet", "count", "addPet", "deep"])
def test_none_of_them_is_valid(name: str) -> None:
    for each in of(name):
        assert wrong(each.case), each


def test_every_rule_is_broken() -> None:
    rules = {each.rule for name in ("pets", "pet", "count", "addPet") for each in of(name)}
    assert rules == {
        *("unknown field", "no selection", "unknown type", "selection of a leaf", "unknown argument"),
        *("unknown directive", "syntax", "missing argument", "undefined variable", "wrong literal"),
        *("missing value", "null", "wrong type", "null in a list", "unknown enum value", "unknown input field"),
    }


def test_each_says_where_and_why() -> None:
    found = {(each.rule, each.place): each.why for each in of("addPet")}
    assert found["missing value", "input.name"] == "it is required, and not there"
    assert "is no value of Kind" in found["unknown enum value", "input.kind"]
    assert ("wrong type", "input.grades") in found


def test_a_one_of_without_any() -> None:
    from graphql import build_schema

    from seamwright.model.operation import Contract, Operation

    sdl = "type Query { a(by: By!): Int } input By @oneOf { x: Int y: Int }"
    made = Contract(
        kind="graphql",
        title="",
        version="",
        dialect="graphql",
        source="",
        digest="",
        operations=(Operation("Query.a", "QUERY", "a"),),
        schemes={},
        document={"schema": build_schema(sdl)},
    )
    rules = [each.rule for each in broken(made, made.operations[0], {"by": {"x": 1}}, Random(1))]
    assert "oneOf" in rules
