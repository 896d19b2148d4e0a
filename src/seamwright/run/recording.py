"""Keeps the exchanges of a run: numbered, redacted, counted for coverage."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from seamwright.contracts.coverage import Meter
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Operation
from seamwright.model.run import Covered
from seamwright.model.subject import Subject
from seamwright.run.redaction import Redaction
from seamwright.run.speech import status_of

__all__ = ["Coverage", "Recording", "digest_of"]


def digest_of(exchanges: Iterable[Exchange]) -> str:
    """SHA-256 over the digests of the exchanges, in order."""
    whole = hashlib.sha256()
    for exchange in exchanges:
        whole.update(exchange.digest().encode())
    return whole.hexdigest()


class Coverage:
    """Counts how often each operation was called in a run and how it was answered (`outcome` says that of one), and
    measures which points of its contract were exercised."""

    def __init__(
        self, outcome: Callable[[Exchange], str] = status_of, subjects: Mapping[str, Subject] | None = None
    ) -> None:
        self.outcome = outcome
        self._counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._meters = {n: Meter(s.contract) for n, s in (subjects or {}).items() if s.contract is not None}

    def measure(self, operation: Operation, case: Case, exchange: Exchange) -> None:
        """Measure what a call exercised, by the case that was sent and what came of it."""
        meter = self._meters.get(exchange.boundary)
        if meter is not None:
            meter.sent(operation, case, exchange)
            meter.answered(operation, exchange)

    def count(self, boundary: str, operation: str, status: str, times: int = 1) -> None:
        """Count calls; status is a number as text, or the kind of the failure."""
        self._counts[boundary, operation][status] += times

    def count_loaded(self, boundary: str, operation: str, status: int, times: int) -> None:
        """Count answers under load, of which only the status is kept; that of GraphQL does not say that data came."""
        meter = self._meters.get(boundary)
        graph = meter is not None and meter.contract.kind == "graphql"
        self.count(boundary, operation, f"{status} under load" if graph else str(status), times)

    def rows(self, subjects: Mapping[str, Subject]) -> tuple[Covered, ...]:
        """A row for every operation of every contract, those that were never called included."""
        return tuple(
            self._row(name, operation)
            for name, subject in subjects.items()
            for operation in (subject.contract.operations if subject.contract else ())
        )

    def _row(self, boundary: str, operation: Operation) -> Covered:
        counts = self._counts.get((boundary, operation.id), Counter())
        row = Covered(
            boundary, operation.id, operation.method, operation.path, sum(counts.values()), dict(sorted(counts.items()))
        )
        meter = self._meters.get(boundary)
        if meter is None:
            return row
        for status in counts:
            if status.isdigit():  # under load nothing but the statuses is kept of the answers
                meter.counted(operation, int(status))
        return replace(row, points=meter.points(operation), clipped=meter.clipped(operation))


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
        self._sampled: set[tuple[str, str]] = set()
        self._streamed = 0
        self._log = hashlib.sha256()

    def add(self, exchange: Exchange, *, counted: bool = True) -> Exchange:
        """Number and keep an exchange; gives the numbered one, secrets and all, for the check to look at."""
        numbered = replace(exchange, number=self._numbers.next(), check=self._check)
        self._kept.append(numbered)
        if counted and exchange.operation:
            self._coverage.count(exchange.boundary, exchange.operation, self._coverage.outcome(exchange))
        return numbered

    def measured(self, operation: Operation, case: Case, exchange: Exchange) -> Exchange:
        """Measure what a call exercised of its contract, and give its exchange."""
        self._coverage.measure(operation, case, exchange)
        return exchange

    def passing(self, exchange: Exchange, drawn: Case) -> Exchange:
        """Count an exchange of a stream, log the case that it was made of, and keep the first of its operation and
        outcome; gives the exchange, with a number where it was kept."""
        self._streamed += 1
        self._log.update(repr(drawn).encode("utf-8", "surrogatepass"))
        outcome = self._coverage.outcome(exchange)
        if (exchange.operation, outcome) not in self._sampled:
            self._sampled.add((exchange.operation, outcome))
            return self.add(exchange)
        self._coverage.count(exchange.boundary, exchange.operation, outcome)
        return exchange

    @property
    def measures(self) -> Mapping[str, Any]:
        """How many calls were streamed, and the SHA-256 of their cases as they were generated; nothing without any."""
        return {"streamed": self._streamed, "request_log": self._log.hexdigest()} if self._streamed else {}

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was kept, redacted with all that is known by now: a token may be learnt after it was first sent."""
        return tuple(self._redaction.exchange(exchange) for exchange in self._kept)
