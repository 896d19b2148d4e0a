"""A plan: which checks apply, what each would dare, and which do not apply and why. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seamwright.model.check import Dares

__all__ = ["Plan", "Planned", "Skipped"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A check that applies to a boundary, with its cells and those left out (each with why)."""

    boundary: str
    check: str
    proves: str
    dares: Dares
    cells: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that will not run on a boundary, and why.

    `applicable` is True when the check would say something there but cannot run (the boundary's contract could not be
    read): such a sentence stays unknown. `forbidden` is True when the environment does not allow it: the run says
    nothing about that sentence, and a gate that asks for it stays closed.
    """

    boundary: str
    check: str
    proves: str
    why: str
    applicable: bool = False
    forbidden: bool = False

    @property
    def blocked(self) -> bool:
        """Whether there is a sentence here that ought to be tried, and was not."""
        return self.applicable or self.forbidden


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will try, in order, and what it will not."""

    planned: tuple[Planned, ...]
    skipped: tuple[Skipped, ...]
