"""Arrivals: exact where they should be exact, and the same for the same seed where chance decides."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import numpy.typing as npt
import pytest

from seamwright.engines.load.schedule import arrivals, constant, picks, poisson, schedule


def all_of(chunks: Iterator[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    return np.concatenate(list(chunks))


def test_constant_arrivals_are_evenly_spaced_to_the_end() -> None:
    times = all_of(constant(8000, 2.5))
    assert times.size == 20_000
    assert set(np.diff(times).tolist()) == {125_000}
    assert times[0] == 0
    assert times[-1] < 2.5e9


def test_a_rate_that_does_not_divide_a_second_does_not_drift() -> None:
    times = all_of(constant(7, 1000))
    assert times.size == 7000
    assert abs(int(times[6999]) - round(6999 / 7 * 1e9)) <= 1


def test_the_same_seed_gives_the_same_poisson_arrivals_and_another_seed_others() -> None:
    first, again, other = (all_of(poisson(5000, 3, seed)) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first[:100], other[:100])


def test_poisson_arrivals_have_exponential_gaps() -> None:
    times = all_of(poisson(2000, 50, 1))
    gaps = np.diff(times)
    assert times.size == pytest.approx(100_000, rel=0.02)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.02)
    assert np.all(gaps >= 0)
    assert times[-1] < 50e9


def test_picks_follow_the_weights_and_the_seed() -> None:
    first = next(picks([1, 0, 3], 5))
    assert np.array_equal(first, next(picks([1, 0, 3], 5)))
    shares = np.bincount(first, minlength=3) / first.size
    assert shares[1] == 0
    assert shares[2] == pytest.approx(0.75, abs=0.03)


def test_a_schedule_joins_both_and_the_mix_does_not_depend_on_the_arrivals() -> None:
    steady = list(schedule("constant", 100, 1, [1, 1], 3))
    chance = list(islice(schedule("poisson", 100, 10, [1, 1], 3), 100))
    assert len(steady) == 100
    assert [pick for _, pick in steady] == [pick for _, pick in chance]


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        next(constant(0, 1))
    with pytest.raises(ValueError, match="duration"):
        next(poisson(1, float("inf"), 0))
    with pytest.raises(ValueError, match="weights"):
        next(picks([0, 0], 0))
    with pytest.raises(ValueError, match="arrival"):
        arrivals("ramp", 1, 1, 0)  # type: ignore[arg-type]
