"""Shows a finished load run on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from seamwright.faces.cli.console import styled
from seamwright.faces.cli.terminal import out

if TYPE_CHECKING:
    from seamwright.engines.load import LoadResult, OperationResult
    from seamwright.engines.load.recorder import Quantiles
    from seamwright.model.evidence import Evidence
    from seamwright.run.load_by_hand import LoadByHand
    from seamwright.run.thresholds import Threshold

__all__ = ["summary", "verdict"]

_HELD = {True: "[green]✓[/]", False: "[bold red]✗[/]", None: "[yellow]?[/]"}


def summary(evidence: Evidence, load: LoadByHand) -> None:
    """Print what was offered and answered, latencies, errors, operations, thresholds, and the verdict."""
    console = out()
    if load.loaded is not None:
        result = load.loaded.result
        for line in _figures(result):
            console.print(line)
        console.print(_latencies(result))
        console.print(_operations(result))
        if result.scenarios:
            console.print(_scenarios(result))
        if result.used_up:
            console.print(escape(f"ended there: {result.used_up}"))
    for threshold in load.thresholds:
        console.print(_line(threshold))
    for note in load.script.notes if load.script is not None else ():
        console.print(escape(note), style="dim")
    verdict(evidence, load.left_out)


def verdict(evidence: Evidence, left_out: Mapping[str, str]) -> None:
    """Print what was left out, the verdict, and each finding with the command that shows it again."""
    console = out()
    for name, why in left_out.items():
        console.print(escape(f"left out: {name}: {why}"), style="dim")
    why = f" — {escape(evidence.why)}" if evidence.why else ""
    console.print(f"{styled(evidence.verdict)} {evidence.boundary}: {evidence.proves}{why}")
    for finding in evidence.findings:
        console.print(escape(f"  {finding.title}"))
        console.print(escape(f"  again: {finding.reproduce}"), style="dim")


def _figures(result: LoadResult) -> list[str]:
    from seamwright.run.thresholds import failures, refusals

    failed = failures(result)
    told = ", ".join(f"{kind} {count}" for kind, count in failed.items()) or "none"
    refused = f"; refused (4xx): {refusals(result)}" if refusals(result) else ""
    lag, own = result.send_lag, result.own_lag
    shared = []
    if result.processes > 1:
        shared = [f"{result.processes} processes, which were ready after {result.ready_after:.2f} s"]
    early = [] if result.ended_early is None else [f"ended early, after {result.duration:.1f} s: {result.ended_early}"]
    return [
        *shared,
        *early,
        (
            f"offered {result.target} ({result.rate:.4g}/s, {result.arrival}) · sent {result.sent} · "
            f"answered {result.answered} ({result.answered / result.elapsed:.4g}/s) in {result.elapsed:.2f} s"
        ),
        f"errors: {escape(told)}{refused}",
        (
            f"send lag p50 {_ms(lag.p50)}, p99 {_ms(lag.p99)}, max {_ms(lag.maximum)}, and our own p99 {_ms(own.p99)}; "
            f"at most {result.backlog} waited and {result.in_flight} were on their way; CPU {result.cpu:.0%}"
            + (" of the busiest" if result.processes > 1 else "")
        ),
    ]


def _latencies(result: LoadResult) -> Table:
    table = Table("latency", "p50", "p90", "p99", "p999", "max", box=None, pad_edge=False)
    table.add_row("intended", *_quantiles(result.intended))
    table.add_row("service", *_quantiles(result.service))
    return table


def _operations(result: LoadResult) -> Table:
    first = "step" if result.scenarios else "operation"
    names = [first, "sent", "answered", "errors", "invalid", "p50", "p99", "max"]
    table = Table(*names, *(["service p99"] if result.scenarios else []), box=None, pad_edge=False)
    for name, part in result.operations.items():
        p50, _, p99, _, largest = _quantiles(part.intended)
        counts = (part.sent, part.answered, _errors(part), part.invalid)
        service = [_quantiles(part.service)[2]] if result.scenarios else []
        table.add_row(escape(name), *(str(count) for count in counts), p50, p99, largest, *service)
    return table


def _errors(part: OperationResult) -> str:
    total = sum(part.errors.values())
    return f"{total} ({', '.join(f'{kind} {count}' for kind, count in part.errors.items())})" if total else "0"


def _scenarios(result: LoadResult) -> Table:
    table = Table("scenario", "begun", "completed", "ended at", "p50", "p99", "max", box=None, pad_edge=False)
    for name, part in result.scenarios.items():
        ended = ", ".join(f"{step} {count}" for step, count in part.failed.items()) or "-"
        p50, _, p99, _, largest = _quantiles(part.duration)
        table.add_row(escape(name), str(part.begun), str(part.completed), escape(ended), p50, p99, largest)
    return table


def _line(threshold: Threshold) -> str:
    if threshold.measured is None:
        return f"{_HELD[None]} {threshold.name}: {escape(threshold.why)}"
    told = [_value(threshold.name, value) for value in (threshold.measured, threshold.limit)]
    return f"{_HELD[threshold.held]} {threshold.name}: {told[0]}, promised {told[1]}"


def _value(name: str, value: float) -> str:
    if name.startswith("latency"):
        return _ms(value)
    return f"{value:.4g}/s" if name == "rate" else f"{100 * value:.8g}%"


def _quantiles(summary: Quantiles | None) -> tuple[str, str, str, str, str]:
    if summary is None:
        return ("-",) * 5
    return (_ms(summary.p50), _ms(summary.p90), _ms(summary.p99), _ms(summary.p999), _ms(summary.maximum))


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
