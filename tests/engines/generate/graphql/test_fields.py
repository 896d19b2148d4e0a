"""Selections: broad before deep, bounded, and valid whatever the types are."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from graphql import parse, validate

from seamwright.engines.generate.graphql.fields import Bounds, lists_around, paged, selection
from tests.engines.generate.graphql.zoo import ZOO

QUERY: Any = ZOO.query_type


def text(kind: str, bounds: Bounds | None = None, seed: int = 1, **more: Any) -> str:
    found = selection(ZOO, ZOO.type_map[kind], Random(seed), bounds, **more)
    declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in found.variables.items())
    query = f"query {f'({declared})' if declared else ''} {{ being(id: 1) {{ ... on {kind} {found.text} }} }}"
    if kind in ("Cat", "Dog", "Person", "Being"):
        assert validate(ZOO, parse(query)) == [], query
    return found.text


def test_leaves_come_first_and_objects_inside_as_deep_as_is_wanted() -> None:
    assert text("Cat", Bounds(depth=0)) == "{ id name lives size }"
    deep = text("Cat", Bounds(depth=3, fields=400))
    assert deep.startswith("{ id name lives size ")
    assert "owner { id name born" in deep


def test_no_type_is_entered_again_below_itself() -> None:
    assert "parents" not in text("Person", Bounds(depth=5, fields=400))


def test_members_are_asked_for_by_fragments_under_keys_that_do_not_clash() -> None:
    found = text("Pet", Bounds(depth=0))
    assert found.startswith("{ __typename ")
    assert "... on Cat { id name lives size }" in found
    assert "... on Dog { id name Dog_size: size }" in found, "one is a String, the other an Int"


def test_fields_that_need_what_nobody_knows_are_left_out() -> None:
    found = text("Person", Bounds(depth=0))
    assert "secret" not in found
    assert "owner(formal: $owner__formal)" in text("Dog", Bounds(depth=1))


def test_fields_to_avoid_are_avoided() -> None:
    assert "lives" not in text("Cat", Bounds(depth=0, avoid=frozenset({"Cat.lives"})))


def test_what_is_wanted_is_there_in_any_case() -> None:
    assert text("PetConnection", Bounds(depth=0, fields=0), wanted=[("pageInfo", "endCursor")]) == (
        "{ pageInfo { endCursor } }"
    )
    assert text("Cat", Bounds(depth=0, fields=0)) == "{ __typename }"


def test_the_number_of_fields_is_bounded() -> None:
    for fields in (1, 10, 60):
        names = text("Person", Bounds(depth=6, fields=fields)).replace("{", "").replace("}", "").split()
        assert len(names) < 3 * fields + 40


def test_a_wrapper_is_no_step_deeper() -> None:
    assert "edges { cursor node { __typename" in text("PetConnection", Bounds(depth=0))


@pytest.mark.parametrize(
    ("name", "arguments", "lists"), [("pets", {"first": 3}, 0), ("people", {}, 2), ("count", {}, 0)]
)
def test_long_lists_are_kept_short_where_that_can_be_said(name: str, arguments: dict[str, Any], lists: int) -> None:
    assert paged(QUERY.fields[name], 3) == arguments
    assert lists_around(QUERY.fields[name]) == lists


def test_lists_inside_of_lists_come_to_an_end() -> None:
    kind = ZOO.type_map["Person"]
    assert "pets(" in selection(ZOO, kind, Random(1), Bounds(fields=400), lists=1).text
    assert "pets(" not in selection(ZOO, kind, Random(1), Bounds(fields=400), lists=2).text


def test_it_depends_on_the_seed_alone() -> None:
    wide = Bounds(depth=3, fields=300)
    assert text("Cat", wide, 5) == text("Cat", wide, 5)
