"""After the bank has come back: a shop that stays away, one that comes back late, at once, and that never was away."""

from __future__ import annotations

import time

import httpx2
from starlette.responses import JSONResponse, Response

from seamwright.checks.resilience.recovery import CHECK
from tests.checks.resilience.caller import Shop, tried_on


class _Breaker(Shop):
    """Asks nothing more for `pause` seconds after a failure."""

    pause = 0.2

    def __init__(self, bank: str) -> None:
        super().__init__(bank)
        self.until = 0.0

    async def buy(self) -> Response:
        if time.monotonic() < self.until:
            return self.unavailable()
        answer = await super().buy()
        if answer.status_code != 201:
            self.until = time.monotonic() + self.pause
        return answer


class _NeverCloses(_Breaker):
    pause = 3600.0


class _ClosesLate(_Breaker):
    pause = 4.5  # two seconds more than the outage


class _DoesWithout(Shop):
    async def buy(self) -> Response:
        try:
            await self.ask("/charges")
        except httpx2.HTTPError:
            return JSONResponse({"state": "paid"}, 201)
        return JSONResponse({"state": "paid"}, 201)


async def test_refutes_a_breaker_that_never_closes() -> None:
    result = await tried_on(CHECK, _NeverCloses)
    assert result.verdict == "refuted"
    assert result.evidence.measures["bank: MTTR"] is None
    assert "does not serve again" in result.evidence.findings[0].title


async def test_refutes_a_breaker_that_closes_too_late() -> None:
    result = await tried_on(CHECK, _ClosesLate)
    assert result.verdict == "refuted"
    assert 1.5 < result.evidence.measures["bank: MTTR"] < 4


async def test_proves_a_breaker_that_closes_in_time() -> None:
    result = await tried_on(CHECK, _Breaker)
    assert result.verdict == "proved"
    assert result.evidence.measures["bank: MTTR"] < 1.5
    assert result.evidence.measures["bank: failed calls"] >= 8


async def test_unknown_when_nothing_failed() -> None:
    result = await tried_on(CHECK, _DoesWithout)
    assert result.verdict == "unknown"
    assert "nothing to recover from" in result.evidence.why
