"""Answers held against the contract: one finding for each root cause, and no proof without a success."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks._cells import these
from seamwright.checks.contract._conformance import conforming
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation
from seamwright.model.subject import Subject
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import tried
from tests.run.trial import check


def _check(*, unknown: bool) -> Check:
    async def run(bench: Bench) -> AsyncIterator[Observation]:
        async for observation in conforming(bench, unknown=unknown):
            yield observation

    def applies(subject: Subject) -> Applicability:
        return these(subject, lambda o: None if o.id in ("listItems", "createItem", "getItem") else "not now", "none")

    return check(run=run, applies=applies, dares=Dares.WRITE)


class _PlainErrors(Items):
    def missing(self, request: Any) -> Response:
        return Response("gone", 404, media_type="text/plain")


async def test_only_who_asks_for_an_object_that_does_not_exist_sees_how_it_is_told() -> None:
    asked = await tried(_check(unknown=True), _PlainErrors(), document())
    assert asked.cell("getItem") == "refuted"
    assert (await tried(_check(unknown=False), _PlainErrors(), document())).cell("getItem") == "proved"


async def test_each_item_of_a_list_is_wrong_for_the_same_reason() -> None:
    class Listed(Items):
        def page(self, limit: int) -> Response:
            return JSONResponse([{"id": number, "name": "lamp"} for number in (1, 2, 3)])

    seen = await tried(_check(unknown=False), Listed(), document())
    [finding] = [f for f in seen.evidence.findings if f.operation == "listItems"]
    assert finding.key.startswith("items required * ")
    assert "count" in finding.key, "another missing member would be another mistake"
    assert finding.title == "listItems (GET /items) answers 200 with what its contract does not allow at /body/0"
    assert finding.detail.startswith("expected: an answer as the contract declares it for 200\nseen: /body/0: ")


async def test_nothing_is_proved_by_refusals() -> None:
    seen = await tried(_check(unknown=True), Closed(), document())
    assert {c.cell: str(c.verdict) for c in seen.evidence.cells} == {
        "listItems": "unknown",
        "createItem": "unknown",
        "getItem": "unknown",
    }
    assert "no valid call was answered in the success class" in seen.evidence.why
