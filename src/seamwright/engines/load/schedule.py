"""When each request of an open-model run is due, and which operation it is: pure, and decided by the seed alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Arrival", "arrivals", "constant", "picks", "poisson", "schedule"]

Arrival = Literal["constant", "poisson"]

# Chunks bound the memory of a long run. The size is fixed, so that sums round alike however the numbers are consumed.
_CHUNK = 4096
_SECOND = 1_000_000_000


def constant(rate: float, duration: float) -> Iterator[npt.NDArray[np.int64]]:
    """Arrivals at exactly `rate` a second from 0 to `duration` seconds, in nanoseconds since the start, in chunks."""
    _check(rate, duration)
    # The tolerance keeps 0.1 + 0.2 from adding a request.
    count = max(1, int(np.ceil(rate * duration - 1e-6)))
    for first in range(0, count, _CHUNK):
        steps = np.arange(first, min(first + _CHUNK, count), dtype=np.float64)
        yield np.rint(steps * (_SECOND / rate)).astype(np.int64)


def poisson(rate: float, duration: float, seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """Arrivals of a Poisson process of mean `rate` a second, as many people who do not know each other would come.

    Nanoseconds since the start, in chunks, the same for the same seed. A short, slow run may have none.
    """
    _check(rate, duration)
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0])))
    at, end = 0.0, duration * _SECOND
    while True:
        times = at + np.cumsum(random.exponential(_SECOND / rate, _CHUNK))
        at = float(times[-1])
        yield np.rint(times[times < end]).astype(np.int64)
        if at >= end:
            return


def arrivals(kind: Arrival, rate: float, duration: float, seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """The arrivals of this kind; see `constant` and `poisson`."""
    if kind == "constant":
        return constant(rate, duration)
    if kind == "poisson":
        return poisson(rate, duration, seed)
    raise ValueError(f"arrival {kind!r} is not known; use 'constant' or 'poisson'")


def picks(weights: Sequence[float], seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """Endless chunks of indices into `weights`, drawn in their proportion, the same for the same seed."""
    shares = np.asarray(weights, dtype=np.float64)
    if shares.size == 0 or not np.all(np.isfinite(shares)) or np.any(shares < 0) or shares.sum() <= 0:
        raise ValueError(f"weights must be finite, not negative and not all zero, not {list(weights)}")
    # A stream of its own: the mix of operations does not change when the arrivals do.
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 1])))
    bounds = np.cumsum(shares / shares.sum())
    bounds[-1] = 1.0
    while True:
        yield np.searchsorted(bounds, random.random(_CHUNK), side="right").astype(np.int64)


def schedule(
    kind: Arrival, rate: float, duration: float, weights: Sequence[float], seed: int
) -> Iterator[tuple[int, int]]:
    """Pairs of (nanoseconds since the start, index of the operation), in order of time."""
    choices = chain.from_iterable(chunk.tolist() for chunk in picks(weights, seed))
    times = chain.from_iterable(chunk.tolist() for chunk in arrivals(kind, rate, duration, seed))
    return zip(times, choices, strict=False)  # the choices never end


def _check(rate: float, duration: float) -> None:
    if not (np.isfinite(rate) and rate > 0):
        raise ValueError(f"rate must be more than 0 a second, not {rate}")
    if not (np.isfinite(duration) and duration > 0):
        raise ValueError(f"duration must be more than 0 seconds, not {duration}")
