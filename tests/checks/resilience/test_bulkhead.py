"""A bank that hangs: for a shop whose prices wait in the same line, and one where they do not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.responses import Response

from seamwright.checks.resilience.bulkhead import CHECK
from seamwright.kit.breaker import Breaker
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _TwoWorkers(Shop):
    def __init__(self, bank: str) -> None:
        super().__init__(bank)
        self.workers = asyncio.Semaphore(2)

    def new_breaker(self) -> Breaker:
        return Breaker(failures=1000)

    async def buy(self) -> Response:
        async with self.workers:
            return await super().buy()

    async def prices(self) -> Response:
        async with self.workers:
            return await super().prices()


class _PricesNeedTheBank(Shop):
    async def prices(self) -> Response:
        await self.ask("/charges")
        return await super().prices()


async def test_refutes_a_shop_that_stands_still() -> None:
    result = await tried_on(CHECK, _TwoWorkers)
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert finding.title == "prices (GET /prices) is kept waiting by bank, which it does not need"


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: hanging"] >= 5


async def test_unknown_where_everything_needs_it() -> None:
    result = await tried_on(CHECK, _PricesNeedTheBank)
    assert result.verdict == "unknown"
    assert "does not wait for bank" in result.evidence.why


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    assert down[CHECK.id].verdict == "unknown"
