"""Arrivals: exact where they should be exact, and the same for the same seed where chance decides."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from itertools import islice

import numpy as np
import numpy.typing as npt
import pytest

from seamwright.engines.load.profile import Profile, Trace
from seamwright.engines.load.schedule import arrivals, picks, schedule
from tests.engines.load.drawn import drawn


def all_of(chunks: Iterator[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    return np.concatenate(list(chunks))


@pytest.mark.parametrize("seed", range(50))
def test_evenly_spread_arrivals_are_as_many_as_the_integral_of_the_rate_in_order_and_in_time(seed: int) -> None:
    profile = drawn(seed)
    times = all_of(arrivals(profile, 0))
    assert times.size == profile.count
    assert abs(times.size - profile.total) <= 1
    assert np.all(np.diff(times) >= 0)
    assert times[0] >= 0
    assert times[-1] <= profile.duration * 1e9 + 1
    assert np.array_equal(times, all_of(arrivals(profile, 99))), "chance decides nothing here"


@pytest.mark.parametrize("seed", range(50))
def test_a_poisson_process_over_any_profile_is_decided_by_its_seed(seed: int) -> None:
    profile = drawn(seed)
    first, again = (list(arrivals(profile.poisson(), seed)) for _ in range(2))
    assert [chunk.tolist() for chunk in first] == [chunk.tolist() for chunk in again]
    times = np.concatenate([np.zeros(0, dtype=np.int64), *first])
    assert np.all(np.diff(times) >= 0)
    assert times.size == 0 or 0 <= times[0] <= times[-1] <= profile.duration * 1e9 + 1
    # Six standard deviations of a Poisson number, which one of 10^9 goes beyond; more where the number is small.
    assert abs(times.size - profile.total) <= 6 * profile.total**0.5 + 12


def test_constant_arrivals_are_evenly_spaced_to_the_end() -> None:
    times = all_of(arrivals(Profile.constant(8000, 2.5), 0))
    assert times.size == 20_000
    assert set(np.diff(times).tolist()) == {125_000}
    assert times[0] == 0
    assert times[-1] < 2.5e9


def test_a_rate_that_does_not_divide_a_second_does_not_drift() -> None:
    times = all_of(arrivals(Profile.constant(7, 1000), 0))
    assert times.size == 7000
    assert abs(int(times[6999]) - round(6999 / 7 * 1e9)) <= 1


def test_a_ramp_has_a_quarter_of_its_requests_in_its_first_half() -> None:
    times = all_of(arrivals(Profile.ramp(0, 1000, 10), 0))
    assert times.size == 5000
    assert int((times < 5e9).sum()) == 1250


def test_a_spike_is_where_it_is_said() -> None:
    times = all_of(arrivals(Profile.spike(100, 1000, 10, 1), 0))
    inside = (times >= 4.5e9) & (times < 5.5e9)
    assert int(inside.sum()) == 1000
    assert times.size == 1900


def test_a_poisson_ramp_follows_the_rate() -> None:
    times = all_of(arrivals(Profile.ramp(0, 2000, 50).poisson(), 4))
    counts = np.histogram(times, bins=5, range=(0, 50e9))[0]
    assert counts == pytest.approx(np.asarray([2000, 6000, 10_000, 14_000, 18_000]), rel=0.08)


def test_the_same_seed_gives_the_same_poisson_arrivals_and_another_seed_others() -> None:
    profile = Profile.constant(5000, 3).poisson()
    first, again, other = (all_of(arrivals(profile, seed)) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first[:100], other[:100])


def test_poisson_arrivals_have_exponential_gaps() -> None:
    times = all_of(arrivals(Profile.constant(2000, 50).poisson(), 1))
    gaps = np.diff(times)
    assert times.size == pytest.approx(100_000, rel=0.02)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.02)
    assert np.all(gaps >= 0)
    assert times[-1] < 50e9


def test_a_trace_is_replayed_as_it_was() -> None:
    offsets = np.sort(np.random.default_rng(1).integers(0, 10**10, 10_000))
    assert np.array_equal(all_of(arrivals(Trace(offsets), 5)), offsets)


@pytest.mark.parametrize("profile", [Profile.ramp(1000, 9000, 200), Profile.constant(5000, 200).poisson()])
def test_memory_does_not_grow_with_the_length_of_a_run(profile: Profile) -> None:
    tracemalloc.start()
    try:
        seen = sum(chunk.size for chunk in arrivals(profile, 1))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen == pytest.approx(1_000_000, rel=0.01)
    assert peak < 2_000_000


def test_picks_follow_the_weights_and_the_seed() -> None:
    first = next(picks([1, 0, 3], 5))
    assert np.array_equal(first, next(picks([1, 0, 3], 5)))
    shares = np.bincount(first, minlength=3) / first.size
    assert shares[1] == 0
    assert shares[2] == pytest.approx(0.75, abs=0.03)


def test_a_schedule_joins_both_and_the_mix_does_not_depend_on_the_arrivals() -> None:
    steady = list(schedule(Profile.constant(100, 1), [1, 1], 3))
    chance = list(islice(schedule(Profile.constant(100, 10).poisson(), [1, 1], 3), 100))
    assert len(steady) == 100
    assert [pick for _, pick in steady] == [pick for _, pick in chance]


def test_weights_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="weights"):
        next(picks([0, 0], 0))
