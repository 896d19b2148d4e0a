"""The line of a place, in JSON and in YAML alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from seamwright.contracts.bundle import escaped, pointed, tokens
from seamwright.contracts.lines import Found, find_lines, is_json, repeated_keys
from seamwright.contracts.yaml_text import yaml_value

YAML = """\
# about it
openapi: 3.0.3
paths:
  /orders/{id}:
    get:
      parameters:
      - name: id
        in: path
      - {name: q,
         in: query}
      tags: [a,
        b]
  /copy: &copy
    x: 1
  /again: *copy
"50%/~": {"": [[1], {a: 2}]}
"""


def _places(node: Any, place: str = "#") -> Iterator[str]:
    yield place
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from _places(child, f"{place}/{escaped(str(key))}")


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("#", 1),
        ("#/openapi", 2),
        ("#/paths/~1orders~1{id}/get/parameters/0", 7),
        ("#/paths/~1orders~1{id}/get/parameters/0/in", 8),
        ("#/paths/~1orders~1{id}/get/parameters/1", 9),
        ("#/paths/~1orders~1{id}/get/parameters/1/in", 10),
        ("#/paths/~1orders~1{id}/get/tags/1", 12),
        ("#/paths/~1copy/x", 14),
        ("#/50%25~1~0//1/a", 16),
    ],
)
def test_lines_of_yaml(place: str, line: int) -> None:
    assert find_lines(YAML, [place], "a.yaml")[place] == Found(place, line)


def test_what_is_not_there_is_the_nearest_above() -> None:
    found = find_lines(YAML, ["#/paths/~1gone/get", "#/paths/~1again/x", "#/openapi/a/b"], "a.yaml")
    assert found["#/paths/~1gone/get"] == Found("#/paths", 3)
    assert found["#/paths/~1again/x"] == Found("#/paths/~1again", 15)
    assert found["#/openapi/a/b"] == Found("#/openapi", 2)


@pytest.mark.parametrize("indent", [None, 0, 1, 4])
def test_every_place_of_a_text_in_json(indent: int | None) -> None:
    value = json.loads(json.dumps(yaml_value(YAML, "a")))
    value['quo"te\\'] = {"é": "\ud83d\ude00 {[,:"}
    text = json.dumps(value, indent=indent)
    places = list(_places(value))
    found = find_lines(text, places, "a.json")
    lines = text.splitlines()
    for place in places:
        assert found[place].place == place
        if place != "#":
            last = tokens(place)[-1]
            parent = pointed(value, place.rpartition("/")[0] or "#")
            shown = json.dumps(last) if isinstance(parent, dict) else json.dumps(parent[int(last)])[:1]
            assert shown in lines[found[place].line - 1]


def test_keys_that_are_there_again() -> None:
    text = '{"a": 1,\n "b": [{"c": 1,\n "c": 2}, {"c": 3}],\n "a": {"a": 1}}'
    assert list(repeated_keys(text)) == [("#/b/0/c", 3), ("#/a", 4)]
    assert list(repeated_keys("{a: 1}")) == []


def test_what_is_json() -> None:
    assert is_json(' {"a": 1}')
    assert not is_json("{a: 1}")
    assert not is_json("a: 1")
