"""Requests are read as a server should read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seamwright.contracts.graphql.reading import schema_of
from seamwright.contracts.graphql.requests import Requests
from tests.contracts.graphql.shop import SHOP

REQUESTS = Requests(schema_of(SHOP))


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (None, "no GraphQL request"),
        ({"query": 5}, "no GraphQL request"),
        ({"query": "{ orders { id "}, "Syntax Error"),
        ({"query": "{ orders { weight } }"}, "Cannot query field 'weight'"),
        ({"query": "query A { __typename } query B { __typename }"}, "operationName"),
        ({"query": "query A { __typename }", "operationName": "B"}, "operationName"),
        ({"query": "{ __typename }", "variables": [1]}, "no mapping"),
        ({"query": "query ($id: ID!) { order(id: $id) { id } }"}, "ID!"),
        ({"query": "query ($id: ID!) { order(id: $id) { id } }", "variables": {"id": {}}}, "ID cannot represent"),
        ({"query": "{" * 3000}, "Syntax Error"),
    ],
)
def test_what_is_wrong_is_told(body: Any, wrong: str) -> None:
    _, errors = REQUESTS.read(body)
    assert wrong in " ".join(errors)


def test_the_operation_that_is_named_is_meant() -> None:
    document = "query A { __typename } mutation B { deleteOrder(id: 1) }"
    found, errors = REQUESTS.read({"query": document, "operationName": "B", "variables": None})
    assert errors == ()
    assert found is not None
    assert found.operation.operation.value == "mutation"


def test_only_valid_requests_count_as_asked() -> None:
    assert REQUESTS.sent(json.dumps({"query": "{ orders { id } }"}).encode()) is not None
    assert REQUESTS.sent(b'{"query": "{ orders }"}') is None
    assert REQUESTS.sent(b"no json") is None
