"""What a case of an OpenAPI operation may hold to count as declared, and what coverage counts."""

from __future__ import annotations

import pytest

from seamwright.model.exchange import Case, Exchange, Failure, Request, Response
from seamwright.model.operation import Body, Operation, Parameter
from seamwright.run.speech import outcomes, speeches, spoken
from seamwright.run.speech.openapi import SPEECH
from tests.run.trial import contract_of, document

OPERATION = Operation("list", "GET", "/items", (Parameter("limit", "query", False, True, "form", True),))


def test_it_is_found_by_the_kind_of_contract() -> None:
    assert spoken(contract_of(document("GET /items"))) is SPEECH
    assert spoken(None) is SPEECH
    assert all(kind == speech.kind for kind, speech in speeches().items())


@pytest.mark.parametrize(
    ("case", "declared"),
    [
        (Case("list", query={"limit": 1}), True),
        (Case("list", query={"debug": 1}), False),
        (Case("list", headers={"x-debug": "1"}), False),
        (Case("list", cookies={"debug": "1"}), False),
        (Case("list", raw=b"x"), False),
        (Case("list", body={}), False),
    ],
)
def test_what_the_contract_does_not_name_is_not_declared(case: Case, declared: bool) -> None:
    assert SPEECH.declared(OPERATION, case) is declared


def test_a_body_is_declared_where_the_operation_takes_one() -> None:
    takes = Operation("make", "POST", "/items", body=Body(required=True, content={}))
    assert SPEECH.declared(takes, Case("make", body={"name": "a"}))


def test_coverage_counts_statuses_and_failures() -> None:
    request = Request("GET", "http://127.0.0.1/")
    outcome = outcomes({})
    assert outcome(Exchange(request, Response(404), None, 0.0, 0.0, boundary="api")) == "404"
    assert outcome(Exchange(request, None, Failure("reset", "gone"), 0.0, 0.0)) == "reset"
