"""A bank that breaks off: for a shop that knows refusals only, one that knows both, and one that hangs up itself."""

from __future__ import annotations

import httpx2
from starlette.responses import JSONResponse, Response

from seamwright.checks.resilience.refused_dependency import CHECK as REFUSED
from seamwright.checks.resilience.reset_dependency import CHECK
from tests.checks.resilience.caller import Shop, tried_on


class _KnowsRefusalsOnly(Shop):
    async def buy(self) -> Response:
        try:
            await self.ask("/charges")
        except httpx2.ConnectError:
            return self.unavailable()
        return JSONResponse({"state": "paid"}, 201)


class _Down(Shop):
    async def buy(self) -> Response:
        return self.unavailable()


async def test_refutes_a_shop_that_has_not_thought_of_it() -> None:
    result = await tried_on(CHECK, _KnowsRefusalsOnly)
    assert result.verdict == "refuted"
    assert result.evidence.findings[0].facts["status"] == 500


async def test_is_another_sentence_than_that_of_refusals() -> None:
    assert (await tried_on(REFUSED, Shop)).verdict == "proved"


async def test_proves_a_shop_that_answers_what_it_declares() -> None:
    assert (await tried_on(CHECK, Shop)).verdict == "proved"


async def test_unknown_when_there_is_no_steady_state_to_begin_with() -> None:
    assert (await tried_on(CHECK, _Down)).verdict == "unknown"
