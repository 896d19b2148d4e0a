"""A bank that fails: for a shop that asks it again and again, one that asks twice, and one that asks once."""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.checks.resilience.retry_storm import CHECK
from seamwright.kit.breaker import Breaker
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _AsksOnAndOn(Shop):
    attempts = 5

    def new_breaker(self) -> Breaker:
        return Breaker(failures=1000)


async def test_refutes_a_shop_that_asks_on_and_on() -> None:
    result = await tried_on(CHECK, _AsksOnAndOn)
    assert result.verdict == "refuted"
    finding = result.evidence.findings[0]
    assert finding.key == "bank:storm:buy"
    assert "expected: at most 3 times as many as while all is well, where a call makes 1" in finding.detail


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: buy amplification when it answers 503"] == 1


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    assert down[CHECK.id].verdict == "unknown"
