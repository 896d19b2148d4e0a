"""Chance that a seed decides: the same seed, rule and request give the same number, whatever else happens meanwhile."""

from __future__ import annotations

from statistics import NormalDist

__all__ = ["draw", "normal"]

_MASK = (1 << 64) - 1
_NORMAL = NormalDist()


def draw(seed: int, *keys: int) -> float:
    """A number from 0 up to but not 1, evenly spread over `keys` (SplitMix64: Steele, Lea and Flood, 2014)."""
    state = _mixed(seed & _MASK)
    for key in keys:
        state = _mixed((state ^ key) & _MASK)
    return (state >> 11) / (1 << 53)


def normal(chance: float) -> float:
    """The value of a standard normal distribution at this quantile; far tails are cut at six deviations."""
    return min(6.0, max(-6.0, _NORMAL.inv_cdf(min(max(chance, 1e-12), 1 - 1e-12))))


def _mixed(state: int) -> int:
    state = (state + 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return state ^ (state >> 31)
