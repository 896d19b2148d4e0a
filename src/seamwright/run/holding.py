"""Keeps back the calls of one cell while others have their turn, and lets them go on from where they were."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from seamwright.model.driver import Talk
from seamwright.model.exchange import Exchange, Request
from seamwright.run.sessions import Sender

__all__ = ["HeldSender", "Hold"]

_Came = TypeVar("_Came")


class Hold:
    """Open at first. While it is closed no call begins, and no answer is handed on: whoever waits for one stands still,
    and goes on with the same call when it opens, so that nothing is sent twice and nothing that came is lost."""

    def __init__(self) -> None:
        self.answered = 0
        """Calls that passed and were answered, or failed to be."""
        self._under_way = 0
        self._kept = 0
        self._open = asyncio.Event()
        self._open.set()
        self._end = math.inf
        self._still = asyncio.Event()

    def keep(self) -> None:
        """Keep back what comes from now on."""
        self._open.clear()

    def let(self, seconds: float = math.inf) -> None:
        """Let all go on for so long; what begins or comes later is kept back, however late anybody looks."""
        self._end = time.monotonic() + seconds
        self._open.set()

    async def still(self) -> None:
        """Wait until somebody is kept back here, and no call is on its way any more."""
        await self._still.wait()

    async def passing(self, send: Callable[[], Awaitable[_Came]]) -> _Came:
        """What comes of a call, when it may pass."""
        if not self._passes():
            await self._kept_back()
        self._under_way += 1
        try:
            came = await send()
        finally:
            self._under_way -= 1
            self._look()
        self.answered += 1
        if not self._passes():
            await self._kept_back()
        return came

    def _passes(self) -> bool:
        if time.monotonic() >= self._end:
            self._open.clear()
        return self._open.is_set()

    async def _kept_back(self) -> None:
        self._kept += 1
        self._look()
        try:
            await self._open.wait()
        finally:
            self._kept -= 1
            self._look()

    def _look(self) -> None:
        if self._kept and not self._under_way:
            self._still.set()
        else:
            self._still.clear()


class HeldSender:
    """A sender whose requests pass a hold; see `Sender` for what its parts promise."""

    def __init__(self, sender: Sender, hold: Hold) -> None:
        self._sender = sender
        self._hold = hold
        self.cautious = sender.cautious

    async def send(self, request: Request, **how: Any) -> Exchange:
        """Send as `Sender.send` does, when the hold lets it pass."""
        return await self._hold.passing(lambda: self._sender.send(request, **how))

    async def converse(self, request: Request, *, timeout: float, declared: bool = False) -> Talk:
        """Begin a conversation as `Sender.converse` does, when the hold lets it pass."""
        return await self._hold.passing(lambda: self._sender.converse(request, timeout=timeout, declared=declared))
