"""A slow API is refuted by latency from the intended time, a quick one proved; too few answers conclude nothing."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from starlette.responses import Response

from seamwright.checks.load import latency_objective
from seamwright.checks.load.latency_objective import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried

_PROMISED = {"objectives": {"rate": "60/s", "latency": {"p50": "60ms"}}}


@pytest.fixture(autouse=True)
def short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of load shows the defects of these small apps as well as three do."""
    monkeypatch.setattr(latency_objective, "DURATION", 1.0)


async def test_refutes_a_service_that_holds_requests_up() -> None:
    class Blocking(Items):
        async def list(self, request: Any) -> Response:
            time.sleep(0.05)  # noqa: ASYNC251 - the defect: 30 of these a second do not fit into a second
            return await super().list(request)

    seen = await tried(CHECK, Blocking(), document(), boundary=_PROMISED)
    assert seen.verdict == "refuted", seen.evidence.why
    [finding] = seen.evidence.findings
    assert finding.facts["broken"]["p50"]["first"] > 0.06
    assert finding.facts["broken"]["p50"]["second"] > 0.06, "told only when it was missed twice"
    load = seen.evidence.measures["load"]
    assert load["intended"]["p50"] > 0.06
    assert load["intended"]["p50"] >= load["service"]["p50"], "waiting counts from the intended time"
    assert finding.exchanges


async def test_proves_a_quick_service() -> None:
    seen = await tried(CHECK, Items(), document(), boundary=_PROMISED)
    assert seen.verdict == "proved", seen.evidence.why
    load = seen.evidence.measures["load"]
    assert load["sent"] == seen.evidence.tried
    assert load["objectives"] == {"p50": 0.06}
    assert load["timeline"]


async def test_is_unknown_with_too_few_answers() -> None:
    promised = {"objectives": {"rate": "10/s", "latency": {"p99": "1s"}}}
    seen = await tried(CHECK, Items(), document(), boundary=promised)
    assert seen.verdict == "unknown"
    assert "p99 needs 300" in seen.evidence.why
    assert seen.evidence.measures["load"]["sent"] < 300


async def test_is_unknown_where_nothing_is_answered_with_success() -> None:
    seen = await tried(CHECK, Closed(), document(), boundary=_PROMISED)
    assert seen.verdict == "unknown"
    assert "answered with success" in seen.evidence.why


async def test_is_unknown_where_it_is_missed_once_only() -> None:
    class WarmsUp(Items):
        calls = 0

        async def list(self, request: Any) -> Response:
            self.calls += 1
            if 5 < self.calls <= 32:
                await asyncio.sleep(0.4)
            return await super().list(request)

    told = document()
    told["paths"] = {"/items": {"get": told["paths"]["/items"]["get"]}}
    promised = {"objectives": {"rate": "30/s", "latency": {"p50": "60ms"}}}
    for _ in range(4):
        seen = await tried(CHECK, WarmsUp(), told, boundary=promised)
        if sum(1 for e in seen.exchanges if e.request.method == "LOAD") == 2:
            break  # on a starved machine a run is thrown away, and the app has warmed up unseen
    assert seen.verdict == "unknown"
    assert "missed once and held the second time" in seen.evidence.why


def test_does_not_apply_without_objectives() -> None:
    assert "rate" in skipped(CHECK, document()).why
    assert "latency" in skipped(CHECK, document(), boundary={"objectives": {"rate": "5/s"}}).why
