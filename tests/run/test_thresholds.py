"""Objectives against figures: held, broken, and not to be said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from seamwright.engines.load import LoadResult
from seamwright.engines.load.recorder import Recorder
from seamwright.engines.load.result import Lag
from seamwright.model.boundary import Objectives
from seamwright.run.thresholds import LOAD_TIMEOUT, Threshold, failures, patience, refusals, thresholds


def result(count: int = 1000, latency: float = 0.1, **more: Any) -> LoadResult:
    """A run of ten seconds in which every request took as long."""
    recorder = Recorder(["get"])
    series = recorder.series(0, "2xx")
    for _ in range(count):
        series.intended(int(latency * 1e9))
        series.service(1)
    recorder.flush()
    made = LoadResult(
        rate=count / 10,
        duration=10.0,
        seed=0,
        arrival="constant",
        elapsed=10.0,
        target=count,
        sent=count,
        answered=count,
        statuses={200: count},
        errors={},
        invalid=0,
        intended=None,
        service=None,
        send_lag=Lag(0.0, 0.0, 0.0),
        own_lag=Lag(0.0, 0.0, 0.0),
        kept_schedule=True,
        not_kept_because=None,
        backlog=0,
        in_flight=1,
        connects=1,
        cpu=0.1,
        operations={},
        timeline=(),
        failures=(),
        error_samples=(),
        recorder=recorder,
    )
    return replace(made, **more)


def judged(objectives: dict[str, Any], made: LoadResult) -> dict[str, Threshold]:
    return {each.name: each for each in thresholds(Objectives.model_validate(objectives), made)}


@pytest.mark.parametrize(("limit", "held"), [("101ms", True), ("90ms", False)])
def test_latency_is_the_intended_one(limit: str, held: bool) -> None:
    found = judged({"latency": {"p99": limit}}, result())["latency p99"]
    assert found.held is held
    assert found.measured == pytest.approx(0.1, rel=0.005)


def test_a_quantile_of_too_few_answers_is_not_to_be_said() -> None:
    found = judged({"latency": {"p999": "1s", "p50": "1s"}}, result(2999))
    assert found["latency p999"].held is None
    assert "3000" in found["latency p999"].why
    assert found["latency p50"].held is True


@pytest.mark.parametrize(("promised", "lost", "held"), [("99.9%", 1, True), ("99.9%", 2, False), (None, 1, False)])
def test_availability_counts_every_request_that_was_due(promised: str | None, lost: int, held: bool) -> None:
    made = result(statuses={200: 1000 - lost}, errors={"timeout": lost}, answered=1000 - lost)
    assert judged({"availability": promised} if promised else {}, made)["availability"].held is held


def test_failures_and_refusals_are_told_apart() -> None:
    statuses = {200: 90, 404: 4, 429: 3, 503: 2}
    made = result(100, statuses=statuses, answered=99, errors={"reset": 1}, invalid=11)
    assert failures(made) == {"429": 3, "503": 2, "reset": 1, "contract": 2}
    assert refusals(made) == 4


@pytest.mark.parametrize(
    ("promised", "statuses", "held"),
    [("100/s", {200: 1000}, True), ("100/s", {200: 940, 500: 60}, False), ("101/s", {200: 1000}, None)],
)
def test_the_rate_counts_good_answers_where_so_many_were_offered(
    promised: str, statuses: dict[int, int], held: bool | None
) -> None:
    found = judged({"rate": promised}, result(statuses=statuses)).get("rate")
    assert (found.held if found else None) is held


def test_a_run_without_requests_says_nothing() -> None:
    assert judged({}, result(0))["availability"].held is None


def test_patience_is_a_multiple_of_what_is_promised() -> None:
    assert patience(Objectives()) == LOAD_TIMEOUT
    assert patience(Objectives.model_validate({"latency": {"p50": "100ms", "p99": "2s"}})) == 8
    assert patience(Objectives.model_validate({"latency": {"p99": "10ms"}})) == 1, "a busy machine is waited for"
    assert patience(Objectives.model_validate({"deadline": "3s"})) == 3
