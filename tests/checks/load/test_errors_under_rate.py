"""Calls that fail at the declared rate are refuted where more fail than the availability objective allows."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from seamwright.checks.load import errors_under_rate
from seamwright.checks.load.errors_under_rate import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried

_RATE = {"objectives": {"rate": "60/s"}}


@pytest.fixture(autouse=True)
def short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of load shows the defects of these small apps as well as three do."""
    monkeypatch.setattr(errors_under_rate, "DURATION", 1.0)


class _Every(Items):
    """Answers every n-th listing with a status, once it has begun."""

    def __init__(self, every: int, status: int, until: int = 1_000_000) -> None:
        super().__init__()
        self.calls, self.every, self.status, self.until = 0, every, status, until

    async def list(self, request: Any) -> Response:
        self.calls += 1
        if self.calls > 10 and self.calls % self.every == 0 and self.calls < self.until:
            return JSONResponse({"error": "pool"}, self.status)
        return await super().list(request)


async def test_refutes_a_pool_that_runs_dry() -> None:
    seen = await tried(CHECK, _Every(8, 500), document(), boundary=_RATE)
    assert seen.verdict == "refuted", seen.evidence.why
    [finding] = seen.evidence.findings
    assert finding.facts["first"].keys() == finding.facts["second"].keys() == {"500"}
    witnesses = [e for e in seen.exchanges if e.number in finding.exchanges]
    assert any(e.status == 500 for e in witnesses)


async def test_refutes_a_limit_below_the_promised_rate() -> None:
    seen = await tried(CHECK, _Every(3, 429), document(), boundary=_RATE)
    assert [set(f.facts["second"]) for f in seen.evidence.findings] == [{"429"}]


async def test_refutes_answers_that_break_the_contract() -> None:
    class Torn(Items):
        calls = 0

        def page(self, limit: int) -> Response:
            self.calls += 1
            return JSONResponse({"torn": True}) if self.calls > 6 else super().page(limit)

    seen = await tried(CHECK, Torn(), document(), boundary=_RATE)
    assert seen.verdict == "refuted"
    assert set(seen.evidence.findings[0].facts["second"]) == {"breaks the contract"}


async def test_proves_and_mixes_writes_among_reads() -> None:
    app = Items()
    seen = await tried(CHECK, app, document(), boundary=_RATE)
    assert seen.verdict == "proved", seen.evidence.why
    load = seen.evidence.measures["load"]
    assert load["sent"] == seen.evidence.tried >= 50
    assert load["statuses"]["201"] > 0


async def test_proves_within_what_availability_allows() -> None:
    promised = {"objectives": {"rate": "60/s", "availability": "80%"}}
    seen = await tried(CHECK, _Every(20, 500), document(), boundary=promised)
    assert seen.verdict == "proved", seen.evidence.why


async def test_is_unknown_where_it_happens_in_one_run_only() -> None:
    seen = await tried(CHECK, _Every(8, 500, until=30), document(), boundary=_RATE)
    assert seen.verdict == "unknown"
    assert "held the second time" in seen.evidence.why


async def test_is_unknown_where_much_is_refused() -> None:
    seen = await tried(CHECK, _Every(2, 404), document(), boundary=_RATE)
    assert seen.verdict == "unknown"
    assert "not really carried" in seen.evidence.why


async def test_is_unknown_where_nothing_succeeds() -> None:
    seen = await tried(CHECK, Closed(), document(), boundary=_RATE)
    assert seen.verdict == "unknown"


def test_does_not_apply_without_a_rate() -> None:
    assert "rate" in skipped(CHECK, document()).why
