"""Toxiproxy's toxics as faults: what each of its types does to a connection, in our words.

Types, attributes and units are those of its documentation (README of Toxiproxy 2, "Toxics"). A toxic strikes whole
connections, those that are open included; `toxicity` is drawn for each connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwright.engines.faults.faults import Bandwidth, Fault, Hang, Latency, Reset, SlowClose, Trickle, Truncate
from seamwright.engines.faults.selection import Selection

__all__ = ["TYPES", "Toxic", "toxic_from"]

TYPES: dict[str, tuple[str, ...]] = {
    "latency": ("latency", "jitter"),
    "bandwidth": ("rate",),
    "slow_close": ("delay",),
    "timeout": ("timeout",),
    "reset_peer": ("timeout",),
    "slicer": ("average_size", "size_variation", "delay"),
    "limit_data": ("bytes",),
}
"""Attributes by type: milliseconds; kilobytes a second for `rate`; microseconds for a slicer's `delay`; bytes."""

_LEAST = 1e-6

_MOST = 10**12


@dataclass(frozen=True, slots=True)
class Toxic:
    """One toxic as its API tells it."""

    name: str
    type: str
    stream: str = "downstream"
    toxicity: float = 1.0
    attributes: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The object of the API."""
        attributes = {name: self.attributes.get(name, 0) for name in TYPES[self.type]}
        return {
            "attributes": attributes,
            "name": self.name,
            "type": self.type,
            "stream": self.stream,
            "toxicity": self.toxicity,
        }

    def fault(self) -> Fault | None:
        """What it does; None where its attributes say that it does nothing."""
        direction = "answer" if self.stream == "downstream" else "request"
        value = self.attributes.get
        match self.type:
            case "latency":
                seconds, jitter = value("latency", 0) / 1e3, value("jitter", 0) / 1e3
                if not jitter:
                    return Latency(seconds, direction=direction) if seconds else None
                return Latency(max(seconds, _LEAST), jitter, "uniform", direction)
            case "bandwidth":
                rate = value("rate", 0)
                return Bandwidth(rate * 1000, direction) if rate > 0 else None
            case "slow_close":
                delay = value("delay", 0) / 1e3
                return SlowClose(delay, direction) if delay else None
            case "timeout":
                after = 0 if self.stream == "downstream" else None
                return Hang(after, value("timeout", 0) / 1e3 or None, "close")
            case "reset_peer":
                return Reset(value("timeout", 0) / 1e3)
            case "slicer":
                size = value("average_size", 0)
                if size < 1:
                    return None
                variation = min(max(value("size_variation", 0), 0), size - 1)
                return Trickle(size, value("delay", 0) / 1e6, variation, direction)
        return Truncate(value("bytes", 0), "close", direction, total=True)

    def where(self) -> Selection:
        """What it strikes."""
        return Selection(share=self.toxicity if self.toxicity < 1 else None, open=True)


def toxic_from(asked: Any, before: Toxic | None = None) -> Toxic:
    """The toxic of a request body; what is not said stays as it was `before`. Raises ValueError."""
    if not isinstance(asked, Mapping):
        raise ValueError("a toxic is an object with type, stream, toxicity and attributes")
    kind = asked.get("type") or (before.type if before is not None else "")
    if not isinstance(kind, str) or kind not in TYPES:
        raise ValueError(f"invalid toxic type {kind!r}; there are {', '.join(TYPES)}")
    stream = asked.get("stream") or (before.stream if before is not None else "downstream")
    if stream not in ("upstream", "downstream"):
        raise ValueError("stream was invalid, can be either upstream or downstream")
    toxicity = asked.get("toxicity", before.toxicity if before is not None else 1.0)
    if isinstance(toxicity, bool) or not isinstance(toxicity, int | float) or not 0 <= toxicity <= 1:
        raise ValueError(f"toxicity must be from 0 to 1, not {toxicity!r}")
    given = asked.get("attributes") or {}
    if not isinstance(given, Mapping):
        raise ValueError("attributes must be an object")
    attributes = dict(before.attributes) if before is not None else {}
    for name, value in given.items():
        if name in TYPES[kind]:
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
                raise ValueError(f"{name} of a {kind} toxic must be a whole number from 0, not {value!r}")
            attributes[name] = value
    name = str((before.name if before is not None else asked.get("name")) or f"{kind}_{stream}")
    return Toxic(name, kind, stream, float(toxicity), attributes)
