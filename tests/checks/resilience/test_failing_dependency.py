"""A bank that answers 5xx: for a shop that hands it on, and one that says what it means."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2
from starlette.responses import JSONResponse, Response

from seamwright.checks.resilience.failing_dependency import CHECK
from seamwright.kit.breaker import CircuitOpen
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _HandsItOn(Shop):
    async def buy(self) -> Response:
        try:
            return await super().buy()
        except httpx2.HTTPStatusError as error:
            return JSONResponse({"detail": "the bank says so"}, error.response.status_code)

    failures = (httpx2.TransportError, TimeoutError, ValueError, CircuitOpen)


async def test_refutes_a_shop_that_hands_it_on() -> None:
    result = await tried_on(CHECK, _HandsItOn)
    assert result.verdict == "refuted"
    assert [finding.facts["status"] for finding in result.evidence.findings] == [500]


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: buy statuses"] == [503]
    assert evidence.measures["bank: buy struck"] >= 1


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    evidence = down[CHECK.id]
    assert evidence.verdict == "unknown"
    assert "no valid call was answered 2xx of buy" in evidence.why
