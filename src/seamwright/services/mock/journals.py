"""The journal of a running mock: remembered, told line by line, and appended to the file that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import IO, Any

from seamwright.engines.mock import Entry, Journal, Reply
from seamwright.model.errors import UsageError
from seamwright.model.exchange import Request
from seamwright.services.mock.kind import Settings

__all__ = ["KeptJournal"]


class KeptJournal:
    """What a mock was asked and what it answered, without secrets.

    `secrets` are the headers and query parameters, in lower case, whose values are told to nobody. Raises UsageError
    where the file cannot be written.
    """

    def __init__(self, settings: Settings, secrets: Callable[[], Collection[str]]) -> None:
        self._journal = Journal()
        self._secrets = secrets
        self._say = settings.say
        self._file = _opened(settings)

    def add(
        self,
        at: float,
        seconds: float,
        request: Request,
        reply: Reply | None,
        operation: str | None,
        fault: str | None = None,
        *,
        line: Callable[[Entry], str] = str,
    ) -> None:
        """Remember a request and what it was answered (None: nothing came); `line` is how people are told."""
        entry = self._journal.add(at, seconds, request, reply, operation, fault)
        self._say(line(entry))
        if self._file is not None:
            self._file.write(json.dumps(entry.to_json(self._secrets()), ensure_ascii=False) + "\n")
            self._file.flush()

    def entries(self, operation: str | None = None) -> list[dict[str, Any]]:
        """What is remembered, or that of one operation alone, as JSON values."""
        secrets = self._secrets()
        return [entry.to_json(secrets) for entry in self._journal.entries(operation)]

    def clear(self) -> None:
        """Forget everything; the file stays as it is."""
        self._journal.clear()

    def close(self) -> None:
        """Close the file; may be called twice."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _opened(settings: Settings) -> IO[str] | None:
    if settings.journal is None:
        return None
    try:
        return settings.journal.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--journal: {settings.journal} cannot be written: {error.strerror or error}") from None
