"""Values out of answers: where they lie, and what is told where nothing lies there."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.load import Keeps, Response, pick

BODY = b'{"id": 7, "lines": [{"id": "a/b"}, {"id": null}], "a.b": {"~/": false}, "zero": 0}'
ANSWER = Response(201, ((b"ETag", b'"v1"'), (b"Location", b"/orders/7")), BODY)


def taken(*places: str, answer: Response = ANSWER) -> tuple[str | None, list[Any]]:
    values: list[Any] = [None] * len(places)
    wanted = tuple((index, f"value{index}", pick(place)) for index, place in enumerate(places))
    return Keeps(wanted).take(answer, values), values


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("$.id", 7),
        ("/id", 7),
        ("$.lines[0].id", "a/b"),
        ("$['lines'][0]['id']", "a/b"),
        ("/lines/0/id", "a/b"),
        ("/a.b/~0~1", False),
        ("$['a.b']['~/']", False),
        ("$.zero", 0),
        ("$.lines[0]", {"id": "a/b"}),
        ("header:etag", '"v1"'),
        ("header: Location", "/orders/7"),
        ("status", 201),
    ],
)
def test_a_value_is_found_where_it_lies(place: str, value: Any) -> None:
    assert taken(place) == (None, [value])


@pytest.mark.parametrize("place", ["$.nothing", "$.lines[2].id", "$.lines[1].id", "/lines/-/id", "$.id.deeper"])
def test_nothing_there_is_told_with_its_name_and_place(place: str) -> None:
    why, values = taken("$.id", place)
    assert why == f"value1: the answer has nothing at {place}"
    assert values == [7, None]


def test_a_missing_header_and_a_body_that_is_no_json_are_told() -> None:
    assert taken("header:x-none")[0] == "value0: the answer has no header:x-none"
    assert taken("$.id", answer=Response(200, (), b"<html>"))[0] == "value0: the answer's body is not JSON"


@pytest.mark.parametrize("text", ["id", "$id", "$.", "$..id", "$.a[*]", "header:", "header:a b", "", "Status"])
def test_what_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        pick(text)
