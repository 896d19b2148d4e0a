"""A check: proves one sentence about one boundary."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from seamwright.model.bench import Bench
from seamwright.model.evidence import Observation
from seamwright.model.subject import Subject

__all__ = ["FAMILIES", "Applicability", "Applies", "Check", "Dares", "DoesNotApply"]

FAMILIES = (
    "contract",
    "auth",
    "security",
    "resilience",
    "load",
    "consistency",
    "messaging",
    "recovery",
    "source",
)


class Dares(StrEnum):
    """What a check does to the system; the environment of the manifest says how much may be dared."""

    OBSERVE = "observe"
    """Sends only safe, declared operations with valid values. Outside production, where there is nothing to look at
    yet, an object of its own is created first."""
    WRITE = "write"
    """Calls unsafe operations with valid or boundary values: creates and changes data of its own."""
    ATTACK = "attack"
    """Sends what an attacker would: invalid, forged, other people's."""
    FAULT = "fault"
    """Breaks dependencies for a bounded time."""
    LOAD = "load"
    """Sends many requests at a declared rate."""


@dataclass(frozen=True, slots=True)
class Applies:
    """The check applies to these cells (operations, dependencies, invariants …); the others are named with why not."""

    cells: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DoesNotApply:
    """The check says nothing about this boundary, and why."""

    why: str


Applicability = Applies | DoesNotApply


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One sentence that can be tried.

    `applies` is pure: it asks the subject alone. `run` sees the world only through its bench, and yields an
    observation for each cell; a cell without one is unknown. `oracle` says what must be seen for `refuted`.
    `cwe` and `owasp` are ids of the Common Weakness Enumeration and of the OWASP API Security Top 10 (2023).
    """

    id: str
    proves: str
    oracle: str
    applies: Callable[[Subject], Applicability]
    run: Callable[[Bench], AsyncIterator[Observation]]
    dares: Dares
    kinds: tuple[str, ...] = ("http",)
    cwe: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    urgency: int = 2
    """Checks with a smaller one begin earlier: the time of a run may end before all have had their turn. Those with 0
    end before others begin, and those with 9 begin when all others have ended (but for those that run alone; of those,
    the ones with 9 come last)."""
    alone: bool = False
    """Whether no other check of the run may run at the same time (faults and load do)."""

    @property
    def family(self) -> str:
        """What the check proves something about: the part of its id before the first dot."""
        return self.id.partition(".")[0]
