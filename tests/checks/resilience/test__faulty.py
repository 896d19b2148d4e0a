"""How a boundary behaves under a steady fault: what is wrong twice is told, what is wrong once is not."""

from __future__ import annotations

import asyncio

import httpx2
from starlette.responses import JSONResponse, Response

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
