"""A load run as one value for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from seamwright.engines.load.recorder import Quantiles
from seamwright.engines.load.result import LoadResult, OperationResult

__all__ = ["document", "scenarios"]


def document(result: LoadResult) -> dict[str, Any]:
    """All figures of the run, times in seconds; samples of requests and answers are left out."""
    return {
        "offered_rate": result.rate,
        "duration": result.duration,
        "elapsed": result.elapsed,
        "seed": result.seed,
        "arrival": result.arrival,
        "offered": result.target,
        "sent": result.sent,
        "answered": result.answered,
        "statuses": {str(status): count for status, count in result.statuses.items()},
        "errors": dict(result.errors),
        "invalid": result.invalid,
        "latency": {"intended": _quantiles(result.intended), "service": _quantiles(result.service)},
        "send_lag": asdict(result.send_lag),
        "own_lag": asdict(result.own_lag),
        "kept_schedule": result.kept_schedule,
        "not_kept_because": result.not_kept_because,
        "ended_early": result.ended_early,
        "withdrawn": result.withdrawn,
        "processes": result.processes,
        "ready_after": result.ready_after,
        "backlog": result.backlog,
        "in_flight": result.in_flight,
        "connects": result.connects,
        "cpu": result.cpu,
        "operations": {name: _operation(part) for name, part in result.operations.items()},
        **({"scenarios": scenarios(result)} if result.scenarios else {}),
        **({"used_up": result.used_up} if result.used_up else {}),
        "timeline": [asdict(window) for window in result.timeline],
    }


def scenarios(result: LoadResult) -> dict[str, Any]:
    """Each scenario: how many were begun and walked to their end, where the others ended, how long they took, and the
    figures of its steps. A walk of one request that is always the same takes as long as that."""
    return {
        name: {
            "begun": part.begun,
            "completed": part.completed,
            "failed_at": dict(part.failed),
            "duration": _quantiles(part.duration),
            "steps": [
                {"step": step, "operation": operation, **_operation(result.operations[step])}
                for step, operation in part.steps.items()
            ],
        }
        for name, part in result.scenarios.items()
    }


def _operation(part: OperationResult) -> dict[str, Any]:
    return {
        "sent": part.sent,
        "answered": part.answered,
        "statuses": {str(status): count for status, count in part.statuses.items()},
        "errors": dict(part.errors),
        "invalid": part.invalid,
        "latency": {"intended": _quantiles(part.intended), "service": _quantiles(part.service)},
    }


def _quantiles(summary: Quantiles | None) -> dict[str, Any] | None:
    return None if summary is None else asdict(summary)
