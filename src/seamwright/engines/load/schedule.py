"""When each request of an open-model run is due, and which operation it is: pure, and decided by the seed alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from seamwright.engines.load.profile import Profile, Trace

__all__ = ["arrivals", "picks", "schedule"]

# Chunks bound the memory of a long run. The size is fixed, so that sums round alike however the numbers are consumed.
_CHUNK = 4096
_SECOND = 1_000_000_000


def arrivals(offered: Profile | Trace, seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """When requests are due, in nanoseconds since the start, in order and in chunks, the same for the same seed.

    Evenly spread arrivals and those of a trace do not depend on the seed, and are exactly `offered.count`. A Poisson
    process may, when it is short and slow, have none.
    """
    if isinstance(offered, Trace):
        return _replayed(offered)
    return _random(offered, seed) if offered.arrival == "poisson" else _even(offered)


def _even(profile: Profile) -> Iterator[npt.NDArray[np.int64]]:
    """The k-th request is due when the integral of the rate reaches k."""
    count = profile.count
    for first in range(0, count, _CHUNK):
        steps = np.arange(first, min(first + _CHUNK, count), dtype=np.float64)
        yield np.rint(profile.reached(steps) * _SECOND).astype(np.int64)


def _random(profile: Profile, seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """A Poisson process of rate 1, carried over by the inverse of the integrated rate.

    See Devroye, "Non-Uniform Random Variate Generation" (1986), chapter VI, section 1.3.
    """
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0])))
    at, total = 0.0, profile.total
    while at < total:
        sums = at + np.cumsum(random.exponential(1.0, _CHUNK))
        at = float(sums[-1])
        due = sums[sums < total]
        if due.size:
            yield np.rint(profile.reached(due) * _SECOND).astype(np.int64)


def _replayed(trace: Trace) -> Iterator[npt.NDArray[np.int64]]:
    for first in range(0, trace.count, _CHUNK):
        yield trace.offsets[first : first + _CHUNK]


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


def schedule(offered: Profile | Trace, weights: Sequence[float], seed: int) -> Iterator[tuple[int, int]]:
    """Pairs of (nanoseconds since the start, index of the operation), in order of time."""
    choices = chain.from_iterable(chunk.tolist() for chunk in picks(weights, seed))
    times = chain.from_iterable(chunk.tolist() for chunk in arrivals(offered, seed))
    return zip(times, choices, strict=False)  # the choices never end
