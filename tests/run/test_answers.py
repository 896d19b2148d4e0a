"""Every answer of a load run is judged by the contract, and equal ones no oftener than needed."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from seamwright.contracts.conformance import ContractValidator
from seamwright.contracts.openapi import load_openapi
from seamwright.engines.load import RequestTemplate
from seamwright.engines.load import Response as Answer
from seamwright.model.bench import Violation
from seamwright.model.exchange import Case, Exchange, Request
from seamwright.model.operation import Operation
from seamwright.run.answers import LONG_BODY, REMEMBERED, Answers, Judge, plain

JSON = {"application/json": {"schema": {"type": "object", "required": ["id"]}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "answers", "version": "1"},
    "paths": {
        "/a": {
            "get": {
                "operationId": "a",
                "responses": {
                    "200": {
                        "description": "ok",
                        "headers": {"X-Left": {"required": True, "schema": {"type": "integer"}}},
                        "content": JSON,
                    },
                    "204": {"description": "none"},
                },
            },
            "head": {"operationId": "b", "responses": {"200": {"description": "ok", "content": JSON}}},
        }
    },
}
CONTRACT = load_openapi(DOCUMENT, source="answers.json", digest="0" * 64)
OPERATIONS = {operation.id: operation for operation in CONTRACT.operations}
A, B = RequestTemplate("a", b"GET /a"), RequestTemplate("b", b"HEAD /a")
REQUESTS = {
    A.data: (OPERATIONS["a"], Request("GET", "http://test/a")),
    B.data: (OPERATIONS["b"], Request("HEAD", "http://test/a")),
}
GOOD = b'{"id":1}'


def answer(body: bytes = GOOD, status: int = 200, *, left: bytes | None = b"3", **more: bytes) -> Answer:
    headers = [(b"Content-Type", more.get("kind", b"application/json")), (b"Date", more.get("date", b"now"))]
    if left is not None:
        headers.append((b"X-Left", left))
    return Answer(status, tuple(headers), body)


class Counting(ContractValidator):
    """Remembers the bodies that it was asked for."""

    def __init__(self) -> None:
        super().__init__(CONTRACT)
        self.bodies: list[bytes] = []

    def check_body(self, operation: Operation, status: int, content_type: str, body: bytes) -> str | None:
        self.bodies.append(body)
        return super().check_body(operation, status, content_type, body)


class Slow:
    """A validator that judges exchanges alone, as those of other kinds of contract do."""

    def __init__(self) -> None:
        self.whole = ContractValidator(CONTRACT)

    def request_violations(self, operation: Operation, case: Case) -> tuple[Violation, ...]:
        return self.whole.request_violations(operation, case)

    def violations(self, operation: Operation, exchange: Exchange) -> tuple[Violation, ...]:
        return self.whole.violations(operation, exchange)


@pytest.mark.parametrize("remember", [True, False])
@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize(
    ("template", "given"),
    [
        (A, answer()),
        (A, answer(b"[]")),
        (A, answer(b"{")),
        (A, answer(b"")),
        (A, answer(left=None)),
        (A, answer(left=b"many")),
        (A, answer(kind=b"text/html")),
        (A, answer(b"", 204)),
        (A, answer(b"a", 204)),
        (A, answer(status=201)),
        (B, answer(b"")),
        (B, answer(b"", kind=b"text/html")),
    ],
)
def test_the_judgement_is_that_of_the_validator(
    template: RequestTemplate, given: Answer, quick: bool, remember: bool
) -> None:
    validator = ContractValidator(CONTRACT) if quick else Slow()
    answers = Answers(validator, REQUESTS, remember=remember)
    operation, request = REQUESTS[template.data]
    whole = Exchange(request, plain(given), None, 0.0, 0.0)
    expected = next((violation.text for violation in validator.violations(operation, whole)), None)
    for _ in range(3):
        assert answers(template, given) == expected
        assert answers(A, answer()) is None


def test_a_status_of_an_error_is_no_valid_answer() -> None:
    assert Answers(ContractValidator(CONTRACT), REQUESTS)(A, answer(status=500)) == "answered 500"


def test_headers_become_text_with_names_in_lower_case() -> None:
    assert plain(answer()).headers == (("content-type", "application/json"), ("date", "now"), ("x-left", "3"))


def test_one_bad_head_or_body_does_not_stick_to_the_others() -> None:
    answers = Answers(ContractValidator(CONTRACT), REQUESTS)
    assert answers(A, answer()) is None
    assert answers(A, answer(b"[]")) is not None
    assert answers(A, answer(left=None)) is not None
    assert answers(A, answer()) is None
    assert answers(A, answer(b"[]", left=b"4")) is not None
    assert answers(A, answer(left=b"4")) is None


def test_equal_answers_are_judged_once_and_the_memory_is_bounded() -> None:
    validator = Counting()
    answers = Answers(validator, REQUESTS)
    for _ in range(3):
        assert answers(A, answer(b"[]")) == '[] is not of type "object"'
        assert answers(A, answer()) is None
    assert answers(A, answer(date=b"later")) is None
    assert answers(A, Answer(200, (*answer().headers, (b"X-Request-Id", b"8")), GOOD)) is None
    assert validator.bodies == [b"[]", GOOD]
    assert answers(A, answer(left=b"4")) is None
    assert len(validator.bodies) == 3, "another head is another answer"
    for _ in range(2):
        answers(A, answer(b'{"id":"%s"}' % (b"x" * LONG_BODY)))
    assert len(validator.bodies) == 5, "a long body is judged each time"
    for number in range(REMEMBERED + 1):
        answers(A, answer(b'{"id":%d}' % (100 + number)))
    answers(A, answer(b"[]"))
    assert len(validator.bodies) == 5 + REMEMBERED + 1 + 1
    for number in range(3 * REMEMBERED):
        answers(A, answer(left=b"%d" % number))
    assert len(answers._heads) <= REMEMBERED


def test_without_memory_every_body_is_judged() -> None:
    validator = Counting()
    answers = Answers(validator, REQUESTS, remember=False)
    same = answer()
    for _ in range(5):
        assert answers(A, same) is None
    assert validator.bodies == [GOOD] * 5


def test_the_same_is_judged_in_another_process_from_what_can_go_over_to_it() -> None:
    asked = tuple((data, operation.id, request) for data, (operation, request) in REQUESTS.items())
    there = pickle.loads(pickle.dumps(Judge(CONTRACT, asked)))()
    here = Answers(ContractValidator(CONTRACT), REQUESTS)
    for template in (A, B):
        for told in (answer(), answer(b"{}"), answer(left=None), answer(status=503), answer(kind=b"text/plain")):
            assert there(template, told) == here(template, told)
    with pytest.raises(LookupError):
        Judge(CONTRACT, ((b"x", "gone", Request("GET", "http://test/x")),))()
