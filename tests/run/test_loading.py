"""A load run, from cases to figures that a check can judge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench, LoadFigures
from seamwright.model.check import Applies, Dares
from seamwright.model.evidence import Observation, Proved
from seamwright.model.verdict import Verdict
from tests.run.trial import check, evidence_of, manifest_of, prepared, run
from tests.serving import free_port, serving

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "loaded", "version": "1"},
    "paths": {
        path: {
            "get": {
                "operationId": name,
                "responses": {
                    "200": {"description": "ok", "content": {"application/json": {"schema": {"type": "object"}}}}
                },
            }
        }
        for path, name in (("/good", "good"), ("/broken", "broken"), ("/drifted", "drifted"))
    },
}


async def _good(request: Request) -> Response:
    assert request.headers["authorization"] == "Bearer t0ken-of-alice"
    return JSONResponse({})


async def _broken(request: Request) -> Response:
    return JSONResponse({}, 500)


async def _drifted(request: Request) -> Response:
    return JSONResponse([])


APP = Starlette(routes=[Route("/good", _good), Route("/broken", _broken), Route("/drifted", _drifted)])


async def loaded(
    folder: Path, url: str, *operations: str, duration: float = 1.0, abort: bool = False
) -> tuple[LoadFigures, Ledger]:
    seen: list[LoadFigures] = []

    async def loads(bench: Bench) -> AsyncIterator[Observation]:
        alice = bench.subject.manifest.identities["alice"]
        cases = [(await bench.case(bench.operation(name)), alice) for name in operations]
        for _ in range(8):  # one request that this process is late with is more than 1 % of so few
            seen.append(await bench.load(cases, rate=60, duration=duration, abort=abort))
            if seen[-1].kept_schedule:
                break
        yield Proved("rate")

    manifest = manifest_of({"api": url}, identities={"alice": {"token": "t0ken-of-alice"}}, secrets=["t0ken-of-alice"])
    made = check("load.rate", loads, applies=lambda s: Applies(("rate",)), dares=Dares.LOAD, alone=True)
    ledger = Ledger.open(folder / "ledger.db")
    (row,) = evidence_of(await run(prepared(manifest, [made], {"api": DOCUMENT}), ledger))
    assert row.traceback == "", row.traceback
    assert row.verdict is Verdict.PROVED
    assert row.exchanges >= 1, "a load run leaves at least the exchange that sums it up"
    return seen[-1], ledger


async def test_a_healthy_target(tmp_path: Path) -> None:
    with serving(APP) as url:
        figures, ledger = await loaded(tmp_path, url, "good")
    with ledger:
        assert figures.kept_schedule, figures.why_not
        assert figures.target_rate == 60
        assert 50 <= figures.sent <= 61
        assert figures.answered == figures.sent
        assert figures.statuses == {"200": figures.sent}
        assert figures.errors == {}
        assert 0 < figures.service["p50"] <= figures.service["p99"] <= figures.service["max"]
        assert figures.intended["p99"] >= figures.service["p50"]
        assert set(figures.send_lag) == {"p50", "p99", "max"}
        assert sum(window["sent"] for window in figures.timeline) == figures.sent
        covered = {row.operation: row.statuses for row in ledger.record("last").coverage}
        assert set(covered["good"]) == {"200"}
        # A load run that our own side could not keep is done again, and its calls were made all the same.
        assert covered["good"]["200"] >= figures.sent
        assert "t0ken-of-alice" not in repr(ledger.exchanges("last"))


async def test_errors_and_answers_that_break_the_contract_are_counted_with_samples(tmp_path: Path) -> None:
    with serving(APP) as url:
        figures, ledger = await loaded(tmp_path, url, "good", "broken", "drifted")
    with ledger:
        assert set(figures.statuses) == {"200", "500"}
        assert figures.errors["contract"] >= figures.statuses["500"]
        assert {sample.operation for sample in figures.samples} == {"broken", "drifted"}
        assert 0 < len(figures.samples) <= 20
        assert all(sample.note.startswith("under load") for sample in figures.samples)
        kept = {exchange.number for exchange in ledger.exchanges("last")}
        assert {sample.number for sample in figures.samples} <= kept


async def test_a_check_may_end_a_run_early(tmp_path: Path) -> None:
    with serving(APP) as url:
        figures, ledger = await loaded(tmp_path, url, "good", "broken", duration=60.0, abort=True)
    with ledger:
        assert "failed in the last" in figures.ended_early
        assert figures.duration < 15


async def test_a_target_that_is_down(tmp_path: Path) -> None:
    figures, ledger = await loaded(tmp_path, f"http://127.0.0.1:{free_port()}", "good")
    with ledger:
        assert figures.answered == 0
        assert sum(figures.errors.values()) > 0 or not figures.kept_schedule
        assert not ledger.record("last").coverage[0].answered
