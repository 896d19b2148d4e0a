"""A failing call is narrowed down to what brings the failure about, in few calls."""

from __future__ import annotations

from collections.abc import Callable

from seamwright.checks.contract._culprit import MOST_CALLS, Culprit, culprit
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
