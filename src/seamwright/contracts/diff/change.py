"""A change between two versions of a contract, and the rule that says what it means to those who use the contract."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

__all__ = ["Change", "Direction", "Level", "Rule", "worst"]

Direction = Literal["request", "response", ""]
"""What travels: to the system, from it, or neither (an operation, a tag)."""


class Level(StrEnum):
    """How much a change hurts somebody who keeps using the contract as it was; the worst first."""

    BREAKING = "breaking"
    """A call or a client that was right by the old contract fails by the new one."""
    POTENTIALLY = "potentially"
    """It depends on the client or on what the system does beyond its contract."""
    INFO = "info"
    """Nobody who kept to the old contract is hurt."""

    def reaches(self, least: Level) -> bool:
        """Whether this level is as bad as `least`, or worse."""
        order = tuple(Level)
        return order.index(self) <= order.index(least)


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `place` is an operation (`GET /orders`) or a part of the document that is of none."""

    id: str
    level: Level
    direction: Direction
    place: str
    text: str
    """What changed, in one sentence without a full stop."""
    why: str
    """Why it breaks whom, or why it does not; one sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one id means: every change of that id has its direction, and its level unless the change says otherwise."""

    id: str
    level: Level
    direction: Direction
    means: str
    """What has changed, in general; one sentence without a full stop."""
    why: str

    def change(self, place: str, text: str, *, level: Level | None = None, why: str = "") -> Change:
        """Make a change of this rule."""
        return Change(self.id, level or self.level, self.direction, place, text, why or self.why)


def worst(changes: tuple[Change, ...]) -> Level | None:
    """The worst level among changes; None where there is no change."""
    found = {change.level for change in changes}
    return next((level for level in Level if level in found), None)
