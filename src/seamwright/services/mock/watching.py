"""Takes the contract of a running mock up again whenever its files change."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from seamwright.model.errors import SeamwrightError
from seamwright.services.mock.documents import ContractDocument, Source, read_document

__all__ = ["Watch"]

LOOKS_EVERY = 0.25
"""Seconds between two looks at the contract's files."""

REST = 20
"""How many times as long as reading takes a contract that could not be read is left alone before it is tried again."""


class Watch:
    """Looks at the files of a contract. `take_up` is given it anew when they have changed, and is to change nothing
    where it raises: then, as where it cannot be read, the contract from before goes on answering.
    """

    def __init__(
        self,
        source: Source,
        document: ContractDocument,
        take_up: Callable[[ContractDocument], None],
        say: Callable[[str], None],
    ) -> None:
        self._source = source
        self._document = document
        self._take_up = take_up
        self._say = say
        self._task: asyncio.Task[None] | None = None
        self._wrong = ""
        self._again = 0.0

    def start(self) -> None:
        """Begin to look, where there are files to be looked at."""
        if self._document.watched:
            self._task = asyncio.ensure_future(self._watch())

    async def close(self) -> None:
        """End it; may be called twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _watch(self) -> None:
        waiting = False
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            if self._document.changed():
                waiting = True  # Whoever writes it may not be done.
            elif waiting or (self._wrong and time.monotonic() >= self._again):
                waiting = False
                await self._read()

    async def _read(self) -> None:
        clock = time.monotonic()
        try:
            document = await read_document(self._source)
            self._take_up(document)
        except SeamwrightError as error:
            # What it lacks may be a file that nobody looks at yet, so it is tried again when nothing changes, too.
            self._again = time.monotonic() + REST * (time.monotonic() - clock)
            if str(error) != self._wrong:
                self._wrong = str(error)
                self._say(f"the contract was not taken up, the one from before still answers: {error}")
            return
        self._document, self._wrong = document, ""
        self._say(f"the contract was taken up again: {len(document.contract.operations)} operations")
