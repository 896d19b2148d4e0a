"""What is offered over time: a rate that follows stages, or the recorded moments of a trace. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Arrival", "Offered", "Profile", "Stage", "Trace", "Users", "read_trace"]

Arrival = Literal["constant", "poisson"]

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Stage:
    """`duration` seconds in which the rate goes in a straight line from `start` to `end` requests a second.

    A rate may be 0; a stage that is 0 at both ends is a pause.
    """

    duration: float
    start: float
    end: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.duration) and self.duration > 0):
            raise ValueError(f"duration of a stage must be more than 0 seconds, not {self.duration}")
        for rate in (self.start, self.end):
            if not (math.isfinite(rate) and rate >= 0):
                raise ValueError(f"rate of a stage must be a number from 0 up, not {rate}")

    @property
    def total(self) -> float:
        """The integral of the rate: how many requests are due in this stage, as a real number."""
        return self.duration * (self.start + self.end) / 2


@dataclass(frozen=True, slots=True)
class Profile:
    """A rate over time, as stages one after the other.

    Arrivals are evenly spread ("constant": the k-th request is due when the integral of the rate reaches k, so that
    their number is that integral) or those of a Poisson process of this rate ("poisson"), which the seed decides.
    """

    stages: tuple[Stage, ...]
    arrival: Arrival = "constant"

    def __post_init__(self) -> None:
        if not self.stages:
            raise ValueError("a profile needs at least one stage")
        if not self.total > 0:
            raise ValueError("rate of a profile must be more than 0 somewhere")
        if self.arrival not in ("constant", "poisson"):
            raise ValueError(f"arrival {self.arrival!r} is not known; use 'constant' or 'poisson'")

    @classmethod
    def constant(cls, rate: float, duration: float) -> Profile:
        """`rate` a second all the time."""
        return cls((Stage(duration, rate, rate),))

    @classmethod
    def ramp(cls, start: float, end: float, duration: float) -> Profile:
        """From one rate to the other in a straight line."""
        return cls((Stage(duration, start, end),))

    @classmethod
    def steps(cls, rates: Sequence[float], duration: float) -> Profile:
        """Each of the rates in turn, for equal parts of the duration."""
        if not rates:
            raise ValueError("a profile of steps needs at least one rate")
        return cls(tuple(Stage(duration / len(rates), rate, rate) for rate in rates))

    @classmethod
    def spike(cls, base: float, peak: float, duration: float, length: float) -> Profile:
        """`base` a second, and for `length` seconds in the middle of the duration `peak` a second."""
        if not 0 < length < duration:
            raise ValueError(f"length of a spike must lie between 0 and the whole duration, not at {length}")
        around = Stage((duration - length) / 2, base, base)
        return cls((around, Stage(length, peak, peak), around))

    def poisson(self) -> Profile:
        """The same rate over time with arrivals of a Poisson process."""
        return replace(self, arrival="poisson")

    @property
    def duration(self) -> float:
        """Seconds of all stages together."""
        return math.fsum(stage.duration for stage in self.stages)

    @property
    def total(self) -> float:
        """The integral of the rate over the whole duration."""
        return math.fsum(stage.total for stage in self.stages)

    @property
    def count(self) -> int:
        """How many evenly spread requests are due: the integral, rounded up as far as it is no rounding error."""
        return max(1, math.ceil(self.total - 1e-6))

    @property
    def mean(self) -> float:
        """Requests a second over the whole duration."""
        return self.total / self.duration

    @property
    def peak(self) -> float:
        """The highest rate that is ever reached."""
        return max(max(stage.start, stage.end) for stage in self.stages)

    def reached(self, totals: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """When, in seconds, the integral of the rate reaches each of `totals`; after the end for those above it."""
        sums = np.cumsum([0.0, *(stage.total for stage in self.stages)])
        begins = np.cumsum([0.0, *(stage.duration for stage in self.stages)])
        # Where stages of rate 0 share a sum, the request belongs to the stage after them.
        index = np.clip(np.searchsorted(sums, totals, side="right") - 1, 0, len(self.stages) - 1)
        starts, ends, lasts = (
            np.asarray([getattr(stage, name) for stage in self.stages])[index] for name in ("start", "end", "duration")
        )
        wanted = totals - sums[index]
        # start·t + slope·t²/2 = wanted, solved in the form that cancels nothing and needs no case for a slope of 0.
        root = np.sqrt(np.maximum(starts**2 + 2 * (ends - starts) / lasts * wanted, 0.0))
        below = starts + root
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.where(wanted > 0, 2 * wanted / below, 0.0)
        times = begins[index] + np.minimum(inside, lasts)
        return np.where(totals > sums[-1], np.inf, times)


@dataclass(frozen=True, slots=True)
class Trace:
    """The moments of a recorded run, to be replayed: sorted nanoseconds since its start. Held whole, 8 bytes each."""

    offsets: npt.NDArray[np.int64] = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.offsets.size == 0:
            raise ValueError("a trace needs at least one moment")
        if int(self.offsets[0]) < 0 or bool(np.any(np.diff(self.offsets) < 0)):
            raise ValueError("moments of a trace must be sorted, and not negative")

    def at_speed(self, speed: float) -> Trace:
        """The same moments, so many times as quickly after each other. Raises ValueError for a speed of 0 or below."""
        if not (math.isfinite(speed) and speed > 0):
            raise ValueError(f"speed of a replay must be a number above 0, not {speed}")
        return Trace(np.rint(self.offsets / speed).astype(np.int64))

    @property
    def arrival(self) -> str:
        """How arrivals come about."""
        return "replay"

    @property
    def count(self) -> int:
        """How many requests are due."""
        return int(self.offsets.size)

    @property
    def duration(self) -> float:
        """Seconds until the last request is due; a nanosecond at least, so that a rate can be told."""
        return max(1, int(self.offsets[-1])) / _SECOND

    @property
    def mean(self) -> float:
        """Requests a second; over one second where the whole trace is shorter."""
        return self.count / max(self.duration, 1.0)

    @property
    def peak(self) -> float:
        """The most requests that are due within any second that starts with one."""
        ends = np.searchsorted(self.offsets, self.offsets + _SECOND, side="left")
        return float((ends - np.arange(self.count)).max())


@dataclass(frozen=True, slots=True)
class Users:
    """A closed model: so many callers, each of which waits for its answer, thinks for `think` seconds, and calls again.

    A target that stalls is asked less often, so a closed model says how much is carried by so many, and nothing of the
    latency that callers from outside would see (Schroeder, Wierman, Harchol-Balter, "Open Versus Closed: A Cautionary
    Tale", NSDI 2006). Nobody calls after `duration` seconds.
    """

    number: int
    duration: float
    think: float = 0.0

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError(f"there must be at least one user, not {self.number}")
        if not (math.isfinite(self.duration) and self.duration > 0):
            raise ValueError(f"duration of a closed model must be more than 0 seconds, not {self.duration}")
        if not (math.isfinite(self.think) and self.think >= 0):
            raise ValueError(f"think time must be a number from 0 up, not {self.think}")

    @property
    def arrival(self) -> str:
        """How arrivals come about."""
        return "closed"


Offered = Profile | Trace | Users
"""What a load run offers to its target."""


def read_trace(lines: Iterable[str]) -> Trace:
    """A trace from text: one offset in seconds since the start on each line, in any order.

    Empty lines and those that begin with `#` are passed over, and so is all after a comma (the rest of a CSV row).
    Raises ValueError with the number of the line that is no offset.
    """
    offsets: list[int] = []
    for number, line in enumerate(lines, 1):
        text = line.partition(",")[0].strip()
        if not text or text.startswith("#"):
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"line {number}: {text[:40]!r} is no offset in seconds, such as 12.503")
        offsets.append(round(value * _SECOND))
    return Trace(np.sort(np.asarray(offsets, dtype=np.int64)))
