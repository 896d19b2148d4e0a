"""A GraphQL operation is a POST of a document; safe ones pass in production, nothing else does."""

from __future__ import annotations

import json

import pytest

from seamwright.model.errors import RefusedByScope
from seamwright.model.exchange import Case
from seamwright.run.scope import Scope
from seamwright.run.speech import spoken
from seamwright.run.speech.graphql import SPEECH
from tests.contracts.graphql.shop import SHOP, asked, exchanged
from tests.run.trial import manifest_of

URL = "http://127.0.0.1:8801/graphql/"
ORDERS, DELETE = SHOP.operations[0], SHOP.operations[-1]


def test_it_is_found_by_the_kind_of_contract() -> None:
    assert spoken(SHOP) is SPEECH


def test_a_case_is_posted_to_the_endpoint_as_it_stands() -> None:
    request = SPEECH.render(URL, SHOP, ORDERS, asked("Query.orders", "{ orders { note } }", text="é"))
    assert (request.method, request.url) == ("POST", URL)
    assert request.header("accept") == "application/graphql-response+json, application/json"
    assert request.header("content-type") == "application/json"
    assert json.loads(request.body) == {"query": "{ orders { note } }", "variables": {"text": "é"}}


def test_headers_and_bytes_of_the_case_win() -> None:
    case = Case("Query.orders", headers={"Accept": "text/html", "X-A": 1}, raw=b"{", media_type="text/plain")
    request = SPEECH.render(URL, SHOP, ORDERS, case)
    assert request.headers == (("content-type", "text/plain"), ("Accept", "text/html"), ("X-A", "1"))
    assert request.body == b"{"


def test_a_body_without_a_document_holds_arguments_as_a_login_does() -> None:
    request = SPEECH.render(URL, SHOP, DELETE, Case(DELETE.id, body={"id": "7"}))
    assert json.loads(request.body) == {
        "query": "mutation deleteOrder($id: ID!) { deleteOrder(id: $id) }",
        "variables": {"id": "7"},
    }


def test_only_plain_requests_are_declared() -> None:
    assert SPEECH.declared(ORDERS, asked("Query.orders", "{ orders { id } }"))
    assert not SPEECH.declared(ORDERS, Case("Query.orders", raw=b"x"))
    assert not SPEECH.declared(ORDERS, asked("Query.orders", "{ orders { id } }").but(headers={"x-debug": "1"}))


def test_a_mutation_that_is_given_out_for_a_query_is_seen() -> None:
    validator = SPEECH.validator(SHOP)
    assert validator.request_violations(ORDERS, asked("Query.orders", "{ orders { id } }")) == ()
    assert validator.request_violations(ORDERS, asked("Query.orders", "mutation { deleteOrder(id: 1) }"))


def test_production_lets_queries_pass_and_no_mutation() -> None:
    scope = Scope(manifest_of({"api": {"kind": "graphql", "url": URL}}, environment="production"))
    request = SPEECH.render(URL, SHOP, ORDERS, asked("Query.orders", "{ orders { id } }"))
    scope.admit(request, declared=True, method=ORDERS.method)
    for method, declared in ((ORDERS.method, False), (DELETE.method, True), (None, True)):
        with pytest.raises(RefusedByScope):
            scope.admit(request, declared=declared, method=method)


def test_coverage_counts_data_not_statuses() -> None:
    errors = exchanged("{ orders { id } }", {"data": None, "errors": [{"message": "x"}]}, operation="Query.orders")
    assert SPEECH.outcome(errors) == "200 errors"
