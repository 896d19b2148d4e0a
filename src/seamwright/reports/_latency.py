"""The picture of a load check: latency quantiles as pairs of dots, and the seconds of the run as lines.

Latency counts from when a request was meant to leave (`intended`) and from when it did leave (`service`); the gap
between the two is time spent waiting, which a picture of one of them would hide. Any key of the figures may be missing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seamwright.model.evidence import Evidence
from seamwright.reports._words import amount, duration, number, plural, quantile

__all__ = ["Figure", "Line", "Row", "Tick", "Timeline", "figures"]

WIDTH = 440
_LEFT, _RIGHT = 44, 16
_TOP, _STEP = 26, 26
_PLOT, _BARS = 120, 34
_QUANTILES = ("p50", "p75", "p90", "p95", "p99", "p999", "p9999", "max")


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on an axis, and where."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One quantile: where its two dots and its objective lie, and the same in words."""

    name: str
    y: float
    intended_x: float | None
    service_x: float | None
    objective_x: float | None
    intended: str
    service: str
    objective: str
    kept: bool | None


@dataclass(frozen=True, slots=True)
class Line:
    """One quantile over time: the points of its polylines (a gap where nothing was answered)."""

    name: str
    pieces: tuple[str, ...]
    label_y: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The run second by second: latency above, requests and errors below."""

    lines: tuple[Line, ...]
    bars: tuple[tuple[float, float, float, float], ...]
    """x, width, height of what was sent, height of the errors; each stands on `base`."""
    ticks_y: tuple[Tick, ...]
    ticks_x: tuple[Tick, ...]
    objective_y: float | None
    objective: str
    busiest: str
    base: float
    height: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One load check: sentences in words, and the two pictures where there is anything to draw."""

    boundary: str
    check: str
    cell: str
    words: str
    details: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    height: float
    timeline: Timeline | None


def figures(rows: Sequence[Evidence]) -> tuple[Figure, ...]:
    """A figure for each evidence row with figures of load under `load`, itself or by cell."""
    found = []
    for row in rows:
        if isinstance(load := row.measures.get("load"), Mapping):
            found.append(_figure(row, "", load))
        for cell, inner in row.measures.items():
            if isinstance(inner, Mapping) and isinstance(load := inner.get("load"), Mapping):
                found.append(_figure(row, str(cell), load))
    return tuple(found)


def _figure(row: Evidence, cell: str, load: Mapping[str, Any]) -> Figure:
    intended, service = _times(load.get("intended")), _times(load.get("service"))
    objectives = _times(load.get("objectives"))
    names = [q for q in _QUANTILES if q in intended or q in service]
    scale = _Scale([t for m in (intended, service, objectives) for q, t in m.items() if q in _QUANTILES])
    quantiles = tuple(
        _row(name, _TOP + number * _STEP, scale, intended.get(name), service.get(name), objectives.get(name))
        for number, name in enumerate(names)
    )
    return Figure(
        row.boundary,
        row.check,
        cell,
        _in_words(load),
        _details(load),
        quantiles,
        scale.ticks if quantiles else (),
        _TOP + len(quantiles) * _STEP,
        _timeline(load.get("timeline"), objectives),
    )


def _row(
    name: str, y: float, scale: _Scale, intended: float | None, service: float | None, objective: float | None
) -> Row:
    def at(seconds: float | None) -> float | None:
        return None if seconds is None else scale.at(seconds)

    def told(seconds: float | None) -> str:
        return "" if seconds is None else duration(seconds)

    return Row(
        quantile(name),
        y,
        at(intended),
        at(service),
        at(objective),
        told(intended),
        told(service),
        told(objective),
        None if intended is None or objective is None else intended <= objective,
    )


def _times(value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping):
        return {}
    return {str(k): t for k, v in value.items() if (t := number(v)) is not None and t >= 0}


class _Scale:
    """A logarithmic axis of time with whole decades or their thirds as ticks."""

    def __init__(self, values: Sequence[float]) -> None:
        positive = [v for v in values if v > 0] or [0.001, 0.01]
        self._low, self._high = math.log10(min(positive)) - 0.08, math.log10(max(positive)) + 0.08
        if self._high - self._low < 1:
            middle = (self._high + self._low) / 2
            self._low, self._high = middle - 0.5, middle + 0.5

    def at(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low) if value > 0 else 0.0
        return round(_LEFT + min(1.0, max(0.0, share)) * (WIDTH - _LEFT - _RIGHT), 1)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        steps = (
            (1.0,) if self._high - self._low > 3 else (1.0, 3.0) if self._high - self._low > 1.5 else (1.0, 2.0, 5.0)
        )
        values = [
            step * 10.0**power for power in range(math.floor(self._low), math.ceil(self._high) + 1) for step in steps
        ]
        return tuple(Tick(self.at(v), duration(v)) for v in values if self._low <= math.log10(v) <= self._high)


