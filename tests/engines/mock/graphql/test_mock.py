"""A schema answers: requests in, answers out, the same ones for the same seed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engines.mock.graphql.world import asked, data, mocked

ALL = """{ customers { id name born orders { id status note total paid address { street zip }
  lines { id sku quantity order { id } } customer { id } } } }"""


def test_the_same_seed_gives_the_same_world() -> None:
    first = data(mocked(7), ALL)
    assert len(first) == 3
    assert data(mocked(7), ALL) == first
    assert data(mocked(8), ALL) != first


def test_the_order_of_questions_does_not_matter() -> None:
    mock = mocked()
    data(mock, "{ orders { nodes { id total } } }")
    data(mock, "{ tags { slug } }")
    assert data(mock, ALL) == data(mocked(), ALL)


def test_a_reset_puts_the_first_world_back() -> None:
    mock = mocked()
    before = data(mock, ALL)
    data(mock, 'mutation { createCustomer(name: "Zoë") { id } }')
    assert data(mock, ALL) != before
    mock.reset()
    assert data(mock, ALL) == before


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"query": 5}, {"query": "{ version }", "variables": []}, {"query": "subscription { ticked }"}],
)
def test_what_is_no_request_is_refused_without_data(body: Any) -> None:
    answer = mocked().answer(body)
    assert "data" not in answer
    assert answer["errors"][0]["message"]


def test_what_breaks_the_schema_is_refused_without_data() -> None:
    for query in ("{ orders", "{ weather }", "{ order { id } }", '{ order(id: "1") { id } } query B { version }'):
        answer = asked(mocked(), query)
        assert answer["errors"]
        assert answer.get("data") is None


def test_by_get_nothing_is_changed() -> None:
    mock = mocked()
    refused = mock.answer({"query": 'mutation { createCustomer(name: "A") { id } }'}, only_queries=True)
    assert refused["errors"][0]["message"] == "a mutation must be sent by POST"
    assert mock.answer({"query": "{ version }"}, only_queries=True)["data"]["version"]


def test_the_operation_that_is_named_is_meant() -> None:
    document = 'query A { version } mutation B { createCustomer(name: "A") { id } }'
    assert "version" in mocked().answer({"query": document, "operationName": "A"})["data"]


def test_introspection_is_answered() -> None:
    assert data(mocked(), "{ __schema { queryType { name } } }") == {"queryType": {"name": "Query"}}
