"""What is read off schemas: names, members, types, items."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock.schemas import (
    flat,
    followed,
    identity,
    item_of,
    members,
    required,
    scalar,
    singular,
    types,
)
from tests.contracts.documents import contract

FOUND = contract(
    {},
    components={
        "schemas": {
            "Pet": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
            "Cat": {
                "allOf": [
                    {"$ref": "#/components/schemas/Pet"},
                    {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer"}}},
                ]
            },
            "Loop": {"$ref": "#/components/schemas/Loop2"},
            "Loop2": {"$ref": "#/components/schemas/Loop"},
        }
    },
)
PET = {"$ref": "#/components/schemas/Pet"}
CAT = {"$ref": "#/components/schemas/Cat"}


def test_a_schema_is_called_by_its_last_reference() -> None:
    assert identity(FOUND, PET) == "#/components/schemas/Pet"
    assert identity(FOUND, {"allOf": [PET]}) == "#/components/schemas/Pet"
    assert identity(FOUND, {"type": "string"}) == '{"type": "string"}'
    assert identity(FOUND, {}) is None


def test_what_leads_nowhere_is_empty() -> None:
    assert followed(FOUND, {"$ref": "#/components/schemas/Loop"}) == {}
    assert followed(FOUND, {"$ref": "#/nowhere"}) == {}
    assert followed(FOUND, True) == {}
    assert members(FOUND, None) == {}


def test_members_of_combined_schemas_are_found() -> None:
    assert list(members(FOUND, CAT)) == ["lives", "id"] or list(members(FOUND, CAT)) == ["id", "lives"]
    assert required(FOUND, CAT) == {"id", "lives"}
    assert list(members(FOUND, {"oneOf": [PET, {"properties": {"bark": {}}}]})) == ["id", "bark"]
    assert required(FOUND, {"oneOf": [PET]}) == frozenset()


def test_what_two_parts_say_of_a_member_is_joined() -> None:
    wrapper = {"type": "object", "properties": {"data": {"type": "array", "items": {"type": "object"}}}}
    special = {"properties": {"data": {"type": "array", "items": PET}}}
    listed = members(FOUND, {"allOf": [wrapper, special]})["data"]
    assert item_of(FOUND, listed) == PET


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, {"string"}),
        ({"type": ["string", "null"]}, {"string", "null"}),
        ({"properties": {}}, {"object"}),
        ({"items": {}}, {"array"}),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"string", "integer"}),
        ({}, set()),
    ],
)
def test_types(schema: Any, expected: set[str]) -> None:
    assert types(FOUND, schema) == expected


def test_what_may_be_an_id_is_a_scalar() -> None:
    assert scalar(FOUND, {"type": "string"})
    assert scalar(FOUND, {})
    assert not scalar(FOUND, PET)


def test_items() -> None:
    assert item_of(FOUND, {"type": "array", "items": PET}) == PET
    assert item_of(FOUND, {"type": "array"}) == {}
    assert item_of(FOUND, PET) is None


def test_names() -> None:
    assert flat("order_ID") == "orderid"
    assert [singular(word) for word in ("orders", "categories", "boxes", "address")] == [
        "order", "category", "box", "address",
    ]  # fmt: skip
