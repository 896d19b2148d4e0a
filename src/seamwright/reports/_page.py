"""What the HTML page shows, gathered and grouped; the templates only set it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.model.evidence import Evidence
from seamwright.model.finding import Finding, Severity
from seamwright.model.problem import problems
from seamwright.model.run import RunRecord, RunState, Seam
from seamwright.model.verdict import Cause, Verdict
from seamwright.reports._exercised import Exercise, exercise_of
from seamwright.reports._latency import Figure, figures
from seamwright.reports._map import Map, map_of
from seamwright.reports._matrix import Matrix, matrix_of
from seamwright.reports._summary import Sentence, Summary, Tally, family_order
from seamwright.reports._words import FAULT, amount, clipped, duration, moment, plural, short

__all__ = ["Group", "Page", "Refutation", "page_of"]

_DETAIL = 4000
_FACT = 400
_CAUSES: tuple[Cause | None, ...] = (Cause.TARGET, Cause.USAGE, Cause.OURS, None)


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one root cause under one sentence; the first one speaks for all."""

    finding: Finding
    detail: str
    expected: str
    seen: str
    facts: tuple[tuple[str, str], ...]
    operations: tuple[str, ...]
    exchanges: str
    count: int
    told: str
    """The check under which the same root cause is told already; empty where it is told here."""


@dataclass(frozen=True, slots=True)
class Refutation:
    """A sentence that is false, with the groups of its findings, the worst first."""

    sentence: Sentence
    severity: Severity | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A boundary in the list below the map."""

    name: str
    anchor: str
    seam: Seam | None
    tally: Tally
    calls: str


@dataclass(frozen=True, slots=True)
class Same:
    """Sentences (or cells of one) of a boundary that share one reason."""

    boundary: str
    why: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Everything unknown that is one party's fault."""

    cause: str
    fault: str
    same: tuple[Same, ...]


