"""Sends requests for a run: scope, pace, time budget and recording in one place."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from seamwright.model.driver import Connection, Talk
from seamwright.model.errors import BudgetSpent, Undecided
from seamwright.model.exchange import Exchange, Request
from seamwright.model.manifest import Environment
from seamwright.model.verdict import Cause
from seamwright.run.recording import Recording
from seamwright.run.scope import Scope
from seamwright.run.silence import Silence

__all__ = ["Clock", "Pace", "Sender"]

PACES: dict[Environment, float | None] = {"test": None, "staging": 50.0, "production": 10.0}
"""Requests a second outside load checks; somebody else may be using a system that is not for tests."""

IN_FLIGHT = 32
"""Requests on their way to one boundary at a time, outside load checks."""

SHORTEST = 0.05
"""Seconds; with less left than this of a budget nothing is sent any more."""


class Clock:
    """The time that a check may still use."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.seconds = seconds
        """All that it was given so far."""

    @property
    def remaining(self) -> float:
        """Seconds left; never below 0."""
        return max(0.0, self._end - time.monotonic())

    def give(self, seconds: float, *, more: bool = True) -> None:
        """So many seconds are left from now on; `more` than it had, or what it had kept of them."""
        self._end = time.monotonic() + seconds
        self.seconds += seconds if more else 0.0


class Pace:
    """Lets requests pass at no more than a rate, in order."""

    def __init__(self, rate: float | None) -> None:
        self._gap = 0.0 if rate is None else 1.0 / rate
        self.free = rate is None
        """Whether nobody ever waits for a turn."""
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for this request's turn."""
        if self.free:
            return
        now = time.monotonic()
        mine = max(now, self._next)
        self._next = mine + self._gap
        if mine > now:
            await asyncio.sleep(mine - now)


class Sender:
    """The one way by which requests leave to a boundary; shared by all checks of a run."""

    def __init__(self, boundary: str, connection: Connection, scope: Scope, notice: Callable[[str], None]) -> None:
        self._boundary = boundary
        self._connection = connection
        self._scope = scope
        self._notice = notice
        self._pace = Pace(PACES[scope.environment])
        self._places = asyncio.Semaphore(IN_FLIGHT)
        self._silence = Silence(boundary)
        self.cautious = scope.environment == "production"
        """Whether only safe, declared operations pass, so that whoever sends has to say whether one is."""

    def notice(self, text: str) -> None:
        """Tell something of the run that belongs to no verdict."""
        self._notice(text)

    async def send(
        self,
        request: Request,
        *,
        recording: Recording | None,
        timeout: float,
        clock: Clock | None = None,
        operation: str = "",
        identity: str | None = None,
        declared: bool = False,
        method: str | None = None,
        login: bool = False,
        fresh: bool = False,
        note: str = "",
    ) -> Exchange:
        """Admit, pace, send and record one request; `method` is its operation's. Raises RefusedByScope and BudgetSpent.

        Without a recording, what becomes of the exchange is the caller's care.
        """
        self._scope.admit(request, declared=declared, method=method, login=login)
        if not self._pace.free:
            await self._pace.turn()
        async with self._places:
            if clock is not None:
                remaining = clock.remaining
                if remaining < SHORTEST:
                    raise BudgetSpent(f"the time budget of {clock.seconds:g} s ended; give it more with --budget")
                # A little more than is left: the end of the budget comes first, and is not taken for the target's.
                timeout = min(timeout, remaining + SHORTEST)
            exchange = await self._connection.send(request, timeout=timeout, fresh=fresh)
        gone = self._silence.heard(operation, exchange)
        if gone:
            self._notice(gone)
        redirect = self._scope.redirect(exchange)
        if redirect is not None:
            self._notice(redirect)
        # `dataclasses.replace` takes twice as long, and this is done for every call.
        whole = Exchange(
            exchange.request,
            exchange.response,
            exchange.failure,
            exchange.started,
            exchange.seconds,
            self._boundary,
            operation,
            identity,
            note=note,
        )
        return whole if recording is None else recording.add(whole)

    async def converse(
        self, request: Request, *, timeout: float, declared: bool = False, method: str | None = None
    ) -> Talk:
        """Admit a request and begin a conversation by it. Raises RefusedByScope, and Undecided where it cannot be."""
        self._scope.admit(request, declared=declared, method=method)
        await self._pace.turn()
        begin = getattr(self._connection, "open", None)
        if begin is None:
            raise Undecided(f"{self._boundary} is spoken to in requests and answers alone", Cause.USAGE)
        try:
            talk: Talk = await begin(request, timeout=timeout)
        except ValueError as error:
            raise Undecided(f"{request.url}: {error}", Cause.USAGE) from None
        return talk
