"""A load run by hand as a check: refuted with a witness, proved, and unknown with its reason."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.engines.load import Profile
from seamwright.ledger.store import Ledger
from seamwright.model.boundary import Objectives
from seamwright.model.evidence import Evidence
from seamwright.model.verdict import Cause, Verdict
from seamwright.run.load_by_hand import LoadByHand
from tests.run.trial import evidence_of, manifest_of, prepared, run
from tests.serving import serving

AGAIN = "seamwright load api --seed 1"


def document(*paths: str) -> dict[str, Any]:
    schema = {"type": "object", "required": ["ok"]}
    answer = {"description": "ok", "content": {"application/json": {"schema": schema}}}
    said = {path: {"get": {"operationId": path.strip("/"), "responses": {"200": answer}}} for path in paths}
    return {"openapi": "3.1.0", "info": {"title": "loaded", "version": "1"}, "paths": said}


def app(*, breaks_after: int = 10**9, waits: float = 0.0) -> Starlette:
    """Answers as promised for a while, and then with a body that is not."""
    asked = 0

    async def answer(request: Request) -> Response:
        nonlocal asked
        asked += 1
        await asyncio.sleep(waits)
        return JSONResponse({"ok": True} if asked <= breaks_after else {"oh": "no"})

    return Starlette(routes=[Route("/good", answer), Route("/other", answer)])


async def tried(
    folder: Path,
    served: Starlette,
    by_hand: LoadByHand,
    *paths: str,
    attempts: int = 12,
    budget: float = 20.0,
    **objectives: Any,
) -> Evidence:
    """The evidence of a run; one that a busy machine could not keep is made again."""
    for attempt in range(attempts):
        with serving(served) as url, Ledger.open(folder / f"ledger{attempt}.db") as ledger:
            manifest = manifest_of({"api": {"kind": "http", "url": url, "objectives": objectives}})
            given = prepared(manifest, [by_hand.check], {"api": document(*(paths or ("/good", "/other")))})
            (row,) = evidence_of(await run(given, ledger, budget=budget))
        assert row.traceback == "", row.traceback
        if row.cause is not Cause.OURS:
            break
    return row


async def test_a_sound_target_is_proved_and_every_weight_is_kept(tmp_path: Path) -> None:
    by_hand = LoadByHand(Profile.constant(100, 1.0), {"good": 9.0, "other": 1.0})
    row = await tried(tmp_path, app(), by_hand, latency={"p50": "2s"}, rate=100)
    assert row.verdict is Verdict.PROVED, row.why
    assert by_hand.loaded is not None
    parts = by_hand.loaded.result.operations
    assert parts["good"].sent > 4 * parts["other"].sent > 0
    assert [threshold.name for threshold in by_hand.thresholds] == ["latency p50", "availability", "rate"]
    assert all(threshold.held for threshold in by_hand.thresholds)


async def test_answers_that_break_the_contract_refute_with_samples_and_the_command(tmp_path: Path) -> None:
    by_hand = LoadByHand(Profile.constant(60, 1.0), reproduce=AGAIN)
    row = await tried(tmp_path, app(breaks_after=20), by_hand)
    assert row.verdict is Verdict.REFUTED, row.why
    (finding,) = row.findings
    assert finding.reproduce == AGAIN
    assert "availability" in finding.title
    assert "'contract'" in finding.detail
    assert finding.exchanges


async def test_a_target_that_is_too_slow_is_refuted(tmp_path: Path) -> None:
    by_hand = LoadByHand(Profile.constant(40, 1.0))
    row = await tried(tmp_path, app(waits=0.1), by_hand, latency={"p50": "50ms"})
    assert row.verdict is Verdict.REFUTED, row.why
    assert "latency p50 is 1" in row.findings[0].title


async def test_too_few_answers_are_unknown(tmp_path: Path) -> None:
    row = await tried(tmp_path, app(), LoadByHand(Profile.constant(40, 0.5)), latency={"p99": "1s"})
    assert row.verdict is Verdict.UNKNOWN
    assert "p99 needs 300" in row.why


async def test_a_run_that_starves_itself_says_nothing_of_the_target(tmp_path: Path) -> None:
    async def hog() -> None:
        while True:
            time.sleep(0.1)  # noqa: ASYNC251 - it is the point
            await asyncio.sleep(0.02)

    hogging = asyncio.create_task(hog())
    by_hand = LoadByHand(Profile.constant(40, 1.0))
    row = await tried(tmp_path, app(), by_hand, attempts=1, latency={"p50": "1us"})
    hogging.cancel()
    assert row.verdict is Verdict.UNKNOWN, "an objective is missed, and nobody knows by whom"
    assert row.cause is Cause.OURS
    assert row.why.startswith("our own schedule was not kept: ")
    assert by_hand.loaded is not None
    assert not by_hand.loaded.result.kept_schedule


async def test_a_run_that_may_be_ended_early_is_refuted_long_before_its_time(tmp_path: Path) -> None:
    by_hand = LoadByHand(Profile.constant(60, 60.0), objectives=Objectives(availability=0.9), abort=True)
    row = await tried(tmp_path, app(breaks_after=20), by_hand, budget=90.0, availability="50%")
    assert row.verdict is Verdict.REFUTED, row.why
    assert by_hand.loaded is not None
    result = by_hand.loaded.result
    assert 5 <= result.duration < 30
    assert row.measures["ended_early"] == result.ended_early
    assert "ended early: " in row.findings[0].detail
    assert "below the 90.00000% that are promised" in row.findings[0].title


async def test_several_processes_judge_by_the_same_contract(tmp_path: Path) -> None:
    by_hand = LoadByHand(Profile.constant(60, 1.0), processes=2)
    row = await tried(tmp_path, app(), by_hand)
    assert row.verdict is Verdict.PROVED, row.why
    assert by_hand.loaded is not None
    assert by_hand.loaded.result.processes == 2
    assert by_hand.loaded.result.target == row.tried == 60
    row = await tried(tmp_path, app(breaks_after=20), LoadByHand(Profile.constant(60, 1.0), processes=2))
    assert row.verdict is Verdict.REFUTED, row.why
    assert "'contract'" in row.findings[0].detail
    assert row.findings[0].exchanges


async def test_few_answers_refute_a_rare_quantile_though_they_prove_none(tmp_path: Path) -> None:
    by_hand = LoadByHand(Profile.constant(60, 0.5))
    row = await tried(tmp_path, app(waits=0.1), by_hand, latency={"p99": "20ms"})
    assert row.verdict is Verdict.REFUTED, row.why


async def test_an_operation_that_was_named_and_is_never_accepted_sends_no_load(tmp_path: Path) -> None:
    by_hand = LoadByHand(Profile.constant(40, 0.5), {"gone": 1.0})
    row = await tried(tmp_path, app(), by_hand, "/gone")
    assert row.verdict is Verdict.UNKNOWN
    assert "gone was answered once 404" in row.why
    assert by_hand.loaded is None