@dataclass(frozen=True, slots=True)
class NotTried:
    """Of one boundary: reasons with the checks that do not apply, and reasons with the cells left out of a check."""

    boundary: str
    checks: tuple[tuple[str, tuple[str, ...]], ...]
    cells: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def words(self) -> str:
        """How many checks and cells."""
        checks = sum(len(names) for _, names in self.checks)
        cells = sum(len(names) for _, _, names in self.cells)
        told = [plural(checks, "check does", "checks do") + " not apply"] if checks else []
        return ", ".join([*told, *([plural(cells, "cell") + " left out"] if cells else [])])


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page."""

    record: RunRecord
    summary: Summary
    facts: tuple[tuple[str, str, str], ...]
    """Term, text, and the whole of it where the text is cut."""
    map: Map
    places: tuple[Place, ...]
    refutations: tuple[Refutation, ...]
    matrix: Matrix
    exercise: Exercise
    figures: tuple[Figure, ...]
    proved: tuple[tuple[str, tuple[Sentence, ...]], ...]
    open: tuple[Open, ...]
    open_cells: tuple[tuple[Sentence, str, tuple[str, ...]], ...]
    not_tried: tuple[NotTried, ...]


def page_of(record: RunRecord) -> Page:
    """Gather everything that the page shows of this record."""
    summary = Summary(record)
    anchors = {name: f"boundary-{number}" for number, name in enumerate(summary.boundaries, 1)}
    return Page(
        record,
        summary,
        _facts(record),
        map_of(summary, anchors),
        tuple(_place(name, anchors[name], record, tally) for name, tally in summary.boundaries.items()),
        _refutations(summary),
        matrix_of(summary),
        exercise_of(record),
        figures(record.evidence),
        _proved(summary),
        _open(summary),
        _open_cells(summary),
        _not_tried(record),
    )


def _facts(record: RunRecord) -> tuple[tuple[str, str, str], ...]:
    run = record.run
    took = f", took {duration(run.finished - run.started)}" if run.finished is not None else ""
    found = [
        ("Environment", run.environment, ""),
        ("Run", run.id, ""),
        ("Started", f"{moment(run.started)}{took}", ""),
        ("Seed", str(run.seed), ""),
        ("Source", run.source, ""),
        ("Targets", ", ".join(run.targets) or "everything in the manifest", ""),
        ("Manifest digest", short(run.manifest_digest), run.manifest_digest),
        *((f"Contract digest, {name}", short(digest), digest) for name, digest in run.contract_digests.items()),
        ("Git tree", short(run.tree), run.tree),
        ("Versions", ", ".join(f"{name} {version}" for name, version in run.versions.items()), ""),
        ("Command", " ".join(run.arguments), ""),
    ]
    if run.state is not RunState.FINISHED:
        found.append(("State", str(run.state), ""))
    return tuple((term, text or "not known", whole) for term, text, whole in found)


def _place(name: str, anchor: str, record: RunRecord, tally: Tally) -> Place:
    seam = next((s for s in record.seams if s.name == name), None)
    covered = [c for c in record.coverage if c.boundary == name]
    called = sum(c.calls > 0 for c in covered)
    operations = max(len(covered), len(seam.operations) if seam else 0)
    calls = f"{called} of {plural(operations, 'operation')} called" if operations else ""
    return Place(name, anchor, seam, tally, calls)


def _refutations(summary: Summary) -> tuple[Refutation, ...]:
    found = []
    told = {
        id(finding): problem.row.check
        for problem in problems(summary.record.evidence)
        for check, finding in problem.others
        if check != problem.row.check
    }
    for sentence in summary.sentences:
        row = sentence.evidence
        if row is None or not (sentence.verdict is Verdict.REFUTED or row.findings):
            continue
        groups = _groups(row, told)
        found.append(Refutation(sentence, groups[0].finding.severity if groups else None, groups))
    found.sort(key=lambda r: -(_rank(r.severity) if r.severity else len(Severity)))
    return tuple(found)


def _rank(severity: Severity) -> int:
    return [*Severity].index(severity)


def _groups(row: Evidence, told: Mapping[int, str]) -> tuple[Group, ...]:
    by_key: dict[tuple[str, str], list[Finding]] = {}
    for finding in row.findings:
        by_key.setdefault((finding.key, "" if finding.key else finding.title), []).append(finding)
    groups = [_group(found, told.get(id(found[0]), "")) for found in by_key.values()]
    return tuple(sorted(groups, key=lambda g: -_rank(g.finding.severity)))


def _group(found: list[Finding], told: str) -> Group:
    first = max(found, key=lambda f: _rank(f.severity))
    facts = dict(first.facts)
    expected, seen = (_fact(facts.pop(name)) if name in facts else "" for name in ("expected", "seen"))
    everywhere = [name for f in found for name in f.facts.get("operations", ())]
    facts.pop("operations", None)
    exchanges = dict.fromkeys(n for f in found for n in f.exchanges)
    numbers = ", ".join(str(n) for n in [*exchanges][:24])
    return Group(
        first,
        clipped(first.detail, _DETAIL),
        expected,
        seen,
        tuple((_term(str(name)), _fact(value)) for name, value in facts.items()),
        tuple(dict.fromkeys((*(f.operation for f in found if f.operation), *map(str, everywhere)))),
        f"{numbers} and {len(exchanges) - 24} more" if len(exchanges) > 24 else numbers,
        sum(max(1, f.count) for f in found),
        told,
    )


def _term(name: str) -> str:
    return name.upper() if name in ("cwe", "owasp") else name.replace("_", " ")


def _fact(value: Any) -> str:
    if isinstance(value, list | tuple) and all(isinstance(v, str | int | float) for v in value):
        value = ", ".join(map(str, value))
    elif isinstance(value, Mapping | list | tuple):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return clipped(str(value), _FACT)


def _proved(summary: Summary) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
    by_boundary: dict[str, list[Sentence]] = {}
    for sentence in summary.sentences:
        if sentence.verdict is Verdict.PROVED:
            by_boundary.setdefault(sentence.boundary, []).append(sentence)
    return tuple((name, tuple(sorted(found, key=_by_family))) for name, found in by_boundary.items())


def _by_family(sentence: Sentence) -> tuple[tuple[int, str], str]:
    return family_order(sentence.family), sentence.check


def _open(summary: Summary) -> tuple[Open, ...]:
    unknown = [s for s in summary.sentences if s.verdict is Verdict.UNKNOWN]
    found = []
    for cause in _CAUSES:
        grouped: dict[tuple[str, str], list[Sentence]] = {}
        for sentence in unknown:
            if sentence.cause is cause:
                why = sentence.why or "No reason was given."
                grouped.setdefault((sentence.boundary, why), []).append(sentence)
        if grouped:
            same = tuple(Same(b, clipped(why, _DETAIL), tuple(s)) for (b, why), s in grouped.items())
            found.append(Open(str(cause or "none"), FAULT[cause], same))
    return tuple(found)


def _open_cells(summary: Summary) -> tuple[tuple[Sentence, str, tuple[str, ...]], ...]:
    """Cells that stayed unknown inside a sentence that has another verdict."""
    found = []
    for sentence in summary.sentences:
        if sentence.verdict is Verdict.UNKNOWN or sentence.evidence is None:
            continue
        grouped: dict[str, list[str]] = {}
        for cell in sentence.evidence.cells:
            if cell.verdict is Verdict.UNKNOWN:
                grouped.setdefault(cell.why or "No reason was given.", []).append(cell.cell)
        found += [(sentence, clipped(why, _FACT), tuple(cells)) for why, cells in grouped.items()]
    return tuple(found)


def _not_tried(record: RunRecord) -> tuple[NotTried, ...]:
    checks: dict[str, dict[str, list[str]]] = {}
    for skipped in record.plan.skipped:
        if not skipped.applicable:
            checks.setdefault(skipped.boundary, {}).setdefault(skipped.why, []).append(skipped.check)
    cells: dict[str, dict[tuple[str, str], list[str]]] = {}
    for planned in record.plan.planned:
        for cell, why in planned.left_out.items():
            cells.setdefault(planned.boundary, {}).setdefault((why, planned.check), []).append(cell)
    return tuple(
        NotTried(
            boundary,
            tuple((why, tuple(names)) for why, names in checks.get(boundary, {}).items()),
            tuple((why, check, tuple(names)) for (why, check), names in cells.get(boundary, {}).items()),
        )
        for boundary in _first((*checks, *cells))
    )


def _first(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def tries(sentence: Sentence) -> str:
    """How much was tried for a sentence, in words."""
    row = sentence.evidence
    if row is None:
        return ""
    over = f" over {plural(len(row.cells), 'cell')}" if len(row.cells) > 1 else ""
    parts = [f"{plural(row.tried, 'try', 'tries')}{over}"]
    if row.exchanges:
        parts.append(f"{amount(row.exchanges)} {'exchange' if row.exchanges == 1 else 'exchanges'}")
    parts.append(duration(row.seconds))
    return " · ".join(parts)