def _timeline(value: Any, objectives: Mapping[str, float]) -> Timeline | None:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return None
    seconds = [entry for entry in value if isinstance(entry, Mapping)]
    if not seconds:
        return None
    names = [n for n in ("p50", "p99") if any(number(s.get(n)) is not None for s in seconds)]
    promised = next(((n, objectives[n]) for n in ("p99", "p999", "p95", "p50") if n in objectives), None)
    peak = max(
        [t for s in seconds for n in names if (t := number(s.get(n))) is not None]
        + ([promised[1]] if promised else []),
        default=0.0,
    )
    top = _nice(peak) if peak > 0 else 1.0
    base = _TOP + _PLOT + 14 + _BARS
    step = (WIDTH - _LEFT - _RIGHT - 22) / len(seconds)
    centres = [_LEFT + (i + 0.5) * step for i in range(len(seconds))]
    busiest = max((number(s.get("sent")) or 0.0 for s in seconds), default=0.0)
    bars = []
    for x, entry in zip(centres, seconds, strict=True):
        sent, errors = (number(entry.get(k)) or 0.0 for k in ("sent", "errors"))
        tallest = max(busiest, 1.0)
        bars.append(
            (
                round(x - step * 0.36, 1),
                round(step * 0.72, 1),
                round(sent / tallest * _BARS, 1),
                round(max(2.5, min(errors, tallest) / tallest * _BARS), 1) if errors > 0 else 0.0,
            )
        )
    lines = []
    for name in names:
        pieces, last = _pieces(centres, [number(s.get(name)) for s in seconds], top)
        lines.append(Line(quantile(name), pieces, last))
    if len(lines) == 2 and abs(lines[0].label_y - lines[1].label_y) < 13:
        upper = min(line.label_y for line in lines)
        lines = [Line(line.name, line.pieces, upper + (13 if line.name == "p50" else 0)) for line in lines]
    return Timeline(
        tuple(lines),
        tuple(bars),
        tuple(Tick(_height(v, top), duration(v)) for v in (0.0, top / 2, top)) if names else (),
        tuple(Tick(centres[i], _second(seconds[i], i)) for i in _some(len(seconds))),
        _height(promised[1], top) if promised and names else None,
        f"{quantile(promised[0])} promised: {duration(promised[1])}" if promised else "",
        amount(busiest),
        base,
        base + 22,
    )


def _pieces(centres: Sequence[float], values: Sequence[float | None], top: float) -> tuple[tuple[str, ...], float]:
    pieces: list[list[str]] = [[]]
    last = 0.0
    for x, value in zip(centres, values, strict=True):
        if value is None:
            pieces.append([])
        else:
            last = _height(value, top)
            pieces[-1].append(f"{x:.1f},{last:.1f}")
    return tuple(" ".join(piece) for piece in pieces if piece), last


def _height(value: float, top: float) -> float:
    return round(_TOP + _PLOT * (1 - min(1.0, max(0.0, value / top))), 1)


def _nice(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(step * power for step in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10) if step * power >= value))


def _second(entry: Mapping[str, Any], index: int) -> str:
    second = number(entry.get("second"))
    return f"{amount(second if second is not None else index)} s"


def _some(count: int) -> list[int]:
    every = max(1, -(-count // 6))
    return list(range(0, count, every))


def _in_words(load: Mapping[str, Any]) -> str:
    rate, length = number(load.get("target_rate")), number(load.get("duration"))
    sent, answered = number(load.get("sent")), number(load.get("answered"))
    parts = []
    if rate is not None:
        parts.append(
            f"{amount(rate)} requests a second were asked for" + (f" over {duration(length)}" if length else "")
        )
    if sent is not None:
        parts.append(f"{amount(sent)} were sent")
    if answered is not None:
        parts.append(f"{amount(answered)} were answered")
    return f"{', '.join(parts)}." if parts else ""


def _details(load: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = []
    for title, key in (("Statuses", "statuses"), ("Errors", "errors")):
        counts = load.get(key)
        if isinstance(counts, Mapping) and counts:
            found.append(
                (title, ", ".join(f"{name}: {_told(count)}" for name, count in sorted(counts.items(), key=str)))
            )
    lag = _times(load.get("send_lag"))
    if lag:
        told = ", ".join(f"{quantile(q)} {duration(lag[q])}" for q in _QUANTILES if q in lag)
        found.append(("Sent late by", told))
    if load.get("kept_schedule") is False:
        found.append(("Schedule", f"not kept: {load.get('why_not') or 'no reason was given'}"))
    if load.get("used_up"):
        found.append(("Ended there", str(load["used_up"])))
    scenarios = load.get("scenarios")
    for name, part in scenarios.items() if isinstance(scenarios, Mapping) else ():
        if isinstance(part, Mapping):
            found += [(f"Scenario {name}", _walked(part)), *_steps(part.get("steps"))]
    errors = load.get("errors")
    total = number(errors) if not isinstance(errors, Mapping) else None
    if total is not None:
        found.append(("Errors", plural(int(total), "error")))
    return tuple(found)


def _walked(part: Mapping[str, Any]) -> str:
    told = f"{_told(part.get('begun'))} begun, {_told(part.get('completed'))} walked to the end"
    lasting = _times(part.get("duration"))
    if lasting:
        told += (
            f", which took {', '.join(f'{quantile(q)} {duration(lasting[q])}' for q in ('p50', 'p99') if q in lasting)}"
        )
    ended = part.get("failed_at")
    if isinstance(ended, Mapping) and ended:
        told += f"; ended at {', '.join(f'{step} ({_told(count)})' for step, count in ended.items())}"
    return told


def _steps(steps: Any) -> list[tuple[str, str]]:
    """What each step of a scenario was answered, and how quickly: by the intended time, and by that of sending."""
    found = []
    for step in steps if isinstance(steps, Sequence) else ():
        latency = step.get("latency", {})
        intended, service = _times(latency.get("intended")), _times(latency.get("service"))
        told = [f"{_told(step.get('answered'))} answered"]
        told += [
            f"{kind} p50 {duration(times['p50'])}, p99 {duration(times['p99'])}"
            for kind, times in (("intended", intended), ("service", service))
            if "p50" in times and "p99" in times
        ]
        told += [f"{kind}: {_told(count)}" for kind, count in step.get("errors", {}).items()]
        if step.get("invalid"):
            told.append(f"not as promised: {_told(step['invalid'])}")
        found.append((f"Step {step.get('step')}", "; ".join(told)))
    return found


def _told(count: Any) -> str:
    value = number(count)
    return str(count) if value is None else amount(value)
