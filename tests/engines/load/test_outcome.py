"""Shares of a run add up to what one process would have told, and each is judged by itself."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from seamwright.engines.load import LoadPlan, RequestTemplate
from seamwright.engines.load.outcome import Outcome, result_of
from seamwright.engines.load.recorder import Histogram, Recorder
from seamwright.engines.load.result import ErrorSample

PLAN = LoadPlan("127.0.0.1", 1, (RequestTemplate("a", b"a"), RequestTemplate("b", b"b")), rate=10, duration=1)
VALUES = np.random.default_rng(3).integers(1, 10**9, 600).tolist()


def histogram(*values: int) -> Histogram:
    made = Histogram()
    made.record(np.array(values, dtype=np.int64))
    return made


def outcome(values: list[int], **more: Any) -> Outcome:
    recorder = Recorder(["a", "b"])
    for value in values:
        series = recorder.series(0, "2xx", 200)
        series.intended(value)
        series.service(value // 2)
    recorder.series(1, "timeout").intended(5 * 10**9)
    recorder.flush()
    settings: dict[str, Any] = {
        "recorder": recorder,
        "invalid": {"a": 1, "b": 0},
        "failures": [],
        "error_samples": [ErrorSample("b", "timeout", "", float(len(values)))],
        "target": len(values) + 1,
        "sent": len(values),
        "withdrawn": 0,
        "connects": 2,
        "own_failures": 0,
        "backlog": 3,
        "in_flight": 4,
        "elapsed": 1.0,
        "offered_for": 1.0,
        "cpu": 0.5,
        "own_lags": histogram(1000),
        "loop_lags": histogram(1000),
    }
    return Outcome(**(settings | more))


def test_shares_that_went_over_a_pipe_add_up_to_the_whole_without_loss() -> None:
    whole = result_of(PLAN, [outcome(VALUES)], [])
    parts = [pickle.loads(pickle.dumps(outcome(VALUES[i::3]))) for i in range(3)]
    merged = result_of(PLAN, parts, [])
    assert merged.operations["a"].intended == whole.operations["a"].intended
    assert merged.operations["a"].service == whole.operations["a"].service
    for kind in ("intended", "service"):
        one, other = whole.recorder.latency(kind, "a"), merged.recorder.latency(kind, "a")
        assert np.array_equal(one.counts, other.counts)
    assert merged.statuses == whole.statuses == {200: 600}
    assert merged.errors == {"timeout": 3}
    assert merged.send_lag == whole.send_lag
    assert (merged.target, merged.sent, merged.invalid, merged.connects) == (603, 600, 3, 6)
    assert (merged.backlog, merged.in_flight, merged.cpu, merged.processes) == (9, 12, 0.5, 3)
    assert merged.kept_schedule
    assert [sample.at for sample in merged.error_samples] == [200.0, 200.0, 200.0]


def test_one_starved_process_is_not_outvoted() -> None:
    late = outcome([1], own_lags=histogram(*[10**9] * 10))
    prompt = [outcome(VALUES, own_lags=histogram(*[1000] * 10_000)) for _ in range(3)]
    result = result_of(PLAN, [*prompt, late], [])
    assert not result.kept_schedule
    assert (result.not_kept_because or "").startswith("in process 4 of 4, 1% of the requests came 1000")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"loop_lags": histogram(*[10**9] * 10)}, "the event loop was held up"),
        ({"own_failures": 600}, "could not be opened for want of"),
        ({"cpu": 0.99}, "at work 99% of the time"),
    ],
)
def test_why_a_schedule_was_not_kept(more: dict[str, Any], told: str) -> None:
    assert told in (result_of(PLAN, [outcome(VALUES, **more)], []).not_kept_because or "")


def test_a_process_that_is_lost_leaves_no_schedule_that_was_kept() -> None:
    result = result_of(PLAN, [outcome(VALUES)], [], lost=["process 2 of 2 was ended by SIGKILL"], started=2)
    assert (result.processes, result.answered) == (2, 600)
    assert result.not_kept_because == "process 2 of 2 was ended by SIGKILL"
    nothing = result_of(PLAN, [], [], lost=["both"], started=2)
    assert (nothing.target, nothing.intended, nothing.kept_schedule) == (0, None, False)
