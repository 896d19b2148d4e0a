"""Keeps the exchanges of a run: numbered, redacted, counted for coverage."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from seamwright.model.exchange import Exchange
from seamwright.model.run import Covered
from seamwright.model.subject import Subject
from seamwright.run.redaction import Redaction

__all__ = ["Coverage", "Recording", "digest_of"]


def digest_of(exchanges: Iterable[Exchange]) -> str:
    """SHA-256 over the digests of the exchanges, in order."""
    whole = hashlib.sha256()
    for exchange in exchanges:
        whole.update(exchange.digest().encode())
    return whole.hexdigest()


class Coverage:
    """Counts how often each operation was called in a run, and how it was answered."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Counter[str]] = {}

    def count(self, boundary: str, operation: str, status: str, times: int = 1) -> None:
        """Count calls; status is a number as text, or the kind of the failure."""
        self._counts.setdefault((boundary, operation), Counter())[status] += times

    def rows(self, subjects: Mapping[str, Subject]) -> tuple[Covered, ...]:
        """A row for every operation of every contract, those that were never called included."""
        return tuple(
            self._row(name, operation.id, operation.method, operation.path)
            for name, subject in subjects.items()
            for operation in (subject.contract.operations if subject.contract else ())
        )

    def _row(self, boundary: str, operation: str, method: str, path: str) -> Covered:
        counts = self._counts.get((boundary, operation), Counter())
        return Covered(boundary, operation, method, path, sum(counts.values()), dict(sorted(counts.items())))


class Numbers:
    """Gives each exchange of a run its number, from 1."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """The next number."""
        self._last += 1
        return self._last


class Recording:
    """The exchanges of one check on one boundary, redacted as they come in."""

    def __init__(self, check: str, redaction: Redaction, numbers: Numbers, coverage: Coverage) -> None:
        self._check = check
        self._redaction = redaction
        self._numbers = numbers
        self._coverage = coverage
        self._kept: list[Exchange] = []

    def add(self, exchange: Exchange, *, counted: bool = True) -> Exchange:
        """Number and keep an exchange; gives the numbered one, secrets and all, for the check to look at."""
        numbered = replace(exchange, number=self._numbers.next(), check=self._check)
        self._kept.append(numbered)
        if counted and exchange.operation:
            status = str(exchange.status) if exchange.response else exchange.failure.kind if exchange.failure else "?"
            self._coverage.count(exchange.boundary, exchange.operation, status)
        return numbered

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was kept, redacted with all that is known by now: a token may be learnt after it was first sent."""
        return tuple(self._redaction.exchange(exchange) for exchange in self._kept)
