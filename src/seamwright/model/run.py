"""A run: one execution of a plan, the events that it gives while it goes, and its record afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from seamwright.model.evidence import Evidence
from seamwright.model.plan import Plan, Planned
from seamwright.model.verdict import Verdict, overall

__all__ = [
    "CheckFinished",
    "CheckStarted",
    "Covered",
    "Event",
    "Exercised",
    "Notice",
    "PointKind",
    "Run",
    "RunFinished",
    "RunRecord",
    "RunStarted",
    "RunState",
    "Seam",
]


class RunState(StrEnum):
    """How far a run came; a run whose process died is `interrupted`."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run was: what it was asked, on what, with which versions. Times are seconds since the epoch."""

    id: str
    system: str
    environment: str
    source: str
    """The manifest's path, or the URL that was verified without one."""
    targets: tuple[str, ...]
    seed: int
    manifest_digest: str
    contract_digests: Mapping[str, str]
    tree: str
    """Hash of the git tree that the run started in, `-dirty` appended when it had changes; empty outside git."""
    arguments: tuple[str, ...]
    versions: Mapping[str, str]
    started: float
    finished: float | None = None
    state: RunState = RunState.RUNNING
    verdict: Verdict = Verdict.UNKNOWN


@dataclass(frozen=True, slots=True)
class Seam:
    """A boundary as a reader of a report sees it: what it is, who owns it, what it depends on."""

    name: str
    kind: str
    url: str
    owner: str = ""
    depends_on: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()


PointKind = Literal["operation", "status", "media type", "header", "parameter", "property", "keyword", "security"]
"""What of a contract a point of coverage is about."""


@dataclass(frozen=True, slots=True)
class Exercised:
    """What was exercised of one keyword at one place of an operation's contract.

    `place` is for people: `query/limit`, `body/lines/*/quantity`, `response/200`. `done` names the aspects that were
    exercised (`valid`, `limit`, `broken`, `sent` …), `missing` those that were not, each with why.
    """

    kind: PointKind
    place: str
    keyword: str
    done: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many points there are."""
        return len(self.done) + len(self.missing)


@dataclass(frozen=True, slots=True)
class Covered:
    """How often an operation was called in a run, how it was answered (status as text → count), and which points of
    its contract were exercised; without any where nobody can enumerate the points of such a contract."""

    boundary: str
    operation: str
    method: str
    path: str
    calls: int
    statuses: Mapping[str, int] = field(default_factory=dict)
    points: tuple[Exercised, ...] = ()
    clipped: bool = False
    """Whether there are more points than are told, the deepest ones left out."""

    @property
    def exercised(self) -> int:
        """How many points were exercised."""
        return sum(len(each.done) for each in self.points)

    @property
    def total(self) -> int:
        """How many points there are."""
        return sum(each.total for each in self.points)

    @property
    def answered(self) -> bool:
        """Whether it was ever answered in its success class: 2xx, or what its contract declares as such; `200 errors`
        (of GraphQL) is none."""
        if any(each.kind == "operation" and each.done for each in self.points):
            return True
        return any(status.startswith("2") and status.isdigit() and count for status, count in self.statuses.items())


@dataclass(frozen=True, slots=True)
class RunRecord:
    """All of a run that reports show; the ledger keeps it and gives it back."""

    run: Run
    plan: Plan
    seams: tuple[Seam, ...]
    evidence: tuple[Evidence, ...]
    coverage: tuple[Covered, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict of the whole run. A check that would say something but could not run makes it unknown."""
        verdicts = [row.verdict for row in self.evidence]
        if any(skipped.applicable for skipped in self.plan.skipped) or len(verdicts) < len(self.plan.planned):
            verdicts.append(Verdict.UNKNOWN)
        return overall(verdicts)


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The plan is made and the run is in the ledger."""

    run: Run
    plan: Plan


@dataclass(frozen=True, slots=True)
class CheckStarted:
    """A check begins on a boundary."""

    item: Planned


@dataclass(frozen=True, slots=True)
class CheckFinished:
    """A check has its verdict, and the evidence is in the ledger."""

    item: Planned
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader must be told and that is no verdict."""

    text: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over; its record is complete."""

    record: RunRecord


Event = RunStarted | CheckStarted | CheckFinished | Notice | RunFinished
