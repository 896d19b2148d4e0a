"""Ids of the type and form that a contract has for them."""

from __future__ import annotations

import re
import uuid
from random import Random
from typing import Any

import pytest

from seamwright.engines.mock.keys import Keys
from seamwright.engines.mock.kinds import Kind
from seamwright.engines.mock.resources import Resources
from seamwright.engines.mock.shapes import Shapes
from tests.contracts.documents import contract
from tests.engines.mock.conversation import answers


def of(identifier: Any, parameter: Any = None) -> tuple[Keys, Kind]:
    """The keys of pets whose ids are such."""
    pet = {"type": "object", "properties": {"id": identifier, "name": {"type": "string"}}}
    where = {"name": "id", "in": "path", "required": True, "schema": parameter or {"type": "string"}}
    found = contract({"/pets/{id}": {"parameters": [where], "get": {"responses": answers(s200=pet)}}})
    return Keys(found, Shapes(found)), Resources(found).kinds["pets"]


def test_numbers_are_counted() -> None:
    keys, pets = of({"type": "integer"})
    assert keys.fresh(pets, Random(0), set()) == 1
    assert keys.fresh(pets, Random(0), {"7", "3", "rex"}) == 8
    assert keys.assigned(pets)


def test_the_largest_number_that_there_is_does_not_end_the_counting() -> None:
    keys, pets = of({"type": "integer", "format": "int64"})
    assert keys.fresh(pets, Random(0), {"7", str(2**63 - 1)}) == 8
    keys, pets = of({"type": "integer", "format": "int32"})
    assert keys.fresh(pets, Random(0), {"7", str(2**31 - 1), str(2**40)}) == 8


def test_numbers_keep_to_their_limits() -> None:
    keys, pets = of({"type": "integer", "minimum": 100, "maximum": 200})
    assert 100 <= keys.fresh(pets, Random(0), set()) <= 200


def test_uuids_patterns_and_plain_texts() -> None:
    keys, pets = of({"type": "string", "format": "uuid"})
    assert uuid.UUID(keys.fresh(pets, Random(0), set()))
    assert keys.assigned(pets)
    keys, pets = of({"type": "string", "pattern": "^cus_[a-z]{4}$"})
    assert re.match("^cus_[a-z]{4}$", keys.fresh(pets, Random(0), set()))
    assert not keys.assigned(pets)
    keys, pets = of({"type": "string", "description": "The id."})
    assert re.match("^[a-z0-9]{12}$", keys.fresh(pets, Random(0), set()))


def test_an_id_that_the_resource_leaves_open_is_as_the_path_wants_it() -> None:
    keys, pets = of({}, {"type": "integer"})
    assert keys.fresh(pets, Random(0), {"4"}) == 5


def test_ids_must_fit_into_the_path_too() -> None:
    keys, pets = of({"type": "string", "maxLength": 20}, {"type": "string", "pattern": "^[a-f]{6}$"})
    assert re.match("^[a-f]{6}$", keys.fresh(pets, Random(0), set()))
    keys, pets = of({"type": "string", "example": "x"}, {"type": "string", "format": "uuid"})
    assert uuid.UUID(keys.fresh(pets, Random(0), set()))


def test_no_id_is_given_twice() -> None:
    keys, pets = of({"type": "string", "enum": ["a", "b", "c"]})
    taken: set[str] = set()
    for _ in range(3):
        taken.add(str(keys.fresh(pets, Random(len(taken)), taken)))
    assert taken == {"a", "b", "c"}
    assert keys.fresh(pets, Random(0), taken) is None


def test_numbers_that_are_left_are_found() -> None:
    keys, pets = of({"type": "integer"}, {"type": "integer", "minimum": 1, "maximum": 3})
    assert keys.fresh(pets, Random(0), {"1", "3"}) == 2
    assert keys.fresh(pets, Random(0), {"1", "2", "3"}) is None


@pytest.mark.parametrize(("made", "expected"), [("a", True), ("", False), (".", False), (None, False), ({}, False)])
def test_what_a_path_can_name(made: Any, expected: bool) -> None:
    keys, pets = of({"type": "string"})
    assert keys.addressable(pets, made) is expected


def test_a_path_names_an_id() -> None:
    keys, pets = of({"type": "integer"})
    assert keys.given(pets, {"name": "rex"}, "7", Random(0)) == {"name": "rex", "id": 7}
