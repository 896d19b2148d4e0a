"""Strings: their lengths, their patterns, and what each place of a request can carry."""

from __future__ import annotations

import re
import string
from random import Random
from typing import Any

import pytest

from seamwright.engines.generate import Unsatisfiable, compile_schema
from seamwright.engines.generate.text import TEXT_CAP, Location, alphabet

PLACES: tuple[Location, ...] = ("body", "path", "query", "header", "cookie")


def unresolved(ref: str) -> Any:
    raise LookupError(ref)


def strings(schema: dict[str, Any], location: Location = "body", count: int = 200, *, plain: bool = False) -> list[str]:
    made = compile_schema({"type": "string", **schema}, resolve=unresolved, location=location, plain=plain)
    random = Random(1)
    return [made.valid(random) for _ in range(count)]


@pytest.mark.parametrize("place", PLACES)
def test_every_place_gets_what_it_can_carry(place: Location) -> None:
    letters = set(alphabet(place, plain=False))
    assert set(string.ascii_letters) <= letters
    made = set("".join(strings({}, place)))
    assert made <= letters
    if place in ("header", "cookie"):
        assert all(" " <= letter <= "~" for letter in made)
    if place == "path":
        assert not made & set("/?#")
        assert all(strings({}, place)), "an empty place of a path names something else"


@pytest.mark.parametrize("place", PLACES)
def test_plain_text_is_of_letters(place: Location) -> None:
    assert all(re.fullmatch("[A-Za-z]*", text) for text in strings({}, place, plain=True))


def test_lengths_and_patterns_are_kept_together() -> None:
    made = strings({"pattern": "^[a-c]+-[0-9]*$", "minLength": 4, "maxLength": 6})
    assert all(re.fullmatch("[a-c]+-[0-9]*", text) and 4 <= len(text) <= 6 for text in made)
    assert len(set(made)) > 20


def test_limits_are_reached_or_told_as_capped() -> None:
    made = compile_schema({"type": "string", "minLength": 2, "maxLength": 5}, resolve=unresolved)
    edges = {(edge.keyword, edge.limit): len(edge.value) for edge in made.boundary(Random(1))}
    assert edges["minLength", "at"] == 2
    assert edges["maxLength", "at"] == 5

    large = compile_schema({"type": "string", "maxLength": 10 * TEXT_CAP}, resolve=unresolved)
    capped = [edge for edge in large.boundary(Random(1)) if edge.limit == "capped"]
    assert capped
    assert all(len(edge.value) <= TEXT_CAP for edge in capped)


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"minLength": 5, "maxLength": 4}, "maxLength"),
        ({"minLength": 11 * TEXT_CAP}, "minLength"),
        ({"pattern": "(unclosed"}, "pattern"),
    ],
)
def test_what_no_text_can_be(schema: dict[str, Any], keyword: str) -> None:
    with pytest.raises(Unsatisfiable) as caught:
        strings(schema)
    assert caught.value.keyword == keyword
