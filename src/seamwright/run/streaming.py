"""Sends a stream of calls: several on their way at a time, answers handed up in the order of the calls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from typing import Any

from seamwright.model.bench import Call
from seamwright.model.exchange import Exchange

__all__ = ["AT_ONCE", "streamed"]

AT_ONCE = 8
"""Calls of one stream that are on their way at a time, where the caller says nothing else."""


async def streamed(
    calls: Iterable[Call],
    send: Callable[[Call], Coroutine[Any, Any, Exchange]],
    *,
    at_once: int,
    in_time: Callable[[], bool],
) -> AsyncGenerator[tuple[Call, Exchange], None]:
    """Give every call with what came of it, in the order of the calls, whatever order the answers come in.

    No new call is drawn once `in_time` says no; those on their way are waited for. When the caller stops listening, or
    a call raises, the calls on their way are cancelled.
    """
    waiting = iter(calls)
    on_their_way: deque[tuple[Call, asyncio.Task[Exchange]]] = deque()
    more = True
    try:
        while True:
            while more and len(on_their_way) < at_once:
                call = next(waiting, None) if in_time() else None
                if call is None:
                    more = False
                else:
                    on_their_way.append((call, asyncio.create_task(send(call))))
            if not on_their_way:
                return
            call, task = on_their_way[0]
            exchange = await task
            on_their_way.popleft()
            yield call, exchange
    finally:
        for _, task in on_their_way:
            task.cancel()
        await asyncio.gather(*(task for _, task in on_their_way), return_exceptions=True)
