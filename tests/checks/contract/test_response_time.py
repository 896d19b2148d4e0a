"""An operation that is slow by itself is refuted; a quick one is proved; a few slow calls are unknown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import Response

from seamwright.checks.contract import response_time
from seamwright.checks.contract.response_time import CHECK, FEWEST
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried

PROMISE = {"objectives": {"latency": {"p95": "300ms"}}}


def listing() -> dict[str, Any]:
    """The contract of the listing alone."""
    told = document()
    told["paths"] = {"/items": {"get": told["paths"]["/items"]["get"]}}
    return told


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_time, "MOST", FEWEST)


class Slow(Items):
    """Takes its time for each call whose number it is told."""

    seconds = 0.35

    def __init__(self, *numbers: int) -> None:
        super().__init__()
        self.numbers = numbers
        self.calls = 0

    async def list(self, request: Any) -> Response:
        self.calls += 1
        if not self.numbers or self.calls in self.numbers:
            await asyncio.sleep(self.seconds)
        return await super().list(request)


async def test_refutes_an_operation_that_is_slow_by_itself() -> None:
    class Slower(Slow):
        seconds = 0.03

    seen = await tried(CHECK, Slower(), listing(), boundary={"objectives": {"latency": {"p95": "15ms"}}})
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["promise"]) == ("listItems", "p95")
    assert finding.facts["median"] > 0.02
    measures = seen.evidence.measures["listItems"]
    assert (measures["calls"], measures["over"]) == (2 * FEWEST, {"p95": 2 * FEWEST})
    assert measures["worst"] >= measures["median"] > 0.02
    assert all(e.seconds > 0.02 for e in seen.exchanges if e.number in finding.exchanges)


async def test_refutes_a_deadline_that_single_calls_exceed_twice() -> None:
    seen = await tried(CHECK, Slow(5, 30), listing(), boundary={"objectives": {"deadline": "300ms"}})
    [finding] = seen.evidence.findings
    assert finding.facts["promise"] == "deadline"


async def test_proves_what_is_answered_in_time_writes_included() -> None:
    seen = await tried(CHECK, Items(), document(), boundary=PROMISE)
    assert seen.verdict == "proved"
    assert {c.cell for c in seen.evidence.cells} == {"listItems", "createItem", "getItem", "deleteItem"}
    assert all(c.tried == FEWEST for c in seen.evidence.cells)


async def test_a_single_slow_call_of_many_keeps_the_promise() -> None:
    assert (await tried(CHECK, Slow(5), listing(), boundary=PROMISE)).verdict == "proved"


async def test_is_unknown_where_chance_may_explain_it() -> None:
    seen = await tried(CHECK, Slow(5, 6, 7), listing(), boundary=PROMISE)
    assert seen.verdict == "unknown"
    assert "3 of 40 calls over p95 300 ms" in seen.evidence.why


async def test_is_unknown_where_calls_are_no_success() -> None:
    class Tires(Items):
        calls = 0

        def page(self, limit: int) -> Response:
            Tires.calls += 1
            return super().page(limit) if Tires.calls < 10 else self.refused(429)

    seen = await tried(CHECK, Tires(), listing(), boundary=PROMISE)
    assert seen.verdict == "unknown"
    assert "its time says nothing" in seen.evidence.why
    assert (await tried(CHECK, Closed(), listing(), boundary=PROMISE)).verdict == "unknown"


def test_says_what_to_add_where_no_time_is_promised() -> None:
    assert "objectives: {latency:" in skipped(CHECK, document()).why
