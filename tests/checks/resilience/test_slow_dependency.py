"""A slow bank: for a shop without a deadline, one with it, and one that never asks the bank."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks.resilience.slow_dependency import CHECK
from tests.checks.resilience.caller import DOCUMENT, Shop, tried_on
from tests.checks.stage import skipped


class _Patient(Shop):
    timeout = 60.0
    budget = None


class _Undeclared(Shop):
    def unavailable(self) -> Response:
        return JSONResponse({"detail": "too slow"}, 504)


class _NeverAsks(Shop):
    async def buy(self) -> Response:
        return JSONResponse({"state": "paid"}, 201)


async def test_refutes_a_shop_that_waits_without_end() -> None:
    result = await tried_on(CHECK, _Patient)
    assert result.cell("bank") == "refuted"
    [finding] = result.evidence.findings
    assert finding.operation == "buy"
    assert "with 1 s promised" in finding.title
    assert len(finding.exchanges) == 3


async def test_refutes_an_error_that_is_not_declared() -> None:
    result = await tried_on(CHECK, _Undeclared)
    assert result.verdict == "refuted"
    assert result.evidence.findings[0].facts["status"] == 504


async def test_proves_a_shop_that_keeps_its_deadline() -> None:
    result = await tried_on(CHECK, Shop)
    assert result.verdict == "proved"
    assert result.evidence.measures["bank: buy statuses"] == [503]


async def test_unknown_when_nothing_was_seen_to_cross_the_dependency() -> None:
    result = await tried_on(CHECK, _NeverAsks)
    assert result.verdict == "unknown"
    assert "no operation was seen to cross bank" in result.evidence.why


def test_does_not_apply_without_a_relay() -> None:
    parts: dict[str, Any] = {
        "boundary": {"depends_on": ["bank"]},
        "boundaries": {"bank": {"kind": "http", "url": "http://127.0.0.1:9"}},
    }
    assert "no relay stands in front of it" in skipped(CHECK, DOCUMENT, **parts).why
    assert "depends_on" in skipped(CHECK, DOCUMENT).why
