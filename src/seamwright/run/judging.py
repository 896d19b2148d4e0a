"""Folds what a check observed into its verdict. Pure; fails closed: what was not seen to hold is unknown."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from seamwright.model.evidence import CellResult, Observation, Proved, Refuted, Unknown
from seamwright.model.finding import Finding
from seamwright.model.plan import Planned
from seamwright.model.verdict import Cause, Verdict, overall

__all__ = ["Fold", "Judgement", "reproduction"]

WITNESSES = 24
"""Exchanges that are named as witnesses of one finding."""

NOT_REACHED = "not reached before the check ended"
NOTHING = "nothing was exercised: the check ended without a single exchange"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict of one check on one boundary, and what it rests on."""

    verdict: Verdict
    cells: tuple[CellResult, ...]
    findings: tuple[Finding, ...]
    tried: int
    why: str
    cause: Cause | None
    measures: Mapping[str, Any]


@dataclass(slots=True)
class _Cell:
    refuted: bool = False
    why: list[str] = field(default_factory=list)
    tried: int = 0
    seen: bool = False

    @property
    def verdict(self) -> Verdict:
        if self.refuted:
            return Verdict.REFUTED
        # "Proved" with nothing tried is the worst thing that this tool could say.
        return Verdict.PROVED if self.seen and not self.why and self.tried > 0 else Verdict.UNKNOWN


class Fold:
    """Collects the observations of one check; `judge` closes it."""

    def __init__(self, item: Planned) -> None:
        self._cells: dict[str, _Cell] = {cell: _Cell() for cell in item.cells}
        self._findings: dict[str, Finding] = {}
        self._measures: dict[str, Any] = {}
        self._cause: Cause | None = None
        self._ended = ""

    def add(self, observation: Observation) -> None:
        """Take one observation of the check."""
        cell = self._cells.setdefault(observation.cell, _Cell())
        self._measures |= observation.measures
        cell.seen = True
        match observation:
            case Proved():
                cell.tried += observation.tried
            case Refuted():
                cell.refuted = True
                cell.tried += observation.tried
                self._found(observation.finding)
            case Unknown():
                cell.why.append(observation.why)
                cell.tried += observation.tried
                self._cause = _worst(self._cause, observation.cause)

    def end(self, why: str, cause: Cause) -> None:
        """Note that the check ended early; what it has not observed by now stays unknown for this reason."""
        self._ended = why
        self._cause = _worst(self._cause, cause)

    def _found(self, finding: Finding) -> None:
        key = finding.key or f"{finding.operation} {finding.title}"
        known = self._findings.get(key)
        if known is None:
            self._findings[key] = finding
        else:
            witnesses = tuple(dict.fromkeys((*known.exchanges, *finding.exchanges)))[:WITNESSES]
            facts = dict(known.facts)
            if finding.operation and finding.operation != known.operation:
                # One root cause may show in many operations; the title tells of the first.
                shown = facts.get("operations", [known.operation])
                facts["operations"] = shown if finding.operation in shown else [*shown, finding.operation]
            self._findings[key] = replace(known, count=known.count + finding.count, exchanges=witnesses, facts=facts)

    def judge(self, exchanges: int) -> Judgement:
        """Give the verdict. `exchanges` is how many were recorded; without any, nothing is proved or refuted."""
        cells = tuple(self._closed(name, cell, exchanges) for name, cell in self._cells.items())
        verdict = overall(cell.verdict for cell in cells)
        findings = tuple(self._findings.values()) if exchanges else ()
        why = ""
        if verdict is Verdict.UNKNOWN:
            why = self._ended or _reasons(cells) or NOTHING
        cause = self._cause if any(cell.verdict is Verdict.UNKNOWN for cell in cells) else None
        return Judgement(
            verdict,
            cells,
            findings,
            sum(cell.tried for cell in cells),
            why,
            cause or (Cause.TARGET if verdict is Verdict.UNKNOWN else None),
            self._measures,
        )

    def _closed(self, name: str, cell: _Cell, exchanges: int) -> CellResult:
        verdict = cell.verdict
        why = "; ".join(dict.fromkeys(cell.why))
        if verdict is not Verdict.UNKNOWN and exchanges == 0:
            return CellResult(name, Verdict.UNKNOWN, 0, NOTHING)
        if self._ended and not cell.refuted:
            # A check that broke off may have been about to refute what it had called proved so far.
            return CellResult(name, Verdict.UNKNOWN, cell.tried, why or self._ended)
        if verdict is Verdict.UNKNOWN and not why:
            why = NOTHING if cell.seen else NOT_REACHED
        return CellResult(name, verdict, cell.tried, why if verdict is Verdict.UNKNOWN else "")


def _reasons(cells: Iterable[CellResult]) -> str:
    """Why cells are unknown; what is the same but for the name of the cell is said once, and counted."""
    same: dict[str, list[str]] = {}
    for cell in cells:
        if cell.verdict is Verdict.UNKNOWN and cell.why:
            same.setdefault(cell.why.removeprefix(cell.cell), []).append(cell.why)
    return "; ".join(
        whys[0] if len(set(whys)) == 1 else f"{whys[0]} (and so with {len(whys) - 1} more)" for whys in same.values()
    )


def _worst(first: Cause | None, second: Cause) -> Cause:
    order = (Cause.OURS, Cause.USAGE, Cause.TARGET)
    return second if first is None else min(first, second, key=order.index)


def reproduction(
    source: str, item: Planned, finding: Finding, seed: int, cells: Iterable[str], options: Iterable[str] = ()
) -> str:
    """The command that shows a finding again; `options` are those that said how the target is to be treated. Where the
    finding says which other check had sent what failed, that one runs too."""
    words = ["seamwright", "verify", source]
    if "://" not in source:
        words.append(item.boundary)
    words += ["--check", item.check]
    sender = finding.facts.get("sent by")
    if sender and sender != item.check:
        words += ["--check", sender]
    words += ["--seed", str(seed), *options]
    # What another check has sent, it may have sent on its way through another operation.
    if not sender and finding.operation and finding.operation in set(cells):
        words += ["--operation", finding.operation]
    return shlex.join(words)
