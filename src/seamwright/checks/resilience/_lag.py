"""How late our own process was: where it did not get its turn, no time that it took of somebody else counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ["Lag"]

TICK = 0.05
"""Seconds between two looks at the clock."""


class Lag:
    """`most` is the longest, in seconds, that our event loop came too late while it was watched."""

    def __init__(self) -> None:
        self.most = 0.0

    @classmethod
    @asynccontextmanager
    async def watched(cls) -> AsyncIterator[Lag]:
        """Watch the event loop for the length of the block."""
        lag = cls()
        watching = asyncio.create_task(lag._watch())
        try:
            yield lag
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            self.most = max(self.most, loop.time() - due)
