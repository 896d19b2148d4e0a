"""Conversations of a check: what is said and answered is recorded as exchanges, and takes its time from the check's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from seamwright.model.driver import Talk
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Exchange
from seamwright.model.verdict import Cause
from seamwright.run.recording import Recording
from seamwright.run.sessions import Clock

__all__ = ["RecordedDialogue", "recorded"]


class RecordedDialogue:
    """One conversation with a boundary; see `model.bench.Dialogue`."""

    def __init__(self, talk: Talk, recording: Recording, clock: Clock, of: Exchange) -> None:
        """`of` is an exchange with what all exchanges of the conversation have in common."""
        self._talk = talk
        self._recording = recording
        self._clock = clock
        self._of = of
        self._opening = None if talk.opening is None else self._kept(talk.opening, of.note)

    @property
    def opening(self) -> Exchange | None:
        return self._opening

    async def say(
        self, message: str | bytes | None = None, *, wait: float = 1.0, most: int = 1, note: str = ""
    ) -> Exchange:
        return self._kept(await self._talk.say(message, wait=min(wait, self._clock.remaining), most=most), note)

    async def put(self, data: bytes, *, wait: float = 1.0, most: int = 1, note: str = "") -> Exchange:
        try:
            return self._kept(await self._talk.put(data, wait=min(wait, self._clock.remaining), most=most), note)
        except ValueError as error:
            raise Undecided(str(error), Cause.USAGE) from None

    async def end(self, *, wait: float = 1.0, note: str = "") -> Exchange:
        return self._kept(await self._talk.end(wait=min(wait, self._clock.remaining)), note)

    def _kept(self, exchange: Exchange, note: str) -> Exchange:
        of = self._of
        whole = replace(
            exchange, boundary=of.boundary, operation=of.operation, identity=of.identity, note=note or of.note
        )
        return self._recording.add(whole)


@asynccontextmanager
async def recorded(talk: Talk, recording: Recording, clock: Clock, of: Exchange) -> AsyncIterator[RecordedDialogue]:
    """Record a conversation until the end of the block, and let go of it then."""
    try:
        yield RecordedDialogue(talk, recording, clock, of)
    finally:
        await talk.close()
