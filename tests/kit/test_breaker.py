"""A breaker opens after failures in a row, lets one call try after its pause, and closes when that goes well."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from seamwright.kit.breaker import Breaker, CircuitOpen


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def call(breaker: Breaker, *, fails: bool = False, error: type[Exception] = OSError) -> None:
    with contextlib.suppress(error), breaker.guarding(OSError):
        if fails:
            raise error


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, pause=1.0, clock=clock)


def test_it_opens_after_so_many_failures_in_a_row(breaker: Breaker) -> None:
    call(breaker, fails=True)
    call(breaker, fails=True)
    call(breaker)
    call(breaker, fails=True)
    call(breaker, fails=True)
    assert breaker.closed, "a success begins the row anew"
    call(breaker, fails=True)
    with pytest.raises(CircuitOpen) as told:
        call(breaker)
    assert told.value.seconds == pytest.approx(1.0)


def test_an_error_of_another_kind_is_no_failure(breaker: Breaker) -> None:
    for _ in range(5):
        call(breaker, fails=True, error=KeyError)
    assert breaker.closed


@pytest.mark.parametrize("fails", [True, False])
def test_after_the_pause_one_call_tries(breaker: Breaker, clock: Clock, fails: bool) -> None:
    for _ in range(3):
        call(breaker, fails=True)
    clock.now = 1.1
    with contextlib.suppress(OSError), breaker.guarding(OSError):
        with pytest.raises(CircuitOpen):
            call(breaker)
        if fails:
            raise OSError
    assert breaker.closed is not fails
    if fails:
        clock.now = 2.0
        with pytest.raises(CircuitOpen):
            call(breaker)
        clock.now = 2.2
        call(breaker)
        assert breaker.closed


def test_a_try_that_is_cancelled_leaves_room_for_another(breaker: Breaker, clock: Clock) -> None:
    breaker.hold(1.0)
    clock.now = 1.1
    with contextlib.suppress(asyncio.CancelledError), breaker.guarding(OSError):
        raise asyncio.CancelledError
    assert not breaker.closed
    call(breaker)
    assert breaker.closed


def test_what_was_under_way_when_it_opened_changes_nothing(breaker: Breaker, clock: Clock) -> None:
    with breaker.guarding(OSError):
        breaker.hold(1.0)
    assert not breaker.closed, "a late success does not close it"
    clock.now = 1.1
    call(breaker)
    with contextlib.suppress(OSError), breaker.guarding(OSError):
        breaker.hold(0.1)
        clock.now = 1.3
        call(breaker)
        raise OSError
    assert breaker.closed, "a late failure does not open it"


def test_a_shorter_hold_does_not_end_a_longer_one(breaker: Breaker, clock: Clock) -> None:
    breaker.hold(5.0)
    breaker.hold(1.0)
    clock.now = 2.0
    with pytest.raises(CircuitOpen):
        call(breaker)


@pytest.mark.parametrize(("failures", "pause"), [(0, 1.0), (1, 0.0)])
def test_a_breaker_that_makes_no_sense(failures: int, pause: float) -> None:
    with pytest.raises(ValueError, match="at least"):
        Breaker(failures=failures, pause=pause)
