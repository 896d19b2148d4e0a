"""A run is ended early when a limit is plainly broken, and not for one bad second, nor for what was our own doing."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from seamwright.engines.load import LoadResult, run_load, surely_exceeds
from seamwright.engines.load.limits import Limits, Watch
from seamwright.engines.load.recorder import Histogram, Row
from tests.engines.load.test_run import OK, plan, users
from tests.engines.servers import Behaviour, read_request, serving

SLOW = Limits((("p99", 0.99, 0.1),), window=3)
FAILING = Limits(failed=0.01, window=3)


def row(second: int, quick: int, slow: int = 0, failed: int = 0, late: int = 0) -> Row:
    intended = Histogram()
    intended.record(np.array([1_000_000] * quick + [500_000_000] * slow, dtype=np.int64))
    number = quick + slow
    return Row(second, second + 1, number, number, number, 0, failed, late, intended, Histogram())


def said(limits: Limits, *rows: Row) -> list[bool]:
    watch = Watch(limits)
    return [watch.see(row) is not None for row in rows]


def test_a_limit_that_is_broken_all_along_ends_the_run_when_the_window_is_full() -> None:
    assert said(SLOW, *(row(second, 50, 50) for second in range(4))) == [False, False, True, True]
    assert said(FAILING, *(row(second, 100, failed=5) for second in range(3))) == [False, False, True]


def test_one_bad_second_ends_nothing() -> None:
    assert not any(said(SLOW, *(row(second, 100, 100 * (second == 4)) for second in range(9))))


def test_a_bad_beginning_that_is_over_ends_nothing() -> None:
    assert not any(said(SLOW, *(row(second, 100, 100 * (second < 2)) for second in range(9))))


def test_a_late_break_waits_until_all_that_ended_breaks_the_limit_too() -> None:
    median = Limits((("p50", 0.5, 0.1),), window=3)
    rows = [row(second, 100 * (second < 5), 100 * (second >= 5)) for second in range(12)]
    assert said(median, *rows).index(True) == 10, "five good seconds, and the sixth bad one is one too many"


def test_what_chance_may_bring_ends_nothing() -> None:
    assert not any(said(FAILING, *(row(second, 60, failed=1) for second in range(9))))


def test_seconds_in_which_nothing_ended_say_nothing() -> None:
    assert said(FAILING, row(0, 9, failed=9), row(1, 0), row(2, 9, failed=9)) == [False, False, True]
    assert not any(said(FAILING, *(row(second, 0) for second in range(5))))


def test_what_our_own_process_was_late_for_ends_nothing() -> None:
    assert not any(said(SLOW, *(row(second, 50, 50, late=3) for second in range(5))))


def test_the_reason_says_how_many_of_what() -> None:
    watch = Watch(SLOW)
    told = [watch.see(row(second, 50, 50)) for second in range(3)][-1]
    assert told == "50.00% of the requests took longer than the 100 ms of p99 in the last 3 s, and 1% may"
    watch = Watch(Limits(failed=0.0, window=3))
    told = [watch.see(row(second, 50, failed=1)) for second in range(3)][-1]
    assert told == "2.00% of the requests failed in the last 3 s, and none may"


@pytest.mark.parametrize(
    "wrong",
    [{}, {"failed": 1.0}, {"failed": 0.1, "window": 1}, {"latency": (("p99", 1.0, 1.0),)}],
)
def test_limits_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"limit|share|window"):
        Limits(**wrong)


def test_a_share_is_exceeded_surely_only_with_enough_of_them() -> None:
    assert not surely_exceeds(0, 0, 0.0)
    assert surely_exceeds(1, 10**6, 0.0)
    assert not surely_exceeds(2, 100, 0.01)
    assert surely_exceeds(20, 100, 0.01)
    # Of 2,000 draws at exactly the allowed share, about one in a thousand may seem to be more.
    draws = np.random.default_rng(5).binomial(300, 0.05, 2000)
    assert sum(surely_exceeds(int(bad), 300, 0.05) for bad in draws) < 12


def breaks(after: int, waits: float = 0.0, answer: bytes = OK) -> Behaviour:
    asked = 0

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while await read_request(reader):
            asked += 1
            broken = asked > after
            if broken and waits:
                await asyncio.sleep(waits)
            writer.write(answer if broken else OK)

    return behave


def adds_up(result: LoadResult) -> None:
    assert result.target == result.answered + sum(result.errors.values())
    assert sum(row.offered for row in result.timeline) == result.target + result.withdrawn


async def test_a_target_that_fails_from_some_moment_on_is_left_alone_soon() -> None:
    error = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
    with serving(breaks(50, answer=error)) as port:
        result = await run_load(plan(port, rate=100, duration=60, limits=Limits(failed=0.01, window=2)))
    assert result.ended_early is not None
    assert "failed in the last" in result.ended_early
    assert 2 <= result.duration <= result.elapsed < 15
    assert result.rate == pytest.approx(100, rel=0.1)
    adds_up(result)


async def test_what_waits_is_taken_back_and_what_is_on_its_way_is_waited_for() -> None:
    with serving(breaks(0, waits=0.6)) as port:
        limits = Limits((("p50", 0.5, 0.1),), window=2)
        result = await run_load(plan(port, rate=100, duration=60, connections=4, limits=limits))
    assert result.ended_early is not None
    assert result.withdrawn > 50
    assert result.errors == {}
    assert result.elapsed < 15
    adds_up(result)


async def test_users_end_early_too() -> None:
    with serving(breaks(0, waits=0.1)) as port:
        result = await run_load(users(port, 3, 60, limits=Limits((("p50", 0.5, 0.01),), window=2)))
    assert result.ended_early is not None
    assert result.elapsed < 15
    adds_up(result)


async def test_a_target_that_keeps_its_limits_is_asked_to_the_end() -> None:
    with serving(breaks(10**9)) as port:
        limits = Limits((("p50", 0.5, 2.0),), failed=0.0, window=2)
        result = await run_load(plan(port, rate=50, duration=3, limits=limits))
    assert result.ended_early is None
    assert result.target == 150
    assert result.withdrawn == 0
