"""Lists are filtered and paged as the arguments ask; connections lead from page to page."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError

from seamwright.engines.mock.graphql.lists import filtered, page
from tests.engines.mock.graphql.world import asked, data, mocked

PAGE = """query ($first: Int, $after: String) { orders(first: $first, after: $after) {
  edges { cursor node { id } } nodes { id } totalCount
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def test_a_connection_leads_to_its_end() -> None:
    mock = mocked()
    seen: list[str] = []
    after = None
    while True:
        found = data(mock, PAGE, first=2, after=after)
        seen += [edge["node"]["id"] for edge in found["edges"]]
        assert [edge["node"] for edge in found["edges"]] == found["nodes"]
        assert found["totalCount"] == 3
        assert found["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == 3


def test_pages_that_cannot_be_are_refused() -> None:
    for given in ({"first": -1}, {"after": "nonsense"}):
        answer = asked(mocked(), PAGE, **given)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_filters_look_at_the_fields_of_the_same_names() -> None:
    mock = mocked()
    customer = data(mock, "{ me { id orders { id } } }")
    text = "query ($f: OrderFilter) { orders(filter: $f) { nodes { id } } }"
    assert data(mock, text, f={"customerId": customer["id"]})["nodes"] == customer["orders"]
    assert len(data(mock, "{ customers(limit: 2, offset: 2) { id } }")) == 1


def get(each: Any, name: str) -> Any:
    return each[name]


def test_comparisons_and_what_is_no_field() -> None:
    rows = [{"a": 1}, {"a": 2}, {"a": 3}]
    assert filtered(rows, {"where": {"a": {"eq": 2}}}, get) == [{"a": 2}]
    assert filtered(rows, {"a": [1, 3]}, get) == [{"a": 1}, {"a": 3}]
    assert filtered(rows, {"b": 5, "orderBy": "a", "a": None, "first": 1}, get) == rows


@pytest.mark.parametrize(
    ("given", "shown", "start"),
    [
        ({}, [0, 1, 2, 3, 4], 0),
        ({"limit": 2}, [0, 1], 0),
        ({"take": 2, "skip": 3}, [3, 4], 3),
        ({"page": 2, "pageSize": 2}, [2, 3], 2),
        ({"last": 2}, [3, 4], 3),
        ({"first": 0}, [], 0),
        ({"first": 99, "offset": 9}, [], 9),
    ],
)
def test_pages_of_every_style(given: dict[str, Any], shown: list[int], start: int) -> None:
    assert page([0, 1, 2, 3, 4], given) == (shown, start)


def test_a_page_below_zero_is_none() -> None:
    with pytest.raises(GraphQLError):
        page([1], {"offset": -1})
