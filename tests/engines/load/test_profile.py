"""Profiles: their integral is what they promise, its inverse is exact, and nonsense is refused."""

from __future__ import annotations

import numpy as np
import pytest

from seamwright.engines.load.profile import Profile, Stage, Trace, Users, read_trace
from tests.engines.load.drawn import drawn


def integral(profile: Profile, at: float) -> float:
    """The integral of the rate from 0 to `at`, written down anew."""
    total = 0.0
    for stage in profile.stages:
        spent = min(max(at, 0.0), stage.duration)
        total += spent * stage.start + (stage.end - stage.start) * spent**2 / (2 * stage.duration)
        at -= spent
    return total


@pytest.mark.parametrize("seed", range(50))
def test_what_is_reached_is_the_inverse_of_the_integral(seed: int) -> None:
    profile = drawn(seed)
    totals = np.sort(np.random.default_rng(seed).random(50)) * profile.total
    times = profile.reached(totals)
    assert np.all(np.diff(times) >= -1e-9)
    assert np.all((times >= 0) & (times <= profile.duration + 1e-9))
    for total, time in zip(totals, times, strict=True):
        assert integral(profile, float(time)) == pytest.approx(total, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize("seed", range(20))
def test_duration_mean_and_peak_fit_together(seed: int) -> None:
    profile = drawn(seed)
    assert profile.total == pytest.approx(integral(profile, profile.duration))
    assert profile.mean * profile.duration == pytest.approx(profile.total)
    assert profile.peak >= profile.mean * (1 - 1e-9)
    assert profile.count >= profile.total - 1e-6


def test_what_lies_beyond_the_end_is_never_reached() -> None:
    assert Profile.constant(10, 1).reached(np.asarray([11.0]))[0] == np.inf


def test_the_named_profiles() -> None:
    assert Profile.constant(200, 3).total == 600
    assert Profile.ramp(0, 100, 10).total == 500
    assert Profile.steps([10, 20, 30], 6).total == 120
    spike = Profile.spike(10, 100, 10, 2)
    assert (spike.total, spike.duration, spike.peak) == (280, 10, 100)
    assert spike.poisson().arrival == "poisson"
    assert spike.poisson().stages == spike.stages


def test_nothing_is_due_in_a_pause() -> None:
    paused = Profile((Stage(1, 10, 10), Stage(5, 0, 0), Stage(1, 10, 10)))
    times = paused.reached(np.arange(20, dtype=np.float64))
    assert not np.any((times > 1) & (times < 6))
    assert times[10] == 6


def test_a_trace_is_read_in_any_order_with_comments_and_further_columns() -> None:
    trace = read_trace(["# recorded yesterday", "", "0.5,GET /", "0.25", " 2.0 "])
    assert trace.offsets.tolist() == [250_000_000, 500_000_000, 2_000_000_000]
    assert (trace.count, trace.duration, trace.mean, trace.arrival) == (3, 2.0, 1.5, "replay")
    assert trace.peak == 2


@pytest.mark.parametrize("line", ["soon", "-1", "nan", "inf"])
def test_a_wrong_line_of_a_trace_is_told_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_trace(["1", line])


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="duration"):
        Stage(0, 1, 1)
    with pytest.raises(ValueError, match="rate"):
        Stage(1, -1, 1)
    with pytest.raises(ValueError, match="stage"):
        Profile(())
    with pytest.raises(ValueError, match="rate"):
        Profile.constant(0, 1)
    with pytest.raises(ValueError, match="arrival"):
        Profile((Stage(1, 1, 1),), "ramp")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="rate"):
        Profile.steps([], 1)
    with pytest.raises(ValueError, match="spike"):
        Profile.spike(1, 2, 10, 10)
    with pytest.raises(ValueError, match="moment"):
        read_trace([])
    with pytest.raises(ValueError, match="sorted"):
        Trace(np.asarray([2, 1], dtype=np.int64))


@pytest.mark.parametrize("wrong", [(0, 1.0, 0.0), (1, 0.0, 0.0), (1, float("inf"), 0.0), (1, 1.0, -1.0)])
def test_users_that_cannot_be_are_refused(wrong: tuple[int, float, float]) -> None:
    with pytest.raises(ValueError, match=r"user|duration|think"):
        Users(*wrong)
    assert Users(1, 1.0).arrival == "closed"


def test_a_trace_is_replayed_at_another_speed() -> None:
    assert read_trace(["0", "1", "2.5"]).at_speed(2).offsets.tolist() == [0, 500_000_000, 1_250_000_000]
    for speed in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="speed"):
            read_trace(["0"]).at_speed(speed)
