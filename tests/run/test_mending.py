"""A refused body is mended in what the refusal names, and in nothing that the contract forbids."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

from seamwright.model.exchange import Case, Exchange, Request, Response
from seamwright.run.mending import Attempt, Mending
from tests.contracts.documents import contract, operation

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "maxLength": 60}, "city": {"enum": ["Ulm"]}, "size": {"type": "integer"}},
    "additionalProperties": False,
}
FOUND = contract(
    {
        "/things": {
            "post": {
                "operationId": "make",
                "requestBody": {"content": {"application/json": {"schema": SCHEMA}}},
                "responses": {"201": {"description": ""}},
            }
        }
    }
)
MAKE = operation(FOUND, "make")


def mended(attempt: Attempt, text: str, status: int = 400) -> Attempt | None:
    numbers = itertools.count(1)
    bench: Any = SimpleNamespace(contract=FOUND, learned={}, canary=lambda: f"swc{next(numbers):017}")
    response = Response(status, (("content-type", "text/plain"),), text.encode())
    exchange = Exchange(Request("POST", "http://t/"), response, None, 0.0, 0.0)
    return Mending(bench).mended(MAKE, attempt, attempt.case, exchange, (), ("",))


def of(**body: Any) -> Attempt:
    return Attempt(Case("make", body=body, media_type="application/json"))


def test_a_declared_member_that_is_asked_for_is_given_as_it_is_declared() -> None:
    longer = mended(of(name="a"), "city is required")

    assert longer is not None
    assert longer.case.body == {"name": "a", "city": "Ulm"}
    assert longer.added == (("city",),)


def test_what_was_given_and_is_not_liked_is_not_taken_out_and_given_again() -> None:
    given = of(name="a", city="Ulm")._replace(added=(("city",),))

    assert mended(given, "city is not one of ours") is None


def test_what_may_be_left_out_is_and_what_must_be_there_stays() -> None:
    shorter = mended(of(name="a", size=3), "name and size are not liked")

    assert shorter is not None
    assert shorter.case.body == {"name": "a"}


def test_a_text_that_is_taken_is_another_one_each_time() -> None:
    for text, status in (("conflict", 409), ("this name is taken", 422)):
        other = mended(of(name="a", size=3), text, status)
        assert other is not None
        assert other.fresh == (("name",),)
        assert mended(other, text, 409) is None, "a new one each time already"
    assert mended(of(size=3), "conflict", 409) is None


def test_what_says_nothing_of_the_body_mends_nothing() -> None:
    assert mended(of(name="a"), "no") is None
    assert mended(of(name="a"), "city is required", 403) is None
