"""The totals of a load run as OpenMetrics text, version 1.0, for a file that a Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.engines.load.recorder import Latency
from seamwright.engines.load.result import LoadResult

__all__ = ["openmetrics"]

_QUANTILES = (0.5, 0.9, 0.99, 0.999, 1.0)


def openmetrics(result: LoadResult) -> str:
    """Latencies as summaries in seconds, outcomes as counters, and the run itself as gauges; ends with `# EOF`.

    The outcome of a request is its status, or the class of its error. Contract breaches are counted apart, since such a
    request has a status too.
    """
    return "".join(f"{line}\n" for line in _lines(result))


def _lines(result: LoadResult) -> Iterator[str]:
    yield from _family("seamwright_load_latency_seconds", "summary", "Latency by operation and kind.", "seconds")
    kinds: tuple[Latency, ...] = ("intended", "service")
    for kind in kinds:
        for operation in result.operations:
            histogram = result.recorder.latency(kind, operation)
            labels = {"kind": kind, "operation": operation}
            if histogram.count:
                for quantile in _QUANTILES:
                    told = labels | {"quantile": repr(quantile)}
                    yield _sample("seamwright_load_latency_seconds", told, histogram.quantile(quantile))
            yield _sample("seamwright_load_latency_seconds_count", labels, histogram.count)
            yield _sample("seamwright_load_latency_seconds_sum", labels, histogram.total)
    yield from _family("seamwright_load_requests", "counter", "Requests by operation and outcome.")
    for operation, part in result.operations.items():
        outcomes = {**{str(status): count for status, count in part.statuses.items()}, **part.errors}
        for outcome, count in outcomes.items():
            yield _sample("seamwright_load_requests_total", {"operation": operation, "outcome": outcome}, count)
    yield from _family("seamwright_load_invalid", "counter", "Answers that were not as promised.")
    for operation, part in result.operations.items():
        yield _sample("seamwright_load_invalid_total", {"operation": operation}, part.invalid)
    gauges = (
        ("offered_rate", "Mean of the requests that were due a second.", result.rate),
        ("answered_rate", "Answers a second.", result.answered / result.elapsed),
        ("own_lag_p99_seconds", "How late this process came to its schedule.", result.own_lag.p99),
        ("kept_schedule", "1 where the schedule was kept by this process.", int(result.kept_schedule)),
    )
    for name, about, value in gauges:
        yield from _family(f"seamwright_load_{name}", "gauge", about, "seconds" if name.endswith("_seconds") else "")
        yield _sample(f"seamwright_load_{name}", {}, value)
    yield "# EOF"


def _family(name: str, kind: str, about: str, unit: str = "") -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    if unit:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {about}"


def _sample(name: str, labels: dict[str, str], value: float) -> str:
    told = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{told}}} {value!r}" if told else f"{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
