"""What a load run is asked to do: the plan, and the requests that it sends."""

from __future__ import annotations

import math
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamwright.engines.load.limits import Limits
from seamwright.engines.load.profile import Arrival, Offered, Profile, Stage
from seamwright.wire.http1 import Response

if TYPE_CHECKING:
    from seamwright.engines.load.scenario import Walks

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
    """A run: what `profile` offers is sent, whether or not the target keeps up; or it is so many users, who wait.

    Without a profile, `rate` requests a second are offered for `duration` seconds, as `arrival` says; with one, these
    three are not given.

    `connections` is the most requests in flight, since each connection carries one; users have one each. A request
    waits for one at most `timeout` seconds and then for its answer at most `timeout` seconds again, so the run ends
    within its duration and three times `timeout`, and its memory is bounded by its rate times `timeout`.

    `lag_bound` (seconds) is how late our own process may be, at its 99th percentile, before the run no longer kept
    its schedule; ask for less than the latency that is to be judged. `idle` is how long an unused connection is still
    trusted: a server that closes idle ones would otherwise break a request that was never its fault.
    """

    host: str
    port: int
    requests: tuple[RequestTemplate, ...]
    rate: float | None = None
    duration: float | None = None
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
    profile: Offered | None = None
    walks: Walks | None = None
    """Scenarios: what is offered are walks through them, and `requests` are those of their steps."""
    limits: Limits | None = None
    """Ends the run early, once it is plain that one of them is broken."""
    warm_up: float = 0.0
    """Seconds at the start, of those that are offered, in which requests are sent and not counted."""

    def __post_init__(self) -> None:
        if not self.requests:
            raise ValueError("a load plan needs at least one request")
        if self.walks is not None and self.requests != self.walks.requests:
            raise ValueError("a load plan with walks has the requests of their steps")
        if self.walks is not None and self.warm_up:
            raise ValueError("a load plan with walks has no warm_up")
        if self.profile is not None and (self.rate, self.duration, self.arrival) != (None, None, "constant"):
            raise ValueError("a load plan has either a profile or a rate and duration, not both")
        steady = () if self.profile is not None else ("rate", "duration")
        for name in (*steady, "timeout", "lag_bound", "idle"):
            value = getattr(self, name)
            if value is None or not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} of a load plan must be a number above 0, not {value}")
        for name in ("connections", "max_body"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} of a load plan must be at least 1, not {getattr(self, name)}")
        if not 0 <= self.warm_up < self.offered.duration:
            raise ValueError(f"warm_up must be from 0 up and end before the run does, not {self.warm_up}")
        if self.max_samples < 0:
            raise ValueError(f"max_samples of a load plan cannot be negative: {self.max_samples}")
        if self.arrival not in ("constant", "poisson"):
            raise ValueError(f"arrival {self.arrival!r} is not known; use 'constant' or 'poisson'")

    @property
    def offered(self) -> Offered:
        """What the run offers over time."""
        if self.profile is not None:
            return self.profile
        assert self.rate is not None
        assert self.duration is not None
        return Profile((Stage(self.duration, self.rate, self.rate),), self.arrival)
