"""What was seen of an operation's answers, counted, so that a long stream needs no memory."""

from __future__ import annotations

from collections import Counter

from seamwright.checks._cells import excerpt
from seamwright.checks._honest import succeeded
from seamwright.model.evidence import Proved, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause

__all__ = ["Seen"]


class Seen:
    """Counts the answers to valid calls of one operation."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._counts: Counter[str] = Counter()
        self._failed = ""
        self._last: Exchange | None = None
        self.succeeded = 0

    def add(self, exchange: Exchange) -> None:
        """Count one more."""
        self._last = exchange
        self._counts[str(exchange.status) if exchange.response else str(exchange)] += 1
        if exchange.failure is not None and not self._failed:
            self._failed = str(exchange)
        self.succeeded += succeeded(self._operation, exchange)

    @property
    def total(self) -> int:
        """How many were counted."""
        return sum(self._counts.values())

    def verdict(self) -> Proved | Unknown:
        """Proved, where every call was answered and at least one in the success class; else unknown, and why."""
        cell = self._operation.id
        if self._failed:
            return Unknown(cell, f"no answer came to a valid call: {self._failed}", Cause.TARGET)
        if self.succeeded:
            return Proved(cell, tried=self.total)
        counted = ", ".join(f"{'once' if n == 1 else f'{n} times'} {what}" for what, n in self._counts.items())
        last = excerpt(self._last) if self._last else "nothing was sent"
        why = f"no valid call was answered in the success class ({counted or 'none'}); last: {last}"
        return Unknown(cell, why, Cause.TARGET)
