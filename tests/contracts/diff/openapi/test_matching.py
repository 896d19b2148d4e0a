"""Operations are found again by method and the shape of their path."""

from __future__ import annotations

from seamwright.contracts.diff.openapi.matching import matched, renamed
from seamwright.contracts.diff.openapi.surface import Entry


def _entry(method: str, path: str) -> Entry:
    return Entry(method, path, {}, {})


def test_the_names_in_a_template_do_not_matter() -> None:
    old, new = _entry("GET", "/orders/{id}/items/{item}"), _entry("GET", "/orders/{orderId}/items/{item}")
    found = matched([old], [new])
    assert found.both == ((old, new),)
    assert renamed(old, new) == {"id": "orderId"}


def test_what_is_written_alike_is_matched_first() -> None:
    old = [_entry("GET", "/a/{x}"), _entry("GET", "/a/{y}")]
    new = [_entry("GET", "/a/{y}"), _entry("GET", "/a/{z}")]
    found = matched(old, new)
    assert {(one.path, other.path) for one, other in found.both} == {("/a/{y}", "/a/{y}"), ("/a/{x}", "/a/{z}")}


def test_others_come_and_go() -> None:
    old, new = [_entry("GET", "/a"), _entry("PUT", "/a")], [_entry("GET", "/a"), _entry("GET", "/b")]
    found = matched(old, new)
    assert [entry.place for entry in found.gone] == ["PUT /a"]
    assert [entry.place for entry in found.come] == ["GET /b"]
