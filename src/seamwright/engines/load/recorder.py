"""Latencies in flat memory: log-linear histograms in numpy, kept by operation and by how each request ended.

Two latencies are kept apart. The *intended* one counts from when the schedule wanted the request sent, so a target
that stalls cannot hide by stopping the clock of those that queue behind (coordinated omission; Gil Tene, "How NOT to
Measure Latency"). The *service* one counts from when the request really went out.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Histogram", "Latency", "Quantiles", "Recorder", "Row", "Series", "Window"]

Latency = Literal["intended", "service"]

_SECOND = 1e9
# 128 buckets an octave: a bucket is at most 1/128 of its value wide, its middle at most 0.4% from any value in it.
_BITS = 7
_SUB = 1 << _BITS


@dataclass(frozen=True, slots=True)
class Quantiles:
    """A distribution in short; all but `count` in seconds."""

    count: int
    minimum: float
    mean: float
    p50: float
    p90: float
    p99: float
    p999: float
    maximum: float


class Histogram:
    """A histogram of nanoseconds whose quantiles are wrong by less than 0.5%, however many values it holds.

    Log-linear as HdrHistogram: values below 128 ns exactly, then 128 equal buckets for each doubling. Its memory
    depends on the largest value (about 25 kB for one second), never on how many there are.
    """

    __slots__ = ("_counts", "_maximum", "_minimum", "_total", "count")

    def __init__(self) -> None:
        self._counts = np.zeros(0, dtype=np.int64)
        self.count = 0
        self._total = 0.0
        self._minimum = 0
        self._maximum = 0

    def record(self, values: npt.NDArray[np.int64]) -> None:
        """Add values in nanoseconds; negative ones, which only a stepped clock could make, count as 0."""
        if values.size == 0:
            return
        values = np.maximum(values, 0)
        low, high = int(values.min()), int(values.max())
        self._minimum = low if self.count == 0 else min(self._minimum, low)
        self._maximum = max(self._maximum, high)
        self._total += float(values.sum(dtype=np.float64))
        self.count += int(values.size)
        self._add(np.bincount(_bucket(values)))

    def merge(self, other: Histogram) -> None:
        """Add all that the other one holds."""
        if other.count == 0:
            return
        self._minimum = other._minimum if self.count == 0 else min(self._minimum, other._minimum)
        self._maximum = max(self._maximum, other._maximum)
        self._total += other._total
        self.count += other.count
        self._add(other._counts)

    def quantile(self, q: float) -> float:
        """The value in seconds that a share `q` (0 to 1) of the values do not exceed (nearest rank).

        Raises ValueError when nothing was recorded: there is no number that could stand for nothing.
        """
        if self.count == 0:
            raise ValueError("a quantile of nothing: no value was recorded")
        if not 0.0 <= q <= 1.0:
            raise ValueError(f"a quantile lies between 0 and 1, not at {q}")
        rank = max(1, int(np.ceil(q * self.count - 1e-9)))
        if rank >= self.count:
            return self._maximum / _SECOND
        index = int(np.searchsorted(np.cumsum(self._counts), rank))
        return min(max(_middle(index), self._minimum), self._maximum) / _SECOND

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many values lie in each bucket, by nanoseconds: 0 to 255 have one each, then 128 for every doubling."""
        return self._counts.copy()

    @property
    def total(self) -> float:
        """All values together, in seconds."""
        return self._total / _SECOND

    def above(self, seconds: float) -> int:
        """How many values lie above `seconds`, counted by whole buckets."""
        first = int(_bucket(np.asarray([int(seconds * _SECOND)], dtype=np.int64))[0]) + 1
        return int(self._counts[first:].sum())

    def summary(self) -> Quantiles | None:
        """The usual quantiles, or None when nothing was recorded."""
        if self.count == 0:
            return None
        p50, p90, p99, p999 = (self.quantile(q) for q in (0.5, 0.9, 0.99, 0.999))
        mean = self._total / self.count / _SECOND
        return Quantiles(self.count, self._minimum / _SECOND, mean, p50, p90, p99, p999, self._maximum / _SECOND)

    def _add(self, counts: npt.NDArray[np.int64]) -> None:
        if counts.size > self._counts.size:
            grown = np.zeros(counts.size, dtype=np.int64)
            grown[: self._counts.size] = self._counts
            self._counts = grown
        self._counts[: counts.size] += counts


