"""Cells one after the other, and answers in a few words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seamwright.checks._cells import (
    answered,
    excerpt,
    in_time,
    sent,
    statuses,
    these,
    undecidable,
)
from seamwright.model.check import Applies, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from tests.checks.contract.items import document
from tests.checks.stage import contract_of, manifest_of

ANSWER = Exchange(
    Request("POST", "http://h/items?limit=3", (), b'{"name":\n "lamp"}'),
    Response(422, (("content-type", "application/json; charset=utf-8"),), b'{"error":\n"no"}'),
    None,
    0,
    0,
)
SILENT = replace(ANSWER, response=None, failure=Failure("timeout", "no complete answer within 1 s"))


def _subject() -> Subject:
    manifest = manifest_of("http://127.0.0.1:9")
    return Subject(manifest.boundaries["api"], contract_of(document()), manifest)


def test_an_answer_and_a_request_are_told_in_one_line() -> None:
    assert excerpt(ANSWER) == '422 application/json: {"error": "no"}'
    assert excerpt(replace(ANSWER, response=Response(204))) == "204, no body"
    assert excerpt(SILENT) == "no answer (timeout)"
    assert sent(ANSWER) == 'POST /items?limit=3 {"name": "lamp"}'
    long = replace(ANSWER, response=Response(200, (), b"x" * 1000))
    assert len(excerpt(long)) < 260
    assert excerpt(long).endswith("…")


def test_answers_are_counted() -> None:
    assert statuses([ANSWER, SILENT, ANSWER, ANSWER]) == "3 times 422, once no answer (timeout)"
    assert statuses([]) == "none"


def test_no_answer_is_the_targets() -> None:
    assert answered(ANSWER) is ANSWER
    with pytest.raises(Undecided, match="no answer came to POST http://h/items") as told:
        answered(SILENT)
    assert told.value.cause is Cause.TARGET


@pytest.mark.parametrize(("status", "why"), [(429, "too many requests"), (503, "failed instead of deciding")])
def test_some_answers_decide_nothing(status: int, why: str) -> None:
    assert why in undecidable(replace(ANSWER, response=Response(status)))
    assert undecidable(ANSWER) == ""
    assert undecidable(SILENT) != ""


def test_what_is_left_out_is_left_out_with_its_reason() -> None:
    def reads(operation: Operation) -> str | None:
        return None if operation.safe else "it writes"

    answer = these(_subject(), reads, "nothing reads")
    assert isinstance(answer, Applies)
    assert answer.cells == ("listItems", "getItem")
    assert answer.left_out == {"createItem": "it writes", "deleteItem": "it writes"}
    assert these(_subject(), lambda o: "no", "nothing is right") == DoesNotApply("nothing is right (no)")
    assert these(_subject(), lambda o: f"not {o.id}", "nothing is right") == DoesNotApply("nothing is right")


def test_a_part_of_the_cases_is_no_proof_of_all() -> None:
    class Spent:
        remaining = 0.5

    with pytest.raises(Undecided, match="after 3 broken values; give it more with --budget") as told:
        in_time(Spent(), 3, "broken values")  # type: ignore[arg-type]
    assert told.value.cause is Cause.USAGE
