"""Media types: which one a client likes best, and values written in it."""

from __future__ import annotations

import pytest

from seamwright.engines.mock.media import chosen, concrete, is_json, written

BOTH = ("application/xml", "application/json")


@pytest.mark.parametrize(
    ("offered", "accept", "expected"),
    [
        (BOTH, None, "application/json"),
        (BOTH, "*/*", "application/json"),
        (BOTH, "application/xml", "application/xml"),
        (BOTH, "application/json;q=0.1, application/xml;q=0.9", "application/xml"),
        (BOTH, "application/*, application/json;q=0", "application/xml"),
        (BOTH, "text/html", None),
        (BOTH, "text/html, */*;q=0.1", "application/json"),
        (BOTH, "application/json;q=nonsense", None),
        ((), "text/html", ""),
        (("application/vnd.shop+json",), "application/json", "application/vnd.shop+json"),
        (
            ("application/json", "application/json;stream=watch"),
            "application/json;stream=watch",
            "application/json;stream=watch",
        ),
        (("application/json", "application/json;stream=watch"), "application/json", "application/json"),
        (("application/json; charset=utf-8",), "application/json", "application/json; charset=utf-8"),
        (("image/*",), "image/png", "image/*"),
    ],
)
def test_the_type_that_is_liked_best(offered: tuple[str, ...], accept: str | None, expected: str | None) -> None:
    assert chosen(offered, accept) == expected


def test_ranges_become_types() -> None:
    assert [concrete(key) for key in ("*/*", "text/*", "image/*", "application/*+json", "text/csv")] == [
        "application/json", "text/plain", "image/png", "application/vnd.mock+json", "text/csv",
    ]  # fmt: skip
    assert is_json("application/problem+json; charset=utf-8")
    assert not is_json("text/plain")


@pytest.mark.parametrize(
    ("value", "media_type", "expected"),
    [
        ({"a": "ü"}, "application/json", '{"a":"ü"}'.encode()),
        ("hello", "text/plain", b"hello"),
        (7, "text/plain", b"7"),
        (None, "text/plain", b""),
        ([{"a": 1}, {"a": 2}], "application/x-ndjson", b'{"a":1}\n{"a":2}\n'),
        ({"a": 1}, "text/event-stream", b'data: {"a":1}\n\n'),
        ({"a": 1}, "application/json-seq", b'\x1e{"a":1}\n'),
        ({"a": "x y"}, "application/x-www-form-urlencoded", b"a=x+y"),
    ],
)
def test_values_are_written(value: object, media_type: str, expected: bytes) -> None:
    assert written(value, media_type) == expected


def test_xml() -> None:
    told = written({"name": "a<b", "tag": [1, 2], "owner": {"id": 7}}, "application/xml", "Pet").decode()
    assert told.endswith("<Pet><name>a&lt;b</name><tag>1</tag><tag>2</tag><owner><id>7</id></owner></Pet>")
    assert written([1], "text/xml", "a b").endswith(b"<a_b><item>1</item></a_b>")


def test_files_are_the_smallest_of_their_kind() -> None:
    assert written("anything", "image/png").startswith(b"\x89PNG")
    assert written("anything", "application/pdf").startswith(b"%PDF")
    assert written("abc", "application/octet-stream") == b"abc"
