"""Where in a body the resource lies."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock.envelopes import array_way, item_envelope, list_envelope
from tests.contracts.documents import contract

FOUND = contract({})
PET = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
PETS = {"type": "array", "items": PET}
TEXT = {"type": "string"}


def wrapped(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


@pytest.mark.parametrize(
    ("schema", "way", "in_list"),
    [
        (PET, (), False),
        (wrapped(data=PET), ("data",), False),
        (wrapped(data=PET, meta=wrapped(x=TEXT)), ("data",), False),
        (wrapped(pet=PET, links=wrapped(x=TEXT)), ("pet",), False),
        (wrapped(createdPet=PET), ("createdPet",), False),
        (wrapped(status=TEXT, result=PET), ("result",), False),
        (wrapped(pets=PETS), ("pets",), True),
        (wrapped(id=TEXT, data=PET), (), False),
        (wrapped(metadata=wrapped(id=TEXT), spec=PET), (), False),
        (wrapped(item=PET, quantity=TEXT), (), False),
        (TEXT, (), False),
    ],
)
def test_one_resource(schema: Any, way: tuple[str, ...], in_list: bool) -> None:
    found = item_envelope(FOUND, schema, "pets", frozenset({"id", "petid"}))
    assert (found.way, found.in_list) == (way, in_list)


@pytest.mark.parametrize(
    ("schema", "sure", "way"),
    [
        (PETS, False, ()),
        (wrapped(data=PETS, total=TEXT), False, ("data",)),
        (wrapped(pets=PETS, tags=PETS), False, ("pets",)),
        (wrapped(response=wrapped(items=PETS)), False, ("response", "items")),
        (wrapped(animals=PETS), True, ("animals",)),
        (wrapped(animals=PETS), False, None),
        (wrapped(animals=PETS, plants=PETS), True, None),
        (wrapped(data={"type": "array", "items": TEXT}), True, None),
        ({"type": "array", "items": TEXT}, True, None),
        (PET, True, None),
    ],
)
def test_a_list_of_resources(schema: Any, sure: bool, way: tuple[str, ...] | None) -> None:
    found = list_envelope(FOUND, schema, "pets", sure=sure)
    assert (found.way if found else None) == way


def test_bodies_are_put_together_and_taken_apart() -> None:
    data = item_envelope(FOUND, wrapped(data=PET), "pets")
    assert data.wrap({"id": 1}) == {"data": {"id": 1}}
    assert data.unwrap({"data": {"id": 1}}) == {"id": 1}
    assert data.unwrap({"id": 1}) == {"id": 1}
    assert data.lay({"data": {"id": 0}, "meta": 1}, {"id": 2}) == {"data": {"id": 2}, "meta": 1}
    assert data.lay(None, {"id": 2}) == {"data": {"id": 2}}
    many = item_envelope(FOUND, wrapped(pets=PETS), "pets")
    assert many.wrap({"id": 1}) == {"pets": [{"id": 1}]}
    assert many.unwrap({"pets": [{"id": 1}]}) == {"id": 1}
    assert many.unwrap({"pets": [{"id": 1}, {"id": 2}]}) == [{"id": 1}, {"id": 2}]


def test_a_list_of_one_is_the_resource_itself() -> None:
    thing = {"type": "object", "properties": {"id": {"type": "integer"}}}
    found = item_envelope(FOUND, {"type": "array", "items": thing}, "things")
    assert (found.way, found.schema, found.in_list) == ((), thing, True)
    assert found.lay(None, {"id": 1}) == [{"id": 1}]
    assert found.unwrap([{"id": 1}]) == {"id": 1}
    assert found.unwrap([{"id": 1}, {"id": 2}]) == [{"id": 1}, {"id": 2}]


def test_the_only_list_of_a_body() -> None:
    assert array_way(FOUND, {"type": "array", "items": TEXT}) == ()
    assert array_way(FOUND, wrapped(members={"type": "array", "items": TEXT}, ok=TEXT)) == ("members",)
    assert array_way(FOUND, wrapped(a=PETS, b=PETS)) is None
    assert array_way(FOUND, PET) is None
