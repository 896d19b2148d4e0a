"""Evidence: one row for each verdict, with what it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwright.model.finding import Finding
from seamwright.model.verdict import Cause, Verdict

__all__ = ["CellResult", "Evidence", "Observation", "Proved", "Refuted", "Unknown"]


@dataclass(frozen=True, slots=True)
class Proved:
    """A cell (an operation, a dependency, an invariant …) for which the sentence held, `tried` times."""

    cell: str
    tried: int = 1
    measures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refuted:
    """A cell for which the sentence was seen broken; the finding is the witness."""

    cell: str
    finding: Finding
    tried: int = 1
    measures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A cell that could not be decided, and why."""

    cell: str
    why: str
    cause: Cause = Cause.TARGET
    measures: Mapping[str, Any] = field(default_factory=dict)
    tried: int = 0
    """How much was tried all the same, where the time ended before it was enough."""


Observation = Proved | Refuted | Unknown
"""What a check yields, once or more for each of its cells."""


@dataclass(frozen=True, slots=True)
class CellResult:
    """One cell after the check: its verdict, how much was tried, and why when it is unknown."""

    cell: str
    verdict: Verdict
    tried: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One verdict of one check on one boundary, with what it stands on.

    `exchanges_digest` is SHA-256 over the digests of the exchanges, in order. `previous` and `hash` are filled in by
    the ledger, which chains the rows. Times are seconds since the epoch.
    """

    run: str
    boundary: str
    check: str
    proves: str
    verdict: Verdict
    tried: int
    cells: tuple[CellResult, ...]
    findings: tuple[Finding, ...]
    why: str
    cause: Cause | None
    exchanges: int
    exchanges_digest: str
    manifest_digest: str
    contract_digest: str
    environment: str
    seed: int
    started: float
    seconds: float
    measures: Mapping[str, Any] = field(default_factory=dict)
    traceback: str = ""
    sequence: int = 0
    previous: str = ""
    hash: str = ""

    @property
    def family(self) -> str:
        """The family of the check: `auth` of `auth.expired-token`."""
        return self.check.partition(".")[0]
