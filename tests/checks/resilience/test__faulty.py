"""How a boundary behaves under a steady fault: what is wrong twice is told, what is wrong once is not."""

from __future__ import annotations

import asyncio
import time

import httpx2
from starlette.responses import JSONResponse, Response

from seamwright.checks.resilience.hanging_dependency import CHECK as HANGING
from seamwright.checks.resilience.refused_dependency import CHECK
from tests.checks.resilience.caller import Shop, tried_on


class _Answers(Shop):
    """Answers in one way or another while the bank is away."""

    async def buy(self) -> Response:
        try:
            await self.ask("/charges")
        except httpx2.ConnectError:
            return await self.away()
        except httpx2.HTTPError:
            return self.unavailable()
        return JSONResponse({"state": "paid"}, 201)

    async def away(self) -> Response:
        return self.unavailable()


async def test_an_undeclared_answer_is_told_with_what_is_wrong_with_it() -> None:
    class Undeclared(_Answers):
        async def away(self) -> Response:
            return JSONResponse({"detail": "bad gateway"}, 502)

    [finding] = (await tried_on(CHECK, Undeclared)).evidence.findings
    assert finding.title.startswith("buy (POST /purchases) answers 502 in a way that is not declared")
    assert finding.title.endswith("when bank refuses connections")
    assert finding.key == "bank:undeclared:buy"
    assert finding.detail.startswith("expected: while bank refuses connections, an answer that the contract declares")
    assert finding.by_hand == "", "without the fault there is nothing to see"


async def test_an_answer_after_the_deadline_is_late() -> None:
    class Late(_Answers):
        async def away(self) -> Response:
            await asyncio.sleep(1.7)
            return self.unavailable()

    [finding] = (await tried_on(CHECK, Late)).evidence.findings
    assert (finding.key, finding.severity) == ("bank:late:buy", "high")
    assert "is answered only after" in finding.title


async def test_what_is_wrong_once_is_chance() -> None:
    class Once(_Answers):
        failed = False

        async def away(self) -> Response:
            if type(self).failed:
                return self.unavailable()
            type(self).failed = True
            return JSONResponse({"detail": "bug"}, 500)

    result = await tried_on(CHECK, Once)
    assert result.verdict == "unknown"
    assert "once in 3 calls answers 500" in result.evidence.why


async def test_unknown_when_the_fault_met_no_call() -> None:
    class AsksNoMore(Shop):
        """Has had enough of the bank once it was slow."""

        enough = False

        async def buy(self) -> Response:
            if not type(self).enough:
                began = time.monotonic()
                await self.ask("/charges")
                type(self).enough = time.monotonic() - began > 0.3
            return JSONResponse({"state": "paid"}, 201)

    result = await tried_on(HANGING, AsksNoMore)
    assert result.verdict == "unknown"
    assert "none of 3 calls reached bank while it was to be hit" in result.evidence.why


async def test_what_is_late_where_we_are_late_ourselves_is_unknown() -> None:
    class Late(_Answers):
        async def away(self) -> Response:
            await asyncio.sleep(1.7)
            return self.unavailable()

    async def starve() -> None:
        while True:
            await asyncio.sleep(0.01)
            time.sleep(0.35)  # noqa: ASYNC251  our own event loop is what is to be starved

    starving = asyncio.create_task(starve())
    try:
        result = await tried_on(CHECK, Late, deadline="1.1s")
    finally:
        starving.cancel()
    assert result.verdict == "unknown"


async def test_what_is_late_once_and_not_the_next_time_is_unknown() -> None:
    class LateOnce(_Answers):
        calls = 0

        async def away(self) -> Response:
            type(self).calls += 1
            if self.calls <= 3:
                await asyncio.sleep(1.7)
            return self.unavailable()

    result = await tried_on(CHECK, LateOnce)
    assert result.verdict == "unknown"
    assert "late once" in result.evidence.why
