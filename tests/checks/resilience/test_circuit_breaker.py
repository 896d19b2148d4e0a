"""A bank that fails, with a breaker promised: for a shop without one, one that never closes, and one that does both."""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.checks.resilience.circuit_breaker import CHECK
from seamwright.kit.breaker import Breaker
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import DOCUMENT, Shop, tried_on
from tests.checks.stage import skipped


class _NeverOpens(Shop):
    def new_breaker(self) -> Breaker:
        return Breaker(failures=1000)


class _NeverCloses(Shop):
    def new_breaker(self) -> Breaker:
        return Breaker(failures=5, pause=3600)


async def test_refutes_a_breaker_that_never_opens() -> None:
    result = await tried_on(CHECK, _NeverOpens)
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert finding.title == "buy (POST /purchases) goes on to call bank after 5 failures: no breaker opens"
    assert "seen: 3 requests came of the next 3 calls" in finding.detail


async def test_refutes_a_breaker_that_never_closes() -> None:
    [finding] = (await tried_on(CHECK, _NeverCloses)).evidence.findings
    assert finding.key == "bank:breaker-open:buy"


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: requests while open"] == 0


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    assert down[CHECK.id].verdict == "unknown"


def test_does_not_apply_where_none_is_promised() -> None:
    bank = {"kind": "http", "url": "http://127.0.0.1:9", "relay": {"listen": "127.0.0.1:8"}}
    told = skipped(CHECK, DOCUMENT, boundary={"depends_on": ["bank"]}, boundaries={"bank": bank})
    assert "dependencies.NAME.breaker" in told.why
