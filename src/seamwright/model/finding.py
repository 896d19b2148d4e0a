"""What a check saw that is wrong, with the shortest way to see it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Finding", "Severity"]


class Severity(StrEnum):
    """How bad a finding is for whoever runs the system."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `title` is a sentence; `detail` says what was expected and what was seen. `key` groups findings of one root cause
    within a check (same operation, same keyword path, same stack trace); `root`, where it is given, does so for all
    checks of a run on a boundary. `exchanges` are the numbers of the exchanges that witness it, within the run;
    `reproduce` is a command that shows it again, filled in by the run.
    """

    title: str
    detail: str
    severity: Severity
    operation: str = ""
    key: str = ""
    exchanges: tuple[int, ...] = ()
    reproduce: str = ""
    by_hand: str = ""
    """A single command of a common tool (curl) that shows it, where one request is enough."""
    count: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)
    root: str = ""
