"""A bank that says when to come back: for shops that do not hear it, now or with the next call, and one that does."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from seamwright.checks.resilience.retry_after import CHECK
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _ComesBackWithTheNextCall(Shop):
    def told_to_wait(self, seconds: float) -> None:
        """It is nothing to the next call."""


class _ComesBackAtOnce(_ComesBackWithTheNextCall):
    attempts = 2


@pytest.mark.parametrize("shop", [_ComesBackAtOnce, _ComesBackWithTheNextCall])
async def test_refutes_a_shop_that_does_not_wait(shop: type[Shop]) -> None:
    result = await tried_on(CHECK, shop)
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert finding.title == "buy (POST /purchases) does not wait when bank answers 429 with Retry-After"
    assert "first (POST /charges)" in finding.detail


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: requests before Retry-After of 429 was over"] == 0


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    assert down[CHECK.id].verdict == "unknown"
