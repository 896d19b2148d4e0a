"""How a mock misbehaves on purpose: latency and faults, by operation, with seeded chance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random

from seamwright.model.errors import UsageError
from seamwright.model.operation import Operation

__all__ = ["Disturbance", "Fault", "Latency", "Profile", "fault_from", "latency_from"]

FAULTS = {
    "reset": "the connection is reset before anything is done",
    "drop": "the work is done, and the connection reset in place of the answer",
    "hang": "no answer ever comes",
    "slow": "the answer comes late (slow=5s; 2s where nothing is said)",
    "truncate": "the connection ends half-way through the body",
    "malformed": "the body is cut in half, and told as if it were whole",
}
"""What can be asked for beside a status, and what it does."""

_SLOW = 2.0
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(us|ms|s|m)")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True)
class Latency:
    """Each answer takes between `low` and `high` seconds more. `on` is an operation's id or `METHOD /path`, or `*`."""

    low: float
    high: float
    on: str = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that strikes a request with a probability. `kind` is one of `FAULTS`, or `status`."""

    kind: str
    probability: float = 1.0
    status: int = 0
    seconds: float = 0.0
    on: str = "*"

    @property
    def name(self) -> str:
        """What it is called in the journal."""
        return str(self.status) if self.kind == "status" else self.kind


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What befalls one request: seconds of delay, and the fault that strikes, if any."""

    delay: float = 0.0
    fault: Fault | None = None


class Profile:
    """Draws what befalls each request. The same seed and the same requests in the same order give the same."""

    def __init__(self, latencies: tuple[Latency, ...] = (), faults: tuple[Fault, ...] = (), seed: int = 0) -> None:
        self._latencies = latencies
        self._faults = faults
        self._random = Random(f"{seed}|profile")

    def draw(self, operation: Operation) -> Disturbance:
        """What befalls a request for this operation; of several latencies that speak of it the last counts."""
        chances = [self._random.random() for _ in range(len(self._faults) + 1)]
        delay = 0.0
        for latency in self._latencies:
            if _speaks_of(latency.on, operation):
                delay = latency.low + chances[-1] * (latency.high - latency.low)
        struck = (
            fault
            for fault, chance in zip(self._faults, chances, strict=False)
            if chance < fault.probability and _speaks_of(fault.on, operation)
        )
        return Disturbance(delay, next(struck, None))


def latency_from(text: str) -> Latency:
    """Read `50ms`, `20ms..200ms` or `20ms..200ms@createOrder`. Raises UsageError."""
    told, _, on = text.partition("@")
    low, _, high = told.partition("..")
    try:
        least = _seconds(low)
        most = _seconds(high) if high else least
    except ValueError:
        raise UsageError(
            f"--latency: {text!r} is no latency; write it like 50ms or 20ms..200ms, or 50ms@operationId"
        ) from None
    if most < least:
        raise UsageError(f"--latency: {text!r} ends before it begins; write the smaller time first")
    return Latency(least, most, on or "*")


def fault_from(text: str) -> Fault:
    """Read `500:0.1`, `reset:0.05`, `slow=5s` or `503@createOrder`: what, how likely, on what. Raises UsageError."""
    told, _, on = text.partition("@")
    kind, _, chance = told.partition(":")
    name, _, amount = kind.strip().partition("=")
    try:
        probability = float(chance) if chance else 1.0
        seconds = _seconds(amount) if amount else _SLOW if name == "slow" else 0.0
    except ValueError:
        raise UsageError(
            f"--fault: {text!r} cannot be read; write it like 500:0.1, reset:0.05 or slow=5s:0.2"
        ) from None
    if not 0 <= probability <= 1:
        raise UsageError(f"--fault: {text!r}: a probability lies between 0 and 1")
    if re.fullmatch(r"[2-5]\d\d", name):
        return Fault("status", probability, int(name), on=on or "*")
    if name not in FAULTS:
        raise UsageError(
            f"--fault: there is no fault {name!r}; there are a status such as 500, and {', '.join(FAULTS)}"
        )
    return Fault(name, probability, seconds=seconds, on=on or "*")


def _seconds(text: str) -> float:
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return float(match[1]) * _SECONDS[match[2]]


def _speaks_of(on: str, operation: Operation) -> bool:
    return fnmatchcase(operation.id, on) or fnmatchcase(str(operation), on)
