"""The gate: decides from evidence whether a phase may close. Pure, and fails closed."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from seamwright.lifecycle.phases import Requirements
from seamwright.model.evidence import Evidence
from seamwright.model.plan import Plan, Planned
from seamwright.model.run import Covered
from seamwright.model.verdict import Verdict, overall

__all__ = ["Decision", "Missing", "Reason", "Situation", "decide"]


_NAMED = 8
"""Names in one message."""


class Reason(StrEnum):
    """Why a requirement is not met."""

    REFUTED = "refuted"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    STALE = "stale"
    COVERAGE = "coverage"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Missing:
    """One requirement that is not met: what, why, and the command that would satisfy it."""

    requirement: str
    reason: Reason
    text: str
    command: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What evidence is held against: the system as it is declared now. Times are seconds since the epoch."""

    source: str
    manifest_digest: str
    contract_digests: Mapping[str, str]
    plan: Plan
    coverage: Sequence[Covered]
    now: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the phase may close. `verdict` is refuted when a requirement is refuted, unknown when one is not met."""

    phase: int
    verdict: Verdict
    missing: tuple[Missing, ...]
    met: int

    @property
    def open(self) -> bool:
        """Whether the gate opens."""
        return self.verdict is Verdict.PROVED


def decide(phase: int, asked: Requirements, situation: Situation, rows: Iterable[Evidence]) -> Decision:
    """Decide a phase's gate.

    For every check that the plan says applies and that is asked for, its latest row must be proved, no older than
    `max_age`, made from this manifest and this contract, and about every cell of the plan: a run of one operation does
    not speak for the others. What the plan skipped although it applies is unknown.
    """
    latest = {(row.boundary, row.check): row for row in sorted(rows, key=lambda row: row.sequence)}
    missing: list[Missing] = []
    met = 0
    for item in situation.plan.planned:
        if not _asked(item.check, asked):
            continue
        problem = _problem(latest.get((item.boundary, item.check)), item, asked, situation)
        if problem is None:
            met += 1
        else:
            missing.append(problem)
    for skipped in situation.plan.skipped:
        if skipped.blocked and _asked(skipped.check, asked):
            command = _verify(situation, skipped.boundary, skipped.check)
            text = f"{skipped.check} on {skipped.boundary} cannot run: {skipped.why}"
            missing.append(Missing(f"{skipped.check} on {skipped.boundary}", Reason.UNKNOWN, text, command))
    missing += _checks_that_are_not_there(asked, situation)
    missing += _families_that_say_nothing(asked, situation)
    missing += _coverage(asked, situation)
    if not met and not missing:
        missing.append(_nothing(phase, situation))
    return Decision(phase, overall([*(_verdict(m) for m in missing), *[Verdict.PROVED] * met]), tuple(missing), met)


def _asked(check: str, asked: Requirements) -> bool:
    return check.partition(".")[0] in asked.families or check in asked.checks


def _problem(row: Evidence | None, item: Planned, asked: Requirements, situation: Situation) -> Missing | None:
    name = f"{item.check} on {item.boundary}"
    command = _verify(situation, item.boundary, item.check)
    if row is None:
        return Missing(name, Reason.ABSENT, f"{name} has no evidence", command)
    stale = _stale(row, asked, situation)
    if stale:
        return Missing(name, Reason.STALE, f"{name} is stale: {stale}", command)
    if row.verdict is Verdict.REFUTED:
        first = row.findings[0] if row.findings else None
        text = f"{name} is refuted" + (f": {first.title}" if first else "")
        return Missing(name, Reason.REFUTED, text, first.reproduce if first and first.reproduce else command)
    if row.verdict is Verdict.UNKNOWN:
        return Missing(name, Reason.UNKNOWN, f"{name} is unknown: {row.why}", command)
    proved = {cell.cell for cell in row.cells if cell.verdict is Verdict.PROVED}
    left = [cell for cell in item.cells if cell not in proved]
    if left:
        text = f"{name} is unknown for {_listed(left)}: the latest run left out a part of it"
        return Missing(name, Reason.UNKNOWN, text, command)
    return None


def _stale(row: Evidence, asked: Requirements, situation: Situation) -> str:
    if row.manifest_digest != situation.manifest_digest:
        return "the manifest has changed since"
    if row.contract_digest != situation.contract_digests.get(row.boundary, ""):
        return f"the contract of {row.boundary} has changed since"
    age = situation.now - row.started
    if age < -60:
        return "it is dated in the future; is the clock right?"
    if age > asked.max_age:
        return f"it is {age / 86400:.1f} days old, and at most {asked.max_age / 86400:.1f} are allowed"
    return ""


def _checks_that_are_not_there(asked: Requirements, situation: Situation) -> Iterable[Missing]:
    tried = {item.check for item in situation.plan.planned} | {s.check for s in situation.plan.skipped if s.blocked}
    known = tried | {item.check for item in situation.plan.skipped}
    for check in asked.checks:
        if check not in known:
            text = f"{check} is asked for, and there is no such check"
            yield Missing(check, Reason.ABSENT, text, "seamwright checks")
        elif check not in tried:
            text = f"{check} is asked for, and applies to no boundary; declare what it needs, or do not ask for it"
            command = shlex.join(["seamwright", "verify", situation.source, "--plan", "--check", check])
            yield Missing(check, Reason.NOTHING, text, command)


def _families_that_say_nothing(asked: Requirements, situation: Situation) -> Iterable[Missing]:
    """A family that was asked for and of which no check applies anywhere: nothing was tried, so nothing is known."""
    planned = {item.check.partition(".")[0] for item in situation.plan.planned}
    blocked = {s.check.partition(".")[0] for s in situation.plan.skipped if s.blocked}
    for family in asked.families:
        if family not in planned | blocked:
            text = (
                f"no check of the family {family} applies to any boundary; declare what it needs, "
                f"or leave {family} out of the gate's families in the manifest"
            )
            command = shlex.join(["seamwright", "verify", situation.source, "--plan", "--proves", family])
            yield Missing(f"family {family}", Reason.NOTHING, text, command)


def _coverage(asked: Requirements, situation: Situation) -> Iterable[Missing]:
    """What was never answered in its success class, a requirement for each boundary, where less was than is asked."""
    if asked.coverage <= 0:
        return
    if not situation.coverage:
        command = shlex.join(["seamwright", "verify", situation.source])
        yield Missing("coverage", Reason.ABSENT, "no finished run says which operations were answered", command)
        return
    unanswered: dict[str, list[Covered]] = {}
    for row in situation.coverage:
        if not row.answered:
            unanswered.setdefault(row.boundary, []).append(row)
    share = (len(situation.coverage) - sum(map(len, unanswered.values()))) / len(situation.coverage)
    if share >= asked.coverage:
        return
    for boundary, rows in unanswered.items():
        named = _listed([f"{row.operation} ({row.method} {row.path}; {_answers(row)})" for row in rows])
        asks = f"{math.floor(share * 1000) / 10:g}% of all operations were, {asked.coverage:.0%} are asked"
        text = f"never answered in its success class on {boundary}: {named}; {asks}"
        only = [part for row in rows[:_NAMED] for part in ("--operation", row.operation)]
        whole = only if len(rows) <= _NAMED else []
        command = shlex.join(["seamwright", "verify", situation.source, boundary, *whole])
        yield Missing(f"coverage of {boundary}", Reason.COVERAGE, text, command)


def _answers(row: Covered) -> str:
    """How an operation was answered instead."""
    if not row.calls:
        return "never called"
    times = {status: "once" if count == 1 else f"{count} times" for status, count in row.statuses.items()}
    return "answered " + ", ".join(f"{often} {status}" for status, often in times.items())


def _nothing(phase: int, situation: Situation) -> Missing:
    text = f"the gate of phase {phase} asks for nothing that evidence could show; say what it asks under gates.{phase}"
    return Missing("requirements", Reason.NOTHING, text, shlex.join(["seamwright", "verify", situation.source]))


def _verdict(missing: Missing) -> Verdict:
    return Verdict.REFUTED if missing.reason is Reason.REFUTED else Verdict.UNKNOWN


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")


def _verify(situation: Situation, boundary: str, check: str) -> str:
    return shlex.join(["seamwright", "verify", situation.source, boundary, "--check", check])
