"""What a load run found: numbers told apart by whose they are, and samples to see the trouble again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seamwright.engines.load.recorder import Quantiles, Recorder, Window
from seamwright.wire.http1 import Response

if TYPE_CHECKING:
    from seamwright.engines.load.scenario import ScenarioResult

__all__ = ["ErrorSample", "Lag", "LoadResult", "OperationResult", "ValidationFailure"]


@dataclass(frozen=True, slots=True)
class Lag:
    """How late something was, in seconds."""

    p50: float
    p99: float
    maximum: float


@dataclass(frozen=True, slots=True)
class ErrorSample:
    """One request that got no answer. `at` is its intended time in seconds since the start."""

    operation: str
    failure: str
    detail: str
    at: float


@dataclass(frozen=True, slots=True)
class ValidationFailure:
    """One answer that was not as promised, with all that is needed to show it. `at` is as in ErrorSample."""

    operation: str
    reason: str
    request: bytes
    response: Response
    at: float


@dataclass(frozen=True, slots=True)
class OperationResult:
    """One operation's part in a run; the fields are as in LoadResult."""

    sent: int
    answered: int
    statuses: Mapping[int, int]
    errors: Mapping[str, int]
    invalid: int
    intended: Quantiles | None
    service: Quantiles | None


@dataclass(frozen=True, slots=True)
class LoadResult:
    """A finished load run. Times and latencies are seconds.

    Every request that came due ends in exactly one way: `target == answered + sum(errors.values())`. The classes of
    errors are "connect", "timeout", "reset", "protocol", and "unsent" for a request that found no free connection
    within the timeout. In a run of scenarios there are also "correlation", for one whose answer lacks a value that the
    steps after it need, and "unfit", for one that was not sent because a value cannot stand in it. `sent` counts those
    that were written to a connection.

    `intended` and `service` are the latencies of all that was answered or waited for in vain (see Recorder); None when
    there was no such request, which is not the same as quick.

    A run that was ended early says why in `ended_early`; its `duration` is that until then, and `withdrawn` requests
    that were due and had not left are in no other number but the `offered` of the timeline.

    With several processes, `cpu` is that of the busiest, `backlog` and `in_flight` add up the most of each, and the
    schedule was kept if each of them kept its share.

    `rate` is the mean rate that was offered over `duration`; `arrival` is "constant", "poisson" or "replay".

    `own_lag` is how late our own process came to each scheduled request: if that is large the run says little about
    the target, and `kept_schedule` is False with the reason in `not_kept_because`. `send_lag` also counts the wait for
    a free connection, which is mostly the target's doing, and is how large a part of the intended latency was waiting.
    """

    rate: float
    duration: float
    seed: int
    arrival: str
    elapsed: float
    target: int
    sent: int
    answered: int
    statuses: Mapping[int, int]
    errors: Mapping[str, int]
    invalid: int
    intended: Quantiles | None
    service: Quantiles | None
    send_lag: Lag
    own_lag: Lag
    kept_schedule: bool
    not_kept_because: str | None
    backlog: int
    """The most requests that were due and waited for a connection at one moment."""
    in_flight: int
    """The most requests that were on their way at one moment; `connections` is their limit."""
    connects: int
    cpu: float
    """The share of the time that this thread was at work; near 1 the latencies are partly our own."""
    operations: Mapping[str, OperationResult]
    timeline: tuple[Window, ...]
    failures: tuple[ValidationFailure, ...]
    error_samples: tuple[ErrorSample, ...]
    recorder: Recorder = field(repr=False, compare=False)
    """For quantiles that are not spelled out here."""
    scenarios: Mapping[str, ScenarioResult] = field(default_factory=dict)
    """In a run of scenarios: how many walks came to their end, and how long they took; `operations` are their steps."""
    used_up: str = ""
    """In a run of scenarios: which data were used up before the time was over, so that none was begun any more."""
    ended_early: str | None = None
    withdrawn: int = 0
    processes: int = 1
    ready_after: float = 0.0
    """Seconds that it took to start the processes, where there are several, and to open their first connections."""
