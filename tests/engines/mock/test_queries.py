"""Filters by parameters that are called as members are, and sorting in the usual spellings."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock.queries import asked_ids, filtered, is_ids, ordered

PETS = [
    {"id": 1, "name": "rex", "ownerId": 7, "good": True, "tags": ["big", "old"], "age": 9},
    {"id": 2, "name": "ada", "ownerId": 7, "good": False, "tags": ["big"], "age": None},
    {"id": 3, "name": "max", "ownerId": 8, "good": True, "tags": [], "age": 3},
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"name": "ada"}, [2]),
        ({"owner_id": "7"}, [1, 2]),
        ({"good": "true"}, [1, 3]),
        ({"name": ["ada", "max"]}, [2, 3]),
        ({"tags": "big"}, [1, 2]),
        ({"tag": ["old", "new"]}, [1]),
        ({"filter": {"name": "rex"}}, [1]),
        ({"ids": "1,3"}, [1, 3]),
        ({"ids": ["2"]}, [2]),
        ({"colour": "red"}, [1, 2, 3]),
        ({"age": "3"}, [3]),
        ({"owner_id": "7", "good": "true"}, [1]),
    ],
)
def test_filters(query: dict[str, Any], expected: list[int]) -> None:
    assert [pet["id"] for pet in filtered(PETS, query, ("id",))] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"sort": "name"}, [2, 3, 1]),
        ({"sort": "-name"}, [1, 3, 2]),
        ({"sort": "name:desc"}, [1, 3, 2]),
        ({"orderBy": "name desc"}, [1, 3, 2]),
        ({"sort_by": "name", "order": "desc"}, [1, 3, 2]),
        ({"sort": "name,desc"}, [1, 3, 2]),
        ({"sort": "-ownerId,name"}, [3, 2, 1]),
        ({"sort": "age"}, [3, 1, 2]),
        ({"sort": "-age"}, [1, 3, 2]),
        ({"sort": "colour"}, [1, 2, 3]),
        ({"order": "name"}, [2, 3, 1]),
    ],
)
def test_order(query: dict[str, Any], expected: list[int]) -> None:
    assert [pet["id"] for pet in ordered(PETS, query)] == expected


def test_what_is_no_object_is_neither_filtered_nor_sorted() -> None:
    assert filtered(["a", "b"], {"name": "x"}) == ["a", "b"]
    assert ordered(["b", "a"], {"sort": "name"}) == ["b", "a"]


def test_ids_that_are_asked_for() -> None:
    assert asked_ids({"ids": "a, b", "other": "c"}, ("id",)) == ["a", "b"]
    assert asked_ids({"sids": ["a", "b"]}, ("sid",)) == ["a", "b"]
    assert is_ids("IDs", ())
    assert not is_ids("id", ("id",))
