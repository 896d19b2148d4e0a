"""Carries a load run of the engine to a check: requests to templates, answers to verdict-ready figures."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from seamwright.model.bench import LoadFigures
from seamwright.model.exchange import Exchange, Failure, Request
from seamwright.model.operation import Contract, Operation
from seamwright.run.answers import Answers, Judge, plain
from seamwright.run.recording import Coverage, Recording
from seamwright.run.speech import Validator

if TYPE_CHECKING:
    from seamwright.engines import load as engine

__all__ = ["CONNECTIONS", "Loaded", "rendered", "request_of", "run_loaded", "run_walked"]

CONNECTIONS = 64
"""The most requests that are on their way at a time, where the caller says nothing else."""

_QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999, "max": 1.0}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A finished load run: all figures of the engine, and some exchanges that failed, recorded as evidence."""

    result: engine.LoadResult
    samples: tuple[Exchange, ...]
    started: float
    """Seconds since the epoch."""

    def figures(self) -> LoadFigures:
        """The figures in the form in which a check sees them."""
        result = self.result
        return LoadFigures(
            target_rate=result.rate,
            duration=result.elapsed,
            sent=result.sent,
            answered=result.answered,
            statuses={str(status): count for status, count in result.statuses.items()},
            errors=dict(result.errors) | ({"contract": result.invalid} if result.invalid else {}),
            intended=_quantiles(result, "intended"),
            service=_quantiles(result, "service"),
            send_lag={"p50": result.send_lag.p50, "p99": result.send_lag.p99, "max": result.send_lag.maximum},
            kept_schedule=result.kept_schedule,
            why_not=result.not_kept_because or "",
            timeline=tuple(_window(index, window) for index, window in enumerate(result.timeline)),
            samples=self.samples,
            ended_early=result.ended_early or "",
        )


async def run_loaded(
    requests: Sequence[tuple[Operation, Request]],
    *,
    offered: engine.Offered,
    weights: Sequence[float] | None = None,
    connections: int = CONNECTIONS,
    validator: Validator,
    boundary: str,
    timeout: float,
    seed: int,
    recording: Recording,
    coverage: Coverage,
    limits: engine.Limits | None = None,
    warm_up: float = 0.0,
    contract: Contract | None = None,
    processes: int | None = 1,
) -> Loaded:
    """Send the requests as `offered` says, in the proportion of their weights (alike by default), and validate every
    answer by the contract.

    A request that is not answered within `timeout` seconds has failed, and its latency is at least that. The run ends
    early when one of the `limits` is plainly broken; its first `warm_up` seconds do not count.

    Several `processes` (None: as many as it needs and as are free) compile the validator of the `contract` anew.
    """
    from seamwright.engines import load as engine

    by_bytes = {rendered(request): (operation, request) for operation, request in requests}
    target = urlsplit(requests[0][1].url)
    secure = ssl.create_default_context if target.scheme == "https" else None

    plan = engine.LoadPlan(
        host=target.hostname or "",
        port=target.port or (443 if secure else 80),
        requests=tuple(
            engine.RequestTemplate(operation.id, rendered(request), weight)
            for (operation, request), weight in zip(requests, weights or [1.0] * len(requests), strict=True)
        ),
        profile=offered,
        timeout=timeout,
        seed=seed,
        server_name=target.hostname if secure else None,
        connections=connections,
        limits=limits,
        warm_up=warm_up,
    )
    started = time.time()
    number = engine.choose(offered, plan.host, engine.cores_here())[0] if processes is None else processes
    if number > 1 and contract is not None:
        asked = tuple((data, operation.id, request) for data, (operation, request) in by_bytes.items())
        result = await engine.run_spread(plan, number, judge=Judge(contract, asked), secure=secure)
    else:
        tls = secure() if secure is not None else None
        result = await engine.run_load(replace(plan, tls=tls, validate=Answers(validator, by_bytes)))
    named = {operation.id: (operation.id, request) for operation, request in reversed(requests)}
    return _kept(result, started, boundary, named, lambda data: by_bytes[data][1], recording, coverage)


