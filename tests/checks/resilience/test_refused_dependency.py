"""A bank that refuses connections: for a shop that lets the error out, one that declares it, and one that is down."""

from __future__ import annotations

import httpx2
from starlette.responses import JSONResponse, Response

from seamwright.checks.resilience.refused_dependency import CHECK
from tests.checks.resilience.caller import Shop, tried_on


class _LetsItOut(Shop):
    def unavailable(self) -> Response:
        return JSONResponse({"detail": "ConnectError"}, 500)


class _Down(Shop):
    async def buy(self) -> Response:
        return self.unavailable()


class _ServesFromMemory(Shop):
    """Looks broken: the bank is away, and it answers 201. It has something good enough in its place."""

    async def buy(self) -> Response:
        try:
            await self.ask("/charges")
        except httpx2.HTTPError:
            return JSONResponse({"state": "paid"}, 201)
        return JSONResponse({"state": "paid"}, 201)


async def test_refutes_a_shop_that_answers_500() -> None:
    result = await tried_on(CHECK, _LetsItOut)
    assert result.verdict == "refuted"
    assert "answers 500" in result.evidence.findings[0].title


async def test_proves_a_shop_that_answers_what_it_declares() -> None:
    result = await tried_on(CHECK, Shop)
    assert result.verdict == "proved"
    assert result.evidence.measures["bank: buy statuses"] == [503]


async def test_proves_a_shop_that_does_without_the_bank() -> None:
    assert (await tried_on(CHECK, _ServesFromMemory)).verdict == "proved"


async def test_unknown_when_there_is_no_steady_state_to_begin_with() -> None:
    result = await tried_on(CHECK, _Down)
    assert result.verdict == "unknown"
    assert "no valid call was answered 2xx of buy" in result.evidence.why
