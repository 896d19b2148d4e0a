"""A finished run to be exported, without a server: what was recorded is known."""

from __future__ import annotations

from seamwright.engines.load.recorder import Recorder
from seamwright.engines.load.result import Lag, LoadResult, OperationResult

__all__ = ["LATENCIES", "loaded"]

LATENCIES = (0, 1, 127, 128, 255, 256, 257, 1000, 1_000_000, 1_000_000, 2_000_000, 987_654_321)
"""Nanoseconds of the answers of `list, all`."""


def loaded() -> LoadResult:
    """Twelve answers of one operation, and one time-out of another, whose name must be escaped."""
    recorder = Recorder(["list, all", 'say "hi"'])
    series = recorder.series(0, "2xx")
    for value in LATENCIES:
        series.intended(value)
        series.service(value // 2)
    recorder.series(1, "timeout").intended(5_000_000_000)
    recorder.close_window(0.0, 1.0, offered=14, sent=13)
    recorder.close_window(1.0, 1.5, offered=0, sent=0)
    operations = {
        name: OperationResult(
            sent,
            answered,
            statuses,
            errors,
            invalid,
            recorder.latency("intended", name).summary(),
            recorder.latency("service", name).summary(),
        )
        for name, sent, answered, statuses, errors, invalid in (
            ("list, all", 12, 12, {200: 12}, {}, 2),
            ('say "hi"', 1, 0, {}, {"timeout": 1}, 0),
        )
    }
    return LoadResult(
        rate=8.0,
        duration=1.5,
        seed=3,
        arrival="constant",
        elapsed=1.5,
        target=13,
        sent=13,
        answered=12,
        statuses={200: 12},
        errors={"timeout": 1},
        invalid=2,
        intended=recorder.latency("intended").summary(),
        service=recorder.latency("service").summary(),
        send_lag=Lag(0.0, 0.001, 0.002),
        own_lag=Lag(0.0, 0.0005, 0.001),
        kept_schedule=True,
        not_kept_because=None,
        backlog=1,
        in_flight=3,
        connects=2,
        cpu=0.1,
        operations=operations,
        timeline=tuple(recorder.timeline),
        failures=(),
        error_samples=(),
        recorder=recorder,
    )
