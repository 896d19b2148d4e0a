"""The most specific declared media type covers an answer."""

from __future__ import annotations

import pytest

from seamwright.contracts.media import declared, is_form, is_json, is_text

CONTENT = {"application/json": 1, "application/*": 2, "*/*": 3, "application/vnd.x+json; version=2": 4}


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", 1),
        ("Application/JSON; charset=utf-8", 1),
        ("application/xml", 2),
        ("text/html", 3),
        ("application/vnd.x+json; Version=2; a=b", 4),
        ("application/vnd.x+json; version=3", 2),
    ],
)
def test_the_most_specific_one_wins(content_type: str, expected: int) -> None:
    match = declared(CONTENT, content_type)
    assert match is not None
    assert match[1] == expected


def test_ranges_have_their_limits() -> None:
    assert declared({"application/*": 1}, "text/html") is None
    assert declared({"application/*+json": 1}, "application/problem+json") == ("application/*+json", 1)
    assert declared({"application/*+json": 1}, "application/json") is None
    assert declared({"application/json": 1}, "") is None
    assert declared({"application/json; charset=utf-8": 1}, "application/json") is not None


def test_kinds() -> None:
    assert is_json("application/problem+json; charset=utf-8")
    assert not is_json("application/x-ndjson")
    assert is_text("text/csv")
    assert is_form("multipart/form-data; boundary=x")
