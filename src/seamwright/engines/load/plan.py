"""What a load run is asked to do: the plan, and the requests that it sends."""

from __future__ import annotations

import math
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from seamwright.engines.load.schedule import Arrival
from seamwright.wire.http1 import Response

__all__ = ["LoadPlan", "RequestTemplate", "Validate"]


@dataclass(frozen=True, slots=True)
class RequestTemplate:
    """One rendered request of an operation; `weight` is its share among the plan's requests."""

    operation: str
    data: bytes
    weight: float = 1.0


Validate = Callable[[RequestTemplate, Response], str | None]
"""Looks at an answer: None when it is as promised, otherwise one sentence saying what is wrong."""


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """An open-model run: `rate` requests a second for `duration` seconds, whether or not the target keeps up.

    `connections` is the most requests in flight, since each connection carries one. A request waits for a connection
    at most `timeout` seconds and then for its answer at most `timeout` seconds again, so the run ends within
    `duration` and three times `timeout`, and its memory is bounded by `rate` times `timeout`.

    `lag_bound` (seconds) is how late our own process may be, at its 99th percentile, before the run no longer kept
    its schedule; ask for less than the latency that is to be judged. `idle` is how long an unused connection is still
    trusted: a server that closes idle ones would otherwise break a request that was never its fault.
    """

    host: str
    port: int
    requests: tuple[RequestTemplate, ...]
    rate: float
    duration: float
    seed: int = 0
    arrival: Arrival = "constant"
    tls: ssl.SSLContext | None = None
    server_name: str | None = None
    connections: int = 64
    timeout: float = 5.0
    max_body: int = 1024 * 1024
    validate: Validate | None = None
    max_samples: int = 10
    lag_bound: float = 0.020
    idle: float = 1.5

    def __post_init__(self) -> None:
        if not self.requests:
            raise ValueError("a load plan needs at least one request")
        for name in ("rate", "duration", "timeout", "lag_bound", "idle"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} of a load plan must be a number above 0, not {value}")
        for name in ("connections", "max_body"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} of a load plan must be at least 1, not {getattr(self, name)}")
        if self.max_samples < 0:
            raise ValueError(f"max_samples of a load plan cannot be negative: {self.max_samples}")
        if self.arrival not in ("constant", "poisson"):
            raise ValueError(f"arrival {self.arrival!r} is not known; use 'constant' or 'poisson'")
