"""A bank that takes requests and never answers: for a shop that bounds each attempt, and one that bounds the call."""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.checks.resilience.hanging_dependency import CHECK
from seamwright.kit.breaker import Breaker
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _BoundsEachAttempt(Shop):
    attempts = 3

    def new_breaker(self) -> Breaker:
        return Breaker(failures=1000)


async def test_refutes_a_shop_whose_attempts_add_up() -> None:
    result = await tried_on(CHECK, _BoundsEachAttempt)
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert "with 1 s promised, when bank takes requests and never answers" in finding.title


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: buy statuses"] == [503]
    assert evidence.measures["bank: buy struck"] >= 1


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    evidence = down[CHECK.id]
    assert evidence.verdict == "unknown"
    assert "no valid call was answered 2xx of buy" in evidence.why
