"""A bank whose answer dribbles: for a shop that counts from byte to byte, and one that counts the whole."""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.checks.resilience.slow_body import CHECK
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _CountsFromByteToByte(Shop):
    budget = None


async def test_refutes_a_shop_that_waits_for_the_last_byte() -> None:
    result = await tried_on(CHECK, _CountsFromByteToByte)
    assert result.verdict == "refuted"
    assert result.evidence.findings[0].key == "bank:late:buy"


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: buy statuses"] == [503]
    assert evidence.measures["bank: buy struck"] >= 1


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    evidence = down[CHECK.id]
    assert evidence.verdict == "unknown"
    assert "no valid call was answered 2xx of buy" in evidence.why
