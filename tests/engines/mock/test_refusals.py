"""Refusals: the status that a contract has for them, and the words of its schema."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock.refusals import Refusal, absence, declared, in_words_of, problem, refusing
from seamwright.model.bench import Violation
from seamwright.model.operation import Answer, Operation
from tests.contracts.documents import contract

FOUND = contract({})
BROKEN = (Violation("/body/name", "minLength", "is too short"),)


def declaring(*statuses: str, **described: str) -> Operation:
    answers = {status: Answer(status) for status in statuses}
    answers |= {status.removeprefix("s"): Answer(status, description=text) for status, text in described.items()}
    return Operation("o", "GET", "/", answers=answers)


@pytest.mark.parametrize(
    ("statuses", "wanted", "expected"),
    [
        (["200", "404"], (404, 410), 404),
        (["200", "410"], (404, 410), 410),
        (["200", "4XX"], (404, 410), 404),
        (["200", "default"], (404, 410), 404),
        (["200", "400"], (404, 410), None),
        (["410", "default"], (404, 410), 410),
    ],
)
def test_what_is_declared(statuses: list[str], wanted: tuple[int, ...], expected: int | None) -> None:
    assert declared(declaring(*statuses), wanted) == expected


@pytest.mark.parametrize(
    ("operation", "refusal", "expected"),
    [
        (declaring("200", "422"), Refusal(400, "", instead=(422,)), 422),
        (declaring("200"), Refusal(400, ""), 400),
        (declaring("200", "401", "429"), Refusal(400, ""), 400),
        (declaring("200", "404"), Refusal(400, ""), 404),
        (declaring("200", "404", s405="Invalid input"), Refusal(400, ""), 405),
        (declaring("200", "401", "403"), Refusal(400, ""), 403),
        (declaring("200", "400"), Refusal(401, ""), 401),
        (declaring("200", "400"), Refusal(404, ""), 404),
        (declaring("200", "400"), Refusal(406, ""), 406),
    ],
)
def test_the_status_of_a_refusal(operation: Operation, refusal: Refusal, expected: int) -> None:
    assert refusing(operation, refusal) == expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [(["404"], 404), (["410"], 410), (["4XX"], 404), (["default"], 404), (["400", "422"], None), (["200"], None)],
)
def test_how_an_operation_says_that_something_is_not_there(statuses: list[str], expected: int | None) -> None:
    assert absence(declaring(*statuses)) == expected


def test_problem_details() -> None:
    assert problem(404, "no such order", instance="/orders/7") == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "no such order",
        "instance": "/orders/7",
    }
    assert problem(422, "x", BROKEN)["errors"] == [
        {"pointer": "/body/name", "keyword": "minLength", "detail": "is too short"}
    ]
    assert problem(499, "x")["title"] == "Status 499"


TEXT = {"type": "string"}
INTEGER = {"type": "integer"}


def of(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (TEXT, "is wrong"),
        (of(message=TEXT, code=INTEGER), {"message": "is wrong", "code": 422}),
        (of(error=of(message=TEXT, type=TEXT)), {"error": {"message": "is wrong", "type": "unprocessable_entity"}}),
        (of(error=TEXT, error_description=TEXT), {"error": "Unprocessable Entity", "error_description": "is wrong"}),
        (
            of(ok={"type": "boolean"}, errors={"type": "array", "items": TEXT}),
            {"ok": False, "errors": ["/body/name: is too short"]},
        ),
        (
            of(errors={"type": "array", "items": of(field=TEXT, message=TEXT, code=TEXT)}),
            {"errors": [{"field": "/body/name", "message": "is too short", "code": "minLength"}]},
        ),
        (
            of(detail={"type": "array", "items": of(loc={"type": "array", "items": TEXT}, msg=TEXT, type=TEXT)}),
            {"detail": [{"loc": ["body", "name"], "msg": "is too short", "type": "minLength"}]},
        ),
        (
            of(type={"type": "string", "format": "uri"}, title=TEXT),
            {"type": "about:blank", "title": "Unprocessable Entity"},
        ),
        (of(colour=TEXT), {}),
    ],
)
def test_refusals_in_the_words_of_a_schema(schema: Any, expected: Any) -> None:
    assert in_words_of(FOUND, schema, 422, "is wrong", BROKEN) == expected


def test_a_list_of_errors_without_violations_holds_the_refusal_itself() -> None:
    errors = of(errors={"type": "array", "items": of(message=TEXT, status=TEXT)})
    assert in_words_of(FOUND, errors, 404, "is not there") == {"errors": [{"message": "is not there", "status": 404}]}
