"""Only what is harmless is sent again, and never past the deadline."""

from __future__ import annotations

import asyncio
import time

import pytest

from seamwright.kit.deadline import Deadline, DeadlineExceeded
from seamwright.kit.retry import call_again, may_repeat


class Peer:
    """Fails a number of times, then answers."""

    def __init__(self, failures: int, error: Exception | None = None) -> None:
        self.calls = 0
        self.failures = failures
        self.error = error or ConnectionResetError("gone")

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error
        return "answer"


async def test_an_idempotent_call_is_sent_again() -> None:
    peer = Peer(failures=2)
    answer = await call_again(peer, method="GET", deadline=Deadline.after(10), on=ConnectionError, wait_initial=0.001)
    assert (answer, peer.calls) == ("answer", 3)


async def test_a_post_is_sent_once() -> None:
    peer = Peer(failures=1)
    with pytest.raises(ConnectionResetError):
        await call_again(peer, method="POST", deadline=Deadline.after(10), on=ConnectionError)
    assert peer.calls == 1


async def test_a_post_with_a_key_is_sent_again() -> None:
    peer = Peer(failures=1)
    answer = await call_again(
        peer, method="post", idempotency_key="k", deadline=Deadline.after(10), on=ConnectionError, wait_initial=0.001
    )
    assert (answer, peer.calls) == ("answer", 2)


async def test_the_last_error_is_raised_when_attempts_are_used_up() -> None:
    peer = Peer(failures=9)
    with pytest.raises(ConnectionResetError):
        await call_again(
            peer, method="GET", deadline=Deadline.after(10), on=ConnectionError, attempts=4, wait_initial=0.001
        )
    assert peer.calls == 4


async def test_an_error_that_was_not_named_is_not_retried() -> None:
    peer = Peer(failures=1, error=ValueError("a bug"))
    with pytest.raises(ValueError, match="a bug"):
        await call_again(peer, method="GET", deadline=Deadline.after(10), on=ConnectionError)
    assert peer.calls == 1


async def test_the_deadline_bounds_calls_and_waits_together() -> None:
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        await call_again(
            Peer(failures=1000),
            method="GET",
            deadline=Deadline.after(0.15),
            on=ConnectionError,
            attempts=1000,
            wait_initial=0.05,
        )
    assert 0.1 < time.monotonic() - began < 5


async def test_a_call_that_hangs_ends_at_the_deadline() -> None:
    async def hang() -> None:
        await asyncio.sleep(60)

    with pytest.raises(DeadlineExceeded):
        await call_again(hang, method="GET", deadline=Deadline.after(0.05), on=ConnectionError)


@pytest.mark.parametrize(
    ("method", "key", "allowed"),
    [("GET", None, True), ("put", None, True), ("POST", None, False), ("PATCH", "", False), ("PATCH", "k", True)],
)
def test_what_may_be_repeated(method: str, key: str | None, allowed: bool) -> None:
    assert may_repeat(method, key) is allowed