def _bucket(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    # frexp gives the place of the highest bit exactly below 2**53 ns, which is 104 days.
    _, exponents = np.frexp(values.astype(np.float64))
    shifts = np.maximum(exponents.astype(np.int64) - (_BITS + 1), 0)
    indices: npt.NDArray[np.int64] = (shifts << _BITS) + (values >> shifts)
    return indices


def _middle(index: int) -> float:
    shift = max(index // _SUB - 1, 0)
    low = (index - (shift << _BITS)) << shift
    return low + ((1 << shift) - 1) / 2


class Series:
    """The latencies of one operation with one outcome. `intended` and `service` append nanoseconds, cheaply."""

    __slots__ = ("_intended", "_service", "histograms", "intended", "service")

    def __init__(self) -> None:
        self._intended = array("q")
        self._service = array("q")
        # Bound once: the hot path pays one call for a record and nothing for finding it.
        self.intended: Callable[[int], None] = self._intended.append
        self.service: Callable[[int], None] = self._service.append
        self.histograms: dict[Latency, Histogram] = {"intended": Histogram(), "service": Histogram()}

    def __reduce__(self) -> tuple[Callable[[dict[Latency, Histogram]], Series], tuple[dict[Latency, Histogram]]]:
        self.drain()  # what a series is bound to stays in its own process; what it holds goes over
        return _holding, (self.histograms,)

    def drain(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Move what was appended into the histograms, and return it as (intended, service)."""
        intended, service = _taken(self._intended), _taken(self._service)
        self.histograms["intended"].record(intended)
        self.histograms["service"].record(service)
        return intended, service


def _holding(histograms: dict[Latency, Histogram]) -> Series:
    series = Series()
    series.histograms = histograms
    return series


def _taken(values: array[int]) -> npt.NDArray[np.int64]:
    taken = np.array(values, dtype=np.int64)
    del values[:]
    return taken


@dataclass(frozen=True, slots=True)
class Window:
    """One row of the timeline: what ended between `start` and `end`, in seconds since the start of the run."""

    start: float
    end: float
    offered: int
    """Requests that came due: more than `sent` where they had to wait for a connection."""
    sent: int
    answered: int
    errors: int
    p50: float | None
    """Intended latency in seconds of those that have one (see `Recorder.latency`); None when there are none."""
    p99: float | None
    service_p99: float | None
    failed: int = 0
    """Requests without an answer, and those answered with 5xx, 429, or less than 400 and not as promised."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / (self.end - self.start) if self.end > self.start else 0.0


@dataclass(slots=True)
class Row:
    """What ended in one window, in a form that can be added up over processes; the numbers are those of `Window`."""

    start: float
    end: float
    offered: int
    sent: int
    answered: int
    errors: int
    failed: int
    late: int
    """Requests to which our own process came too late."""
    intended: Histogram
    service: Histogram

    def add(self, other: Row) -> None:
        """Add what another process had in the same window."""
        self.start, self.end = min(self.start, other.start), max(self.end, other.end)
        for name in ("offered", "sent", "answered", "errors", "failed", "late"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.intended.merge(other.intended)
        self.service.merge(other.service)

    @property
    def window(self) -> Window:
        """The row as the timeline shows it."""
        intended, service = self.intended, self.service
        return Window(
            start=self.start,
            end=self.end,
            offered=self.offered,
            sent=self.sent,
            answered=self.answered,
            errors=self.errors,
            p50=intended.quantile(0.5) if intended.count else None,
            p99=intended.quantile(0.99) if intended.count else None,
            service_p99=service.quantile(0.99) if service.count else None,
            failed=self.failed,
        )

    @property
    def empty(self) -> bool:
        """Whether nothing happened in it."""
        return not (self.offered or self.sent or self.answered or self.errors)


class Recorder:
    """All series of a run, by (operation, outcome), and its timeline.

    An outcome is a status class ("2xx") or a class of error ("timeout"). A request that timed out, or never got a
    connection in time, took *at least* as long as was waited, so it counts in latencies, as does one that was answered
    without what was needed of the answer; one that failed at once (refused, reset) has no latency worth the name and is
    only counted.
    """

    WAITED = frozenset({"timeout", "unsent", "correlation"})

    def __init__(self, operations: Sequence[str]) -> None:
        self.operations = tuple(operations)
        self.timeline: list[Window] = []
        self.send_lag = Histogram()
        """How late requests that were answered had left: the difference of their two latencies."""
        self._series: dict[tuple[int, str, int], Series] = {}
        self._row = {"intended": Histogram(), "service": Histogram()}
        self._answered = self._errors = self._failed = 0

    def series(self, operation: int, outcome: str, status: int = 0) -> Series:
        """The series of the operation with this index, this outcome and this very status; made when first asked for."""
        key = (operation, outcome, status)
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = Series()
        return found

    def flush(self) -> None:
        """Move all that waits in the series into histograms. Call about once a second."""
        for (_, outcome, status), series in self._series.items():
            intended, service = series.drain()
            if _failed(outcome, status):
                self._failed += intended.size
            if _is_status(outcome):
                self._answered += intended.size
                if service.size == intended.size:
                    self.send_lag.record(intended - service)
            else:
                self._errors += intended.size
            if _has_latency(outcome):
                self._row["intended"].record(intended)
                self._row["service"].record(service)

    def row(self, start: float, end: float, *, offered: int, sent: int, breaches: int = 0, late: int = 0) -> Row:
        """Flush, and take what came since the row before; `breaches` are answers below 400 that were not promised."""
        self.flush()
        row = Row(
            start=start,
            end=end,
            offered=offered,
            sent=sent,
            answered=self._answered,
            errors=self._errors,
            failed=self._failed + breaches,
            late=late,
            intended=self._row["intended"],
            service=self._row["service"],
        )
        self._row = {"intended": Histogram(), "service": Histogram()}
        self._answered = self._errors = self._failed = 0
        return row

    def close_window(self, start: float, end: float, *, offered: int, sent: int) -> Window:
        """Flush, and add what came since the window before as one row of the timeline."""
        window = self.row(start, end, offered=offered, sent=sent).window
        self.timeline.append(window)
        return window

    def forget(self) -> None:
        """Drop all that was recorded so far, the series with it: ask for them anew."""
        self._series.clear()
        self.timeline.clear()
        self.send_lag = Histogram()
        self._row = {"intended": Histogram(), "service": Histogram()}
        self._answered = self._errors = self._failed = 0

    def merge(self, other: Recorder) -> None:
        """Add the series of another process or run, joined by the operation's name. Timelines are not merged."""
        self.flush()
        other.flush()
        names = {name: index for index, name in enumerate(self.operations)}
        self.send_lag.merge(other.send_lag)
        for (index, outcome, status), series in other._series.items():
            name = other.operations[index]
            if name not in names:
                names[name] = len(self.operations)
                self.operations += (name,)
            mine = self.series(names[name], outcome, status)
            for kind, histogram in series.histograms.items():
                mine.histograms[kind].merge(histogram)

    def outcomes(self) -> Iterator[tuple[str, str, int]]:
        """(operation, outcome, how many) of all that was recorded; flush first."""
        counts: Counter[tuple[int, str]] = Counter()
        for (index, outcome, _), series in self._series.items():
            counts[index, outcome] += series.histograms["intended"].count
        for (index, outcome), count in counts.items():
            yield self.operations[index], outcome, count

    def statuses(self, operation: int) -> Counter[int]:
        """How often the operation with this index was answered with each status; flush first."""
        return Counter(
            {
                status: series.histograms["intended"].count
                for (index, outcome, status), series in self._series.items()
                if index == operation and _is_status(outcome)
            }
        )

    def errors(self, operation: int) -> Counter[str]:
        """How many requests of the operation with this index got no answer, by the class of error; flush first."""
        return Counter(
            {
                outcome: series.histograms["intended"].count
                for (index, outcome, _), series in self._series.items()
                if index == operation and not _is_status(outcome)
            }
        )

    def sent(self, operation: int) -> int:
        """How many requests of the operation with this index have left and come to their end; flush first."""
        return sum(
            series.histograms["service"].count for (index, _, _), series in self._series.items() if index == operation
        )

    def latency(self, kind: Latency, operation: str | None = None, outcomes: Sequence[str] | None = None) -> Histogram:
        """One histogram of this latency, over an operation (default all) and its outcomes.

        By default the outcomes are all answers, and those that timed out or waited in vain. Flush first.
        """
        joined = Histogram()
        for (index, outcome, _), series in self._series.items():
            if operation is not None and self.operations[index] != operation:
                continue
            if outcome in outcomes if outcomes is not None else _has_latency(outcome):
                joined.merge(series.histograms[kind])
        return joined


def _failed(outcome: str, status: int) -> bool:
    """Whether it is the target that failed: no answer, a server error, or 429. Other statuses from 400 are refusals."""
    return not _is_status(outcome) or status >= 500 or status == 429


def _is_status(outcome: str) -> bool:
    return outcome.endswith("xx")


def _has_latency(outcome: str) -> bool:
    return _is_status(outcome) or outcome in Recorder.WAITED
