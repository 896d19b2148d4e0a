"""A bank whose answers are broken: for a shop that believes whatever comes, and one that looks at it."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2

from seamwright.checks.resilience.malformed_answer import CHECK
from seamwright.kit.breaker import CircuitOpen
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _TakesItForJson(Shop):
    failures = (httpx2.HTTPError, TimeoutError, CircuitOpen)


async def test_refutes_a_shop_that_believes_what_comes() -> None:
    result = await tried_on(CHECK, _TakesItForJson)
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert finding.title == (
        "buy (POST /purchases) answers 500, as for an error of its own, "
        "when bank answers with a body that does not parse"
    )


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: buy statuses"] == [503]
    assert evidence.measures["bank: buy struck"] >= 1


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    evidence = down[CHECK.id]
    assert evidence.verdict == "unknown"
    assert "no valid call was answered 2xx of buy" in evidence.why
