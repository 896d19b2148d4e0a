"""What all benches of a run share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwright.model.driver import SqlConnection
from seamwright.model.errors import Undecided
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from seamwright.run.credentials import Credentials
from seamwright.run.faults import Doors
from seamwright.run.recording import Coverage
from seamwright.run.sessions import Sender
from seamwright.run.speech import Validator, spoken
from seamwright.run.standing import Standing
from seamwright.run.streaming import AT_ONCE

__all__ = ["DEPTH", "World"]

DEPTH = 50
"""Generated cases that are streamed of each operation, where the caller says nothing else."""


@dataclass(slots=True)
class World:
    """What all benches of a run share."""

    subjects: Mapping[str, Subject]
    senders: Mapping[str, Sender]
    databases: Mapping[str, SqlConnection]
    doors: Doors
    credentials: Credentials
    coverage: Coverage
    validators: dict[str, Validator] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    learned: dict[str, dict[tuple[str, ...], Any]] = field(default_factory=dict)
    """What checks have found out, for one another, by boundary."""
    depth: int = DEPTH
    at_once: int = AT_ONCE

    def validator(self, subject: Subject) -> Validator:
        """The compiled validator of a boundary's contract."""
        name = subject.boundary.name
        if name not in self.validators:
            if subject.contract is None:
                raise Undecided(f"{name} has no contract", Cause.USAGE)
            self.validators[name] = spoken(subject.contract).validator(subject.contract)
        return self.validators[name]
