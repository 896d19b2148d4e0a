"""A deadline is one budget for all that is done under it."""

from __future__ import annotations

import asyncio
import time

import pytest

from seamwright.kit.deadline import Deadline, DeadlineExceeded


def test_what_remains_shrinks_and_is_never_below_zero() -> None:
    now = 100.0
    deadline = Deadline.after(2.0, clock=lambda: now)
    assert deadline.remaining == 2.0
    now = 101.5
    assert deadline.remaining == 0.5
    assert not deadline.expired
    now = 109.0
    assert deadline.remaining == 0.0
    with pytest.raises(DeadlineExceeded, match="before the call"):
        deadline.check()


def test_it_lies_ahead() -> None:
    with pytest.raises(ValueError, match="ahead"):
        Deadline.after(-1)


async def test_work_that_takes_longer_is_cancelled() -> None:
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="under way"):
        async with Deadline.after(0.05).enforce():
            await asyncio.sleep(30)
    assert time.monotonic() - began < 5


async def test_two_calls_share_one_budget() -> None:
    deadline = Deadline.after(0.2)
    async with deadline.enforce():
        await asyncio.sleep(0.15)
    with pytest.raises(DeadlineExceeded):
        async with deadline.enforce():
            await asyncio.sleep(0.15)


async def test_a_timeout_of_the_work_itself_is_not_taken_for_the_deadline() -> None:
    with pytest.raises(TimeoutError) as caught:
        async with Deadline.after(30).enforce():
            raise TimeoutError("of its own")
    assert not isinstance(caught.value, DeadlineExceeded)
