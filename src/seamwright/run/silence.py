"""Notices when a boundary stops answering in the middle of a run, and remembers what it was asked before.

A value that is stored now may end the service when a job reads it a minute later. No single call is to blame then, and
every check says `unknown` for its own calls; that there is nobody left to ask is said once, for all of them.
"""

from __future__ import annotations

import time
from collections import deque

from seamwright.model.exchange import Exchange

__all__ = ["IN_A_ROW", "LASTING", "Silence"]

IN_A_ROW = 30
"""Calls in a row without an answer before a boundary counts as gone."""

LASTING = 5.0
"""Seconds that this must last: several calls on their way end with one connection, and a service may be restarted."""

SHOWN = 5
"""Operations that are named: the last of those that were called and answered, or broken off first."""

_GONE = frozenset({"connect", "reset"})
"""Kinds of failures that a service shows which is not there; one that is slow times out."""


class Silence:
    """Whether a boundary that answered before answers no more."""

    def __init__(self, boundary: str) -> None:
        self._boundary = boundary
        self._answers = 0
        self._failures = 0
        self._since = 0.0
        self._told = False
        self._last: deque[str] = deque(maxlen=SHOWN)

    def heard(self, operation: str, exchange: Exchange) -> str:
        """Take in what became of a call; a notice where the boundary has just turned out to be gone, else nothing."""
        failure = exchange.failure
        if failure is None:
            self._answers += 1
            self._failures = 0
            if operation and (not self._last or self._last[-1] != operation):
                self._last.append(operation)
            return ""
        if self._told or not self._answers or failure.kind not in _GONE:
            return ""
        if not self._failures:
            self._since = time.time()
        self._failures += 1
        if self._failures < IN_A_ROW or time.time() - self._since < LASTING:
            return ""
        self._told = True
        clock = time.strftime("%H:%M:%S", time.localtime(self._since))
        before = f"; answered last: {', '.join(self._last)}" if self._last else ""
        return (
            f"{self._boundary}: none of {self._failures} calls in a row was answered since {clock} ({failure.kind}), "
            f"after {self._answers} answers{before}. What it was asked before may have ended it; see its log"
        )
