"""The search for the highest rate, on targets that are functions: whatever their limit, it is found or not claimed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from seamwright.engines.load.search import Knee, Search, Tried, knee

KEPT, BROKEN, OURS = Tried.KEPT, Tried.BROKEN, Tried.OURS


def searched(search: Search, target: Callable[[float], Tried]) -> int:
    steps = 0
    while (rate := search.next()) is not None:
        search.tell(rate, target(rate))
        steps += 1
        assert steps < 100, "it does not end"
    return steps


@pytest.mark.parametrize("limit", [1.5, 9.0, 10.0, 137.0, 5000.0, 123_456.0])
def test_a_sharp_limit_is_found_within_the_precision(limit: float) -> None:
    search = Search(10.0)
    steps = searched(search, lambda rate: KEPT if rate <= limit else BROKEN)
    keeps, fails = search.keeps, search.fails
    assert keeps is not None
    assert fails is not None
    assert keeps <= limit < fails <= keeps * 1.0501
    assert search.tries(keeps) == {KEPT: 3}
    assert search.tries(fails) == {BROKEN: 3}
    assert search.confirmed
    assert search.out_of_reach is None
    assert steps < 35


def test_a_limit_that_wavers_is_told_with_what_lies_between() -> None:
    """Sure below 100 and above 120, and a matter of luck in between."""
    for seed in range(200):
        random = Random(seed)

        def target(rate: float, random: Random = random) -> Tried:
            if 100 < rate < 120:
                return random.choice((KEPT, BROKEN))
            return KEPT if rate <= 100 else BROKEN

        search = Search(10.0)
        searched(search, target)
        assert search.keeps is not None
        assert search.fails is not None
        assert 80 < search.keeps < 120
        assert search.fails > 100
        assert search.confirmed
        assert all(search.keeps < rate for rate in search.sometimes)


def test_what_our_own_side_cannot_make_is_no_limit_of_the_target() -> None:
    search = Search(10.0)
    searched(search, lambda rate: KEPT if rate <= 300 else OURS)
    assert search.keeps is not None
    assert 280 < search.keeps <= 300
    assert search.fails is None
    assert search.out_of_reach is not None
    assert search.out_of_reach > 300
    assert search.tries(search.out_of_reach) == {OURS: 3}


def test_a_moment_in_which_we_were_late_is_tried_again() -> None:
    turn = iter([OURS] * 2 + [KEPT] + [OURS] + [BROKEN] * 99)
    search = Search(10.0, least=9.9)
    searched(search, lambda rate: next(turn))
    assert search.tries(10.0)[KEPT] == 1
    assert search.out_of_reach is None


def test_nothing_is_tried_above_the_highest_rate_and_it_is_confirmed() -> None:
    search = Search(10.0, most=100.0)
    seen: list[float] = []

    def target(rate: float) -> Tried:
        seen.append(rate)
        return KEPT

    searched(search, target)
    assert seen == [10.0, 20.0, 40.0, 80.0, 100.0, 100.0, 100.0]
    assert (search.keeps, search.fails, search.confirmed) == (100.0, None, True)


def test_a_target_that_keeps_no_rate_is_tried_down_to_the_least() -> None:
    search = Search(10.0)
    searched(search, lambda rate: BROKEN)
    assert (search.keeps, search.fails, search.confirmed) == (None, 1.0, False)
    assert search.tries(1.0) == {BROKEN: 3}


def test_a_client_that_is_starved_from_the_beginning_ends_too() -> None:
    search = Search(10.0)
    searched(search, lambda rate: OURS)
    assert (search.keeps, search.fails, search.out_of_reach) == (None, None, 1.0)


@pytest.mark.parametrize("wrong", [{"first": 0.5}, {"first": 9, "most": 8}, {"first": 9, "growth": 1}])
def test_a_search_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="search"):
        Search(**wrong)  # type: ignore[arg-type]


def test_the_knee_lies_where_latency_leaves_its_plateau() -> None:
    points = [(10, 0.02), (20, 0.021), (40, 0.019), (80, 0.03), (90, 0.05), (100, 0.4), (100, 0.5), (120, 2.0)]
    assert knee(points) == Knee(0.0205, 80, 90)


def test_one_bad_moment_on_the_plateau_is_no_knee() -> None:
    points = [(10, 0.02), (20, 0.2), (40, 0.02), (80, 0.02), (100, 0.4)]
    found = knee(points)
    assert found is not None
    assert (found.on, found.off) == (80, 100)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(10, 0.02), (100, 0.9)],
        [(10, 0.02), (20, 0.02), (40, 0.02)],
        [(10, 0.0001), (20, 0.0001), (40, 0.0009)],
    ],
)
def test_where_there_is_no_knee_none_is_told(points: list[tuple[float, float]]) -> None:
    assert knee(points) is None
