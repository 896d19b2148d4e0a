"""A failing call is narrowed down to what brings the failure about, in few calls."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from random import Random

from seamwright.checks.contract._culprit import MOST_CALLS, Culprit, beside, culprit, rest
from seamwright.model.exchange import Case, Exchange, Request, Response

GOOD = Case("op", query={"page": 1}, body={"name": "a", "size": 1, "color": "red"})
BAD = Case("op", query={"page": 9, "sort": "x"}, body={"name": "b", "size": 7, "note": "n", "color": "blue"})


async def narrowed(fails: Callable[[Case], bool]) -> tuple[Culprit | None, int]:
    calls = 0

    async def send(case: Case) -> Exchange:
        nonlocal calls
        calls += 1
        return Exchange(Request("POST", "http://t/"), Response(500 if fails(case) else 200), None, 0.0, 0.0)

    found = await culprit(GOOD, BAD, send, lambda exchange: exchange.status >= 500)
    assert calls <= MOST_CALLS
    return found, calls


async def test_one_field_is_found_by_itself_and_all_else_is_as_accepted() -> None:
    found, _ = await narrowed(lambda case: "note" in case.body)

    assert found is not None
    assert found.places == ("body/note",)
    assert found.case == GOOD.but(body={**GOOD.body, "note": "n"})


async def test_two_that_fail_only_together_are_found_together() -> None:
    found, _ = await narrowed(lambda case: case.body["size"] == 7 and case.query.get("sort") == "x")

    assert found is not None
    assert set(found.places) == {"body/size", "query/sort"}


async def test_what_is_missing_is_a_difference_too() -> None:
    async def send(case: Case) -> Exchange:
        return Exchange(Request("POST", "http://t/"), Response(200 if "name" in case.body else 500), None, 0.0, 0.0)

    bad = GOOD.but(body={"size": 2, "color": "red"})
    found = await culprit(GOOD, bad, send, lambda exchange: exchange.status >= 500)

    assert found is not None
    assert found.places == ("body/name",)
    assert found.case.body == {"size": 1, "color": "red"}


async def test_what_does_not_fail_again_has_no_culprit() -> None:
    found, _ = await narrowed(lambda case: False)

    assert found is None


def test_another_ordinary_value_is_of_the_same_form_and_stands_in_the_blamed_places_alone() -> None:
    one = Case("op", query={"page": 1}, body={"at": "2026-01-02", "id": str(uuid.UUID(int=0)), "on": True, "n": 1})
    other = beside(one, ("body/at", "body/id", "body/on", "body/absent"), Random(0))

    assert other is not None
    assert (other.query, other.body["on"], other.body["n"]) == (one.query, True, 1)
    assert other.body["at"] != one.body["at"]
    assert other.body["at"][4:] == "-01-02"
    assert str(uuid.UUID(other.body["id"])) == other.body["id"] != one.body["id"]


def test_where_no_other_value_can_be_there_is_none() -> None:
    assert beside(Case("op", path={"id": 1}, body={"on": True}), ("body/on", "body/new", "path/id"), Random(0)) is None


def test_the_rest_is_the_failing_call_without_what_is_blamed() -> None:
    left = rest(GOOD, BAD, ("body/note", "query/page"))

    assert left == GOOD.but(query={"page": 1, "sort": "x"}, body={"name": "b", "size": 7, "color": "blue"})
    assert rest(GOOD, BAD.but(query=GOOD.query, body={**GOOD.body, "note": "n"}), ("body/note",)) is None
