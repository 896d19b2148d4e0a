"""The search for the highest rate, on real servers whose limit is known: it is found, or not claimed."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.engines.load import Profile
from seamwright.ledger.store import Ledger
from seamwright.model.boundary import Latency, Objectives
from seamwright.model.evidence import Evidence
from seamwright.model.verdict import Cause, Verdict
from seamwright.run.limit_by_hand import LimitByHand, document, first_rate
from seamwright.run.limit_step import ERRORS, LATENCY, OWN, THROUGHPUT
from tests.run import test_load_by_hand as by_hand
from tests.run.trial import evidence_of, manifest_of, prepared, run

SERVER = Path(__file__).parent / "limited.py"
QUICK: dict[str, Any] = {"step": 1.0, "warm_up": 0.5, "precision": 0.25, "repeats": 2}


@contextlib.contextmanager
def limited(*words: str) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(SERVER), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


async def searched(folder: Path, url: str, limit: LimitByHand, **objectives: Any) -> Evidence:
    with Ledger.open(folder / f"ledger{time.monotonic_ns()}.db") as ledger:
        manifest = manifest_of({"api": {"kind": "http", "url": url, "objectives": objectives}})
        given = prepared(manifest, [limit.check], {"api": by_hand.document("/good")})
        (row,) = evidence_of(await run(given, ledger, budget=120.0))
    assert row.traceback == "", row.traceback
    return row


async def sure(folder: Path, url: str, **more: Any) -> tuple[LimitByHand, Evidence]:
    """A search whose schedule was kept; a machine that is too busy gets more chances."""
    objectives = more.pop("promised", {})
    for _ in range(4):
        limit = LimitByHand(**(QUICK | more))
        row = await searched(folder, url, limit, **objectives)
        if row.cause is not Cause.OURS:
            return limit, row
    pytest.skip(f"this machine is too busy for a schedule: {row.why}")


async def test_a_server_of_36_a_second_gives_out_by_throughput_or_latency(tmp_path: Path) -> None:
    """Two slots of 55 ms each carry 36.4 a second; more wait in a queue that grows."""
    with limited("queue", "2", "55") as url:
        promised = {"latency": {"p50": "150ms"}, "rate": 10}
        limit, row = await sure(tmp_path, url, first=20.0, promised=promised)
    assert row.verdict is Verdict.PROVED, row.why
    found = limit.found
    assert found is not None
    assert found.keeps is not None
    assert found.fails is not None
    assert 25 < found.keeps <= 36.5 < found.fails < 60
    assert found.confirmed
    assert found.keeps_tries["kept"] >= 2
    assert found.fails_tries["broken"] >= 2
    assert ERRORS not in found.gave_out
    assert set(found.gave_out) <= {THROUGHPUT, LATENCY}
    assert row.measures["limit"]["steps"] == document(limit)["steps"]
    assert row.tried == sum(step.offered for step in limit.steps)
    assert row.exchanges


async def test_a_rate_that_is_promised_and_not_kept_is_refuted(tmp_path: Path) -> None:
    with limited("refuse", "36") as url:
        limit, row = await sure(tmp_path, url, first=20.0, reproduce="again", promised={"rate": 70})
    assert row.verdict is Verdict.REFUTED, row.why
    found = limit.found
    assert found is not None
    assert found.gave_out[0] == ERRORS
    (finding,) = row.findings
    assert finding.title.endswith("and 70 are promised")
    assert finding.reproduce == "again"
    assert "'503'" in finding.detail


async def test_up_to_a_highest_rate_that_keeps_the_limit_stays_unknown(tmp_path: Path) -> None:
    with limited("refuse", "1000") as url:
        limit, row = await sure(tmp_path, url, first=20.0, most=30.0)
        assert row.verdict is Verdict.UNKNOWN
        assert "no limit was found up to 30/s" in row.why
        limit, row = await sure(tmp_path, url, first=30.0, most=30.0, promised={"rate": 25})
        assert row.verdict is Verdict.PROVED, row.why
    assert limit.found is not None
    assert limit.found.fails is None


async def test_a_target_that_keeps_no_rate_is_refuted(tmp_path: Path) -> None:
    with limited("queue", "1", "100") as url:
        objectives = Objectives(latency=Latency(p50=0.02))
        _, row = await sure(tmp_path, url, first=22.0, most=22.0, least=22.0, objectives=objectives)
    assert row.verdict is Verdict.REFUTED, row.why
    assert "hold at no rate that was tried" in row.findings[0].title


async def test_too_few_connections_of_ours_are_no_limit_of_the_target(tmp_path: Path) -> None:
    """Two connections carry 20 a second of 100 ms each, whatever the target could do."""
    with limited("queue", "500", "100") as url:
        limit = LimitByHand(first=14.0, least=14.0, connections=2, **(QUICK | {"precision": 0.45}))
        row = await searched(tmp_path, url, limit)
    assert row.verdict is Verdict.UNKNOWN
    assert row.cause is Cause.OURS
    assert "it is no limit of the target" in row.why
    assert limit.found is not None
    assert limit.found.fails is None
    assert limit.found.gave_out == (OWN,)


async def test_a_starved_client_finds_nothing(tmp_path: Path) -> None:
    async def hog() -> None:
        while True:
            time.sleep(0.1)  # noqa: ASYNC251 - it is the point
            await asyncio.sleep(0.02)

    hogging = asyncio.create_task(hog())
    try:
        with limited("queue", "1", "1") as url:
            limit = LimitByHand(first=30.0, least=30.0, **QUICK)
            row = await searched(tmp_path, url, limit, latency={"p50": "1us"})
    finally:
        hogging.cancel()
    assert row.verdict is Verdict.UNKNOWN, "an objective is missed, and nobody knows by whom"
    assert row.cause is Cause.OURS
    assert limit.found is not None
    assert (limit.found.keeps, limit.found.fails) == (None, None)


async def test_time_that_is_up_is_unknown_with_what_is_known(tmp_path: Path) -> None:
    with limited("refuse", "1000") as url:
        limit = LimitByHand(first=20.0, step=30.0, warm_up=0.0)
        with Ledger.open(tmp_path / "ledger.db") as ledger:
            manifest = manifest_of({"api": {"kind": "http", "url": url}})
            given = prepared(manifest, [limit.check], {"api": by_hand.document("/good")})
            (row,) = evidence_of(await run(given, ledger, budget=12.0))
    assert row.verdict is Verdict.UNKNOWN
    assert "its time was up" in row.why
    assert limit.steps == []


def test_the_first_rate_has_enough_answers_for_every_quantile() -> None:
    assert first_rate(Objectives()) == 10.0
    assert first_rate(Objectives(latency=Latency(p99=0.1))) == pytest.approx(16.5)
    assert Profile.constant(first_rate(Objectives(latency=Latency(p999=1.0))), 20).count >= 3000
