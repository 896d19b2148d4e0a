"""A bank that breaks off amid its answer: for a shop that has not thought of it, and one that has."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2

from seamwright.checks.resilience.cut_answer import CHECK
from seamwright.kit.breaker import CircuitOpen
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _CutUnknown(Shop):
    failures = (httpx2.ConnectError, httpx2.TimeoutException, TimeoutError, ValueError, CircuitOpen)


async def test_refutes_a_shop_that_has_not_thought_of_it() -> None:
    result = await tried_on(CHECK, _CutUnknown)
    assert result.verdict == "refuted"
    assert result.evidence.findings[0].title.endswith("when bank breaks off amid its answers")


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: buy statuses"] == [503]
    assert evidence.measures["bank: buy struck"] >= 1


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    evidence = down[CHECK.id]
    assert evidence.verdict == "unknown"
    assert "no valid call was answered 2xx of buy" in evidence.why
