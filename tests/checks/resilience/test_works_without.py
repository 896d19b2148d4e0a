"""A bank that is away, and prices that are promised all the same: for shops that keep it, and that do not."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from seamwright.checks.resilience.works_without import CHECK
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import DOCUMENT, Shop, tried_on
from tests.checks.stage import skipped


class _PricesNeedTheBank(Shop):
    async def prices(self) -> Response:
        try:
            await self.ask("/charges")
        except self.failures:
            return self.unavailable()
        return await super().prices()


class _NoPrices(Shop):
    async def prices(self) -> Response:
        return JSONResponse({}, 503)


async def test_refutes_a_shop_that_cannot_do_without() -> None:
    result = await tried_on(CHECK, _PricesNeedTheBank)
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert finding.title == "prices (GET /prices) does not work without bank, as is promised"


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: prices without it"] == [200]


async def test_unknown_where_it_does_not_work_at_all() -> None:
    assert (await tried_on(CHECK, _NoPrices)).verdict == "unknown"


def test_does_not_apply_where_nothing_is_promised() -> None:
    bank = {"kind": "http", "url": "http://127.0.0.1:9", "relay": {"listen": "127.0.0.1:8"}}
    told = skipped(CHECK, DOCUMENT, boundary={"depends_on": ["bank"]}, boundaries={"bank": bank})
    assert "dependencies.NAME.without" in told.why
