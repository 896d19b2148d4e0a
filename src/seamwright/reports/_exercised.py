"""What of the contracts was exercised: by boundary and operation, and what was not, by its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from seamwright.model.coverage import Share, answered, by_kind, points, sentence
from seamwright.model.run import Covered, RunRecord
from seamwright.reports._words import one_line

__all__ = ["Exercise", "Missing", "Part", "exercise_of"]

SHOWN = 40
"""Keywords of one operation that are named on a page; the command line names all."""

_REASON = 300
_NO_REASON = "no reason was given"


@dataclass(frozen=True, slots=True)
class Missing:
    """Points that were not exercised for one reason: each keyword at its place, and its aspects in words."""

    why: str
    points: tuple[tuple[str, str], ...]
    count: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: how much of it was exercised, and what was not."""

    name: str
    method: str
    path: str
    answered: bool
    share: Share
    missing: tuple[Missing, ...]
    unnamed: int
    """Points that were not exercised and are not among those that are named here."""
    clipped: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One boundary: its operations, and its points by what they are about."""

    boundary: str
    answered: Share
    share: Share
    kinds: tuple[tuple[str, Share], ...]
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Exercise:
    """Every boundary whose contract has points."""

    words: str
    kinds: tuple[str, ...]
    """What there are points about, in a fixed order."""
    parts: tuple[Part, ...]


_PLURALS = {
    "operation": "operations",
    "status": "statuses",
    "media type": "media types",
    "header": "headers",
    "parameter": "parameters",
    "property": "properties",
    "keyword": "keywords",
    "security": "credentials",
}


def exercise_of(record: RunRecord) -> Exercise:
    """Gather the coverage of a run's contracts, the boundaries in the order of the record."""
    rows: dict[str, list[Covered]] = {}
    for row in record.coverage:
        if row.points:
            rows.setdefault(row.boundary, []).append(row)
    every = [row for found in rows.values() for row in found]
    kinds = tuple(_PLURALS[kind] for kind in by_kind(every) if kind != "operation")
    return Exercise(sentence(every), kinds, tuple(_part(name, found) for name, found in rows.items()))


def _part(boundary: str, rows: list[Covered]) -> Part:
    kinds = tuple((_PLURALS[kind], share) for kind, share in by_kind(rows).items() if kind != "operation")
    return Part(boundary, answered(rows), points(rows), kinds, tuple(_operation(row) for row in rows))


def _operation(row: Covered) -> Operation:
    share = Share(row.exercised, row.total)
    missing = tuple(_missing(row))
    named = sum(each.count for each in missing)
    unnamed = share.total - share.done - named
    return Operation(row.operation, row.method, row.path, row.answered, share, missing, unnamed, row.clipped)


def _missing(row: Covered) -> Iterable[Missing]:
    """By reason, the one of most points first, as many as are shown of one operation."""
    grouped: dict[str, dict[tuple[str, str], list[str]]] = {}
    for each in row.points:
        for aspect, why in each.missing.items():
            at = grouped.setdefault(one_line(why)[:_REASON] or _NO_REASON, {})
            at.setdefault((each.place, each.keyword), []).append(aspect)
    left = SHOWN
    for why, at in sorted(grouped.items(), key=lambda pair: -sum(map(len, pair[1].values()))):
        named = [*at.items()][:left]
        left -= len(named)
        if named:
            told = tuple((f"{place} {keyword}", _told(aspects)) for (place, keyword), aspects in named)
            yield Missing(why, told, sum(len(aspects) for _, aspects in named))


def _told(aspects: list[str]) -> str:
    """Aspects in words; that of an answer goes without saying."""
    return ", ".join(aspect for aspect in aspects if aspect != "answered")