async def run_walked(
    walks: engine.Walks,
    *,
    base: str,
    operations: Mapping[str, Operation],
    offered: engine.Offered,
    connections: int = CONNECTIONS,
    validator: Validator,
    boundary: str,
    timeout: float,
    seed: int,
    recording: Recording,
    coverage: Coverage,
    limits: engine.Limits | None = None,
) -> Loaded:
    """As `run_loaded`, with walks through scenarios; `operations` are those of their steps, by the step's name.

    One process sends it: what a walk knows is known nowhere else.
    """
    from seamwright.engines import load as engine

    target = urlsplit(base)
    origin = f"{target.scheme}://{target.netloc}"
    tls = ssl.create_default_context() if target.scheme == "https" else None
    requests = walks.requests
    shown = {request.operation: request_of(request.data, origin) for request in requests}
    by_bytes = {request.data: (operations[request.operation], shown[request.operation]) for request in requests}
    plan = engine.LoadPlan(
        host=target.hostname or "",
        port=target.port or (443 if tls else 80),
        requests=requests,
        profile=offered,
        timeout=timeout,
        seed=seed,
        tls=tls,
        server_name=target.hostname if tls else None,
        connections=connections,
        validate=Answers(validator, by_bytes),
        limits=limits,
        walks=walks,
    )
    started = time.time()
    result = await engine.run_load(plan)
    named = {name: (operations[name].id, request) for name, request in shown.items()}
    return _kept(result, started, boundary, named, lambda data: request_of(data, origin), recording, coverage)


def _kept(
    result: engine.LoadResult,
    started: float,
    boundary: str,
    named: Mapping[str, tuple[str, Request]],
    request_of_bytes: Callable[[bytes], Request],
    recording: Recording,
    coverage: Coverage,
) -> Loaded:
    """Count what was covered, and keep some of what failed; `named` has the operation and a request for each name of a
    request in the plan."""
    samples = [
        Exchange(
            request_of_bytes(failure.request),
            plain(failure.response),
            None,
            started + failure.at,
            0.0,
            boundary=boundary,
            operation=named[failure.operation][0],
            note=f"under load: {failure.reason}",
        )
        for failure in result.failures
    ]
    samples += [
        Exchange(
            named[sample.operation][1],
            None,
            Failure(sample.failure, sample.detail),
            started + sample.at,
            0.0,
            boundary=boundary,
            operation=named[sample.operation][0],
            note="under load",
        )
        for sample in result.error_samples
    ]
    for name, part in result.operations.items():
        operation = named[name][0]
        for status, count in part.statuses.items():
            coverage.count_loaded(boundary, operation, status, count)
        for kind, count in part.errors.items():
            coverage.count(boundary, operation, kind, count)
    kept = tuple(recording.add(sample, counted=False) for sample in samples[:20])
    recording.add(_summary(next(iter(named.values()))[1], result, boundary, started), counted=False)
    return Loaded(result, kept, started)


def request_of(data: bytes, origin: str) -> Request:
    """The request that these bytes are, to be sent to this origin or shown; without what each client adds by itself."""
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = line.split(" ", 2)
    pairs = [(name, value.strip()) for name, _, value in (text.partition(":") for text in lines)]
    kept = tuple(pair for pair in pairs if pair[0].lower() not in ("host", "user-agent", "content-length"))
    return Request(method, f"{origin}{target}", kept, body)


def rendered(request: Request) -> bytes:
    """The bytes of a request, as they go over the wire."""
    from seamwright.engines.load import render_request

    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("host", parts.netloc), ("user-agent", "seamwright"), *request.headers]
    return render_request(request.method, target, tuple(headers), request.body)


def _quantiles(result: engine.LoadResult, kind: Literal["intended", "service"]) -> Mapping[str, float]:
    """Seconds by name, for every quantile that an objective may name; empty when nothing was measured."""
    histogram = result.recorder.latency(kind)
    if histogram.count == 0:
        return {}
    return {name: histogram.quantile(quantile) for name, quantile in _QUANTILES.items()}


def _window(index: int, window: engine.Window) -> dict[str, float]:
    row = {
        "second": float(index),
        "offered": float(window.offered),
        "sent": float(window.sent),
        "answered": float(window.answered),
        "errors": float(window.errors),
    }
    quantiles = {"p50": window.p50, "p99": window.p99}
    return row | {name: value for name, value in quantiles.items() if value is not None}


def _summary(request: Request, result: Any, boundary: str, started: float) -> Exchange:
    """One exchange that stands for all that were sent, so that evidence never rests on nothing."""
    note = (
        f"load run: {result.target} due, {result.sent} sent, {result.answered} answered, "
        f"statuses {dict(result.statuses)}, errors {dict(result.errors)}, seed {result.seed}"
    )
    return Exchange(
        Request("LOAD", request.url), None, Failure("summary", note), started, result.elapsed, boundary, note=note
    )
