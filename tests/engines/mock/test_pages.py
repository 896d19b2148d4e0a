"""Pages by whatever parameters a contract has, and what the fields around a list say of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from seamwright.engines.mock.pages import Page, page_of, page_parameters

ITEMS = [f"i{number}" for number in range(10)]


def page(query: dict[str, Any], *names: str, **defaults: Any) -> Page:
    return page_of(ITEMS, query, names, "/things", str, {name: {"default": value} for name, value in defaults.items()})


@pytest.mark.parametrize(
    ("names", "query", "expected"),
    [
        ((), {}, ITEMS),
        (("limit", "offset"), {"limit": "3"}, ITEMS[:3]),
        (("limit", "offset"), {"limit": "3", "offset": "8"}, ITEMS[8:]),
        (("limit", "offset"), {"limit": "3", "offset": "80"}, []),
        (("page", "per_page"), {"page": "2", "per_page": "4"}, ITEMS[4:8]),
        (("pageNumber", "pageSize"), {"pageNumber": "3", "pageSize": "4"}, ITEMS[8:]),
        (("limit", "starting_after"), {"limit": "2", "starting_after": "i3"}, ITEMS[4:6]),
        (("limit", "ending_before"), {"limit": "2", "ending_before": "i4"}, ITEMS[2:4]),
        (("limit", "ending_before"), {"limit": "5", "ending_before": "i2"}, ITEMS[:2]),
        (("startIndex", "count"), {"startIndex": "3", "count": "2"}, ITEMS[2:4]),
        (("limit",), {"limit": "nonsense"}, ITEMS),
    ],
)
def test_pages(names: tuple[str, ...], query: dict[str, Any], expected: list[str]) -> None:
    assert page(query, *names).items == expected


def test_defaults_count_and_pages_may_begin_with_nought() -> None:
    assert page({}, "limit", limit=4).items == ITEMS[:4]
    first = page({"page": "0", "size": "4"}, "page", "size", page=0)
    assert (first.items, first.number) == (ITEMS[:4], 0)
    assert page({"page": "1", "size": "4"}, "page", "size", page=0).items == ITEMS[4:8]
    told = {"page": {"minimum": 0}, "size": {"minimum": 1}}
    assert page_of(ITEMS, {"page": "1", "size": "4"}, ("page", "size"), "/things", str, told).items == ITEMS[4:8]


def test_who_goes_by_cursors_is_led_by_cursors() -> None:
    names = ("page", "cursor", "size")
    assert page({"page": "1", "size": "2"}, *names).link("next") == "/things?page=2&size=2"
    here = page({"cursor": "i2", "size": "2"}, *names)
    assert here.link("next") == f"/things?cursor={here.token()}&size=2"


def test_cursors_lead_through_everything_once() -> None:
    seen: list[str] = []
    query: dict[str, Any] = {"maxResults": "4"}
    while True:
        here = page(query, "maxResults", "pageToken")
        seen += here.items
        token = here.token()
        if token is None:
            break
        query["pageToken"] = token
    assert seen == ITEMS


@pytest.mark.parametrize(
    ("names", "query"),
    [
        (("limit", "offset"), {"limit": "4", "offset": "4"}),
        (("page", "per_page"), {"page": "2", "per_page": "4"}),
    ],
)
def test_links_lead_to_the_pages_around(names: tuple[str, ...], query: dict[str, Any]) -> None:
    here = page({**query, "q": "x"}, *names)

    def at(link: str | None) -> list[str]:
        assert link is not None
        assert link.startswith("http://h/things?")
        told = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        assert told["q"] == "x"
        return page(told, *names).items

    assert at(here.link("next", "http://h")) == ITEMS[8:]
    assert at(here.link("prev", "http://h")) == ITEMS[:4]
    assert at(here.link("first", "http://h")) == ITEMS[:4]
    assert at(here.link("last", "http://h")) == ITEMS[8:]
    assert here.link("self").__class__ is str
    end = page({"limit": "20"}, "limit")
    assert (end.link("next"), end.link("prev")) == (None, None)


def test_what_the_fields_around_a_list_say() -> None:
    here = page({"page": "2", "per_page": "4"}, "page", "per_page")
    said = {
        name: here.said(name) for name in ("total", "per_page", "page", "total_pages", "has_more", "offset", "size")
    }
    assert said == {
        "total": (10,), "per_page": (4,), "page": (2,), "total_pages": (3,), "has_more": (True,), "offset": (4,),
        "size": (4,),
    }  # fmt: skip
    assert here.said("colour") == ()
    assert here.said("last")[0] is False
    assert here.said("first_id") == ("i4",)
    assert here.said("remainingItemCount") == (2,)
    assert page({"limit": "20"}, "limit").said("next") == (None,)


def test_which_parameters_choose_a_page() -> None:
    schemas: dict[str, dict[str, str]] = {"limit": {}, "cursor": {}, "name": {}, "pageSize": {}}
    assert page_parameters(schemas) == ("limit", "cursor", "pageSize")


def test_texts_are_no_offsets() -> None:
    assert page_parameters({"From": {"type": "string"}, "start": {"type": "integer"}, "offset": {}}) == (
        "start",
        "offset",
    )


def test_times_choose_no_page() -> None:
    assert page_parameters({"after": {"format": "date-time"}, "before": {"format": "date"}, "first": {}}) == ("first",)
