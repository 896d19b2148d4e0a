"""Sends a call again where that is harmless, within a deadline and with jitter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import stamina

from seamwright.kit.deadline import Deadline

__all__ = ["IDEMPOTENT_METHODS", "call_again", "may_repeat"]

IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""The methods of RFC 9110 section 9.2.2: sent twice, they mean the same as sent once."""

_Answer = TypeVar("_Answer")


def may_repeat(method: str, idempotency_key: str | None = None) -> bool:
    """Whether a request may be sent again without its first copy being known to have failed."""
    return method.upper() in IDEMPOTENT_METHODS or bool(idempotency_key)


async def call_again(
    send: Callable[[], Awaitable[_Answer]],
    *,
    method: str,
    deadline: Deadline,
    on: type[Exception] | tuple[type[Exception], ...] | Callable[[Exception], bool | float],
    idempotency_key: str | None = None,
    attempts: int = 3,
    wait_initial: float = 0.05,
    wait_max: float = 0.5,
) -> _Answer:
    """Awaits `send()`, and again after an error named by `on`, at most `attempts` times and never past `deadline`.

    A request that is not idempotent (`may_repeat`) is sent once. Waits grow exponentially from `wait_initial` to
    `wait_max` seconds with full jitter. Raises the last error, or `DeadlineExceeded` where time ran out.
    """
    allowed = attempts if may_repeat(method, idempotency_key) else 1
    async with deadline.enforce():
        async for attempt in stamina.retry_context(
            on=on,
            attempts=allowed,
            timeout=None,  # the deadline bounds the whole, waits included
            wait_initial=wait_initial,
            wait_max=wait_max,
            wait_jitter=wait_initial,
        ):
            with attempt:
                return await send()
    raise AssertionError("stamina ends by returning or by raising")
