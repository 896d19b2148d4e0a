"""How a listing is paged is read off its contract, and off what it answers."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.checks.contract._paging import Paging, identified, page_of, paging_of
from seamwright.model.operation import Contract
from tests.contracts.documents import answered, contract, operation

Json = dict[str, Any]

NUMBER: Json = {"type": "integer"}
TEXT: Json = {"type": "string"}
LIST: Json = {"type": "array", "items": {"type": "object", "properties": {"id": NUMBER}}}


def _listing(parameters: dict[str, Json], answer: Json = LIST) -> Contract:
    said = [{"name": name, "in": "query", "schema": schema} for name, schema in parameters.items()]
    content = {"application/json": {"schema": answer}}
    told = {"operationId": "list", "parameters": said, "responses": {"200": {"description": "", "content": content}}}
    return contract({"/things": {"get": told}})


def _paging(parameters: dict[str, Json], answer: Json = LIST) -> Paging | None:
    found = _listing(parameters, answer)
    return paging_of(found, operation(found, "list"))


@pytest.mark.parametrize(
    ("parameters", "style", "at", "size"),
    [
        ({"limit": NUMBER, "offset": NUMBER}, "offset", "offset", "limit"),
        ({"$top": NUMBER, "$skip": NUMBER}, "offset", "$skip", "$top"),
        ({"page": NUMBER, "per_page": NUMBER}, "page", "page", "per_page"),
        ({"page[number]": NUMBER, "page[size]": NUMBER}, "page", "page[number]", "page[size]"),
        ({"pageSize": NUMBER, "pageToken": TEXT}, "cursor", "pageToken", "pageSize"),
        ({"first": NUMBER, "after": TEXT}, "cursor", "after", "first"),
        ({"page": NUMBER}, "page", "page", None),
        ({"cursor": TEXT, "sort": TEXT}, "cursor", "cursor", None),
    ],
)
def test_the_usual_names(parameters: dict[str, Json], style: str, at: str, size: str | None) -> None:
    paging = _paging(parameters)
    assert paging is not None
    assert (paging.style, paging.at.name, paging.size and paging.size.name) == (style, at, size)


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [
        ({}, LIST),
        ({"limit": NUMBER}, LIST),
        ({"from": {"type": "string", "format": "date"}, "limit": NUMBER}, LIST),
        ({"after": {"type": "string", "format": "date-time"}, "limit": NUMBER}, LIST),
        ({"limit": NUMBER, "offset": NUMBER}, {"type": "object", "properties": {"count": NUMBER}}),
    ],
)
def test_what_is_not_paged(parameters: dict[str, Json], answer: Json) -> None:
    assert _paging(parameters, answer) is None


def test_sizes_and_the_first_page_are_as_the_contract_says() -> None:
    paging = _paging({"page": {**NUMBER, "minimum": 0}, "size": {**NUMBER, "minimum": 5, "maximum": 5000}})
    assert paging is not None
    assert (paging.first, paging.smallest, paging.largest) == (0, 5, 1000)
    paging = _paging({"page": NUMBER, "size": NUMBER})
    assert paging is not None
    assert (paging.first, paging.smallest, paging.largest) == (1, 1, 100)


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ([{"id": 1}], {}, (1, None, None, None)),
        ([{"id": 1}], {"x-total-count": "7"}, (1, 7, None, None)),
        ({"items": [{"id": 1}], "total": 7}, {}, (1, 7, None, None)),
        ({"data": [{"id": 1}], "meta": {"total_count": 7, "next_cursor": "c2"}}, {}, (1, 7, "c2", None)),
        ({"results": [], "next": "http://h/things?cursor=c%202&limit=3", "count": 7}, {}, (0, None, "c 2", None)),
        ({"results": [1], "next": None}, {}, (1, None, "", None)),
        ({"hits": [1], "has_more": False}, {}, (1, None, None, False)),
        ([1], {"link": '<http://h/things?cursor=c3>; rel="next", <http://h/>; rel="first"'}, (1, None, "c3", None)),
        ([1], {"link": '<http://h/>; rel="first"'}, (1, None, "", None)),
        ({"_embedded": {"things": [1, 2]}, "page": {"totalElements": 2}}, {}, (2, 2, None, None)),
    ],
)
def test_pages_tell_of_themselves(body: Any, headers: dict[str, str], expected: tuple[Any, ...]) -> None:
    found = _listing({"cursor": TEXT, "limit": NUMBER})
    listing = operation(found, "list")
    paging = paging_of(found, listing)
    assert paging is not None
    page = page_of(found, listing, paging, answered(200, body, headers=headers))
    assert page is not None
    assert (len(page.items), page.total, page.next, page.more) == expected


def test_what_shows_no_list_is_no_page() -> None:
    found = _listing({"cursor": TEXT})
    listing = operation(found, "list")
    paging = paging_of(found, listing)
    assert paging is not None
    assert page_of(found, listing, paging, answered(200, {"error": "no"})) is None


def test_items_are_told_apart_by_what_all_have_and_none_shares() -> None:
    pages = [[{"name": "a", "uuid": "1"}, {"name": "a", "uuid": "2"}], [{"name": "b", "uuid": "3"}]]
    assert identified(pages) == [["1", "2"], ["3"]]
    assert identified([[{"name": "a", "uid": "1"}], [{"name": "a", "uid": "2"}]]) == [["1"], ["2"]]
    assert identified([[{"x": 1}, {"x": 2}]]) == [['{"x": 1}', '{"x": 2}']]
    assert identified([["a", "b"], []]) == [['"a"', '"b"'], []]
    assert identified([]) == []
