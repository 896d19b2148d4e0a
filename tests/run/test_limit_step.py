"""One step is kept, broken by what it was broken by first, or nothing that can be told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from seamwright.engines.load import LoadResult
from seamwright.engines.load.outcome import result_of
from seamwright.engines.load.recorder import Window
from seamwright.engines.load.search import Tried
from seamwright.model.boundary import Latency, Objectives
from seamwright.model.errors import Undecided
from seamwright.run.limit_step import ERRORS, LATENCY, OWN, THROUGHPUT, judged, seconds_for
from tests.engines.load.test_outcome import PLAN, outcome

PROMISED = Objectives(latency=Latency(p50=0.1))


def result(quick: int, slow: int = 0, *rows: tuple[int, int, int, float], **more: Any) -> LoadResult:
    """A run of as many seconds as there are rows of (offered, answered, failed, p50)."""
    share = outcome([1_000_000] * quick + [500_000_000] * slow)
    share.recorder._series.pop((1, "timeout", 0))
    timeline = [
        Window(i, i + 1, due, due, done, 0, p50, p50, p50, failed) for i, (due, done, failed, p50) in enumerate(rows)
    ]
    share.target = quick + slow
    share.invalid = {}
    made = result_of(PLAN, [share], timeline)
    return replace(made, duration=float(len(rows)), **more)


def test_a_rate_that_is_carried_in_time_is_kept() -> None:
    step = judged(PROMISED, 50, result(100, 0, (50, 50, 0, 0.001), (50, 50, 0, 0.001)), 64, None)
    assert (step.tried, step.gave_out, step.why, step.throughput) == (Tried.KEPT, (), "", 50)


def test_what_was_broken_first_is_told_first() -> None:
    queue = result(40, 60, (50, 40, 0, 0.01), (50, 40, 0, 0.3))
    step = judged(PROMISED, 50, queue, 64, None)
    assert (step.tried, step.gave_out) == (Tried.BROKEN, (THROUGHPUT, LATENCY))
    assert "40/s were answered of 50/s" in step.why
    slow = result(40, 60, (50, 50, 0, 0.3), (50, 30, 0, 0.5))
    assert judged(PROMISED, 50, slow, 64, None).gave_out == (LATENCY, THROUGHPUT)
    failing = result(70, 30, (50, 50, 5, 0.001), (50, 50, 5, 0.001), statuses={200: 90, 503: 10})
    assert judged(PROMISED, 50, failing, 64, None).gave_out == (ERRORS,)


def test_a_schedule_that_was_not_kept_is_ours_whatever_was_measured() -> None:
    late = result(0, 100, (50, 9, 0, 1.0), (50, 9, 0, 1.0), kept_schedule=False, not_kept_because="late")
    step = judged(PROMISED, 50, late, 64, None)
    assert (step.tried, step.gave_out, step.why) == (Tried.OURS, (OWN,), "late")


def test_more_than_our_connections_can_carry_is_ours() -> None:
    queue = result(40, 60, (50, 40, 0, 0.01), (50, 40, 0, 0.3))
    step = judged(PROMISED, 50, queue, 4, 0.1)
    assert (step.tried, step.gave_out) == (Tried.OURS, (OWN,))
    assert "about 5 connections, and there are 4" in step.why
    assert judged(PROMISED, 50, queue, 64, 0.1).tried is Tried.BROKEN
    failing = result(70, 30, (50, 50, 5, 0.001), (50, 50, 5, 0.001), statuses={200: 90, 503: 10})
    assert judged(PROMISED, 50, failing, 4, 0.1).gave_out == (ERRORS,), "an error that was answered is the target's"


def test_refused_calls_and_too_few_answers_end_the_search() -> None:
    with pytest.raises(Undecided, match="were refused"):
        judged(PROMISED, 50, result(100, 0, (50, 50, 0, 0.001), (50, 50, 0, 0.001), statuses={403: 100}), 64, None)
    with pytest.raises(Undecided, match="p999 needs 3000"):
        judged(Objectives(latency=Latency(p999=1)), 50, result(100, 0, (50, 50, 0, 0), (50, 50, 0, 0)), 64, None)


def test_a_step_is_long_enough_for_what_is_promised() -> None:
    assert seconds_for(Objectives(), 10, 5) == 5
    assert seconds_for(Objectives(latency=Latency(p99=1)), 11, 5) == 30
    assert seconds_for(Objectives(latency=Latency(p999=1)), 1, 5) == 60
