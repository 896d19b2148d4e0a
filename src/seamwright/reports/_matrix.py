"""Coverage: operations against checks, with a verdict in each cell that a check says something about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seamwright.model.run import Covered
from seamwright.model.verdict import Verdict, overall
from seamwright.reports._summary import Sentence, Summary, family_order
from seamwright.reports._words import GLYPH, amount, one_line, plural

__all__ = ["Cell", "Matrix", "Row", "matrix_of"]

_CODE = {Verdict.PROVED: "p", Verdict.REFUTED: "r", Verdict.UNKNOWN: "u"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One operation under one check: class, sign, word, and what stands behind it."""

    code: str
    glyph: str
    word: str
    title: str


_NOTHING = Cell("n", "", "does not apply", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: how it reads, how it was answered, and a cell for each check."""

    operation: str
    method: str
    path: str
    calls: str
    answers: str
    answered: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Checks by family as columns, operations by boundary as rows."""

    families: tuple[tuple[str, int], ...]
    checks: tuple[tuple[str, str], ...]
    """Id, and the sentence."""
    boundaries: tuple[tuple[str, tuple[Row, ...]], ...]

    @property
    def operations(self) -> int:
        """How many operations there are."""
        return sum(len(rows) for _, rows in self.boundaries)


def matrix_of(summary: Summary) -> Matrix:
    """Give the matrix; a column for each check that has at least one operation among its cells."""
    covered = {(c.boundary, c.operation): c for c in summary.record.coverage}
    operations: dict[str, dict[str, None]] = {}
    for seam in summary.record.seams:
        operations.setdefault(seam.name, {}).update(dict.fromkeys(seam.operations))
    for boundary, operation in covered:
        operations.setdefault(boundary, {}).setdefault(operation)
    cells: dict[tuple[str, str, str], list[Cell]] = {}
    proves: dict[str, str] = {}
    for sentence in summary.sentences:
        for name, cell in _cells(sentence).items():
            if name in operations.get(sentence.boundary, {}):
                cells.setdefault((sentence.boundary, name, sentence.check), []).append(cell)
                proves.setdefault(sentence.check, sentence.proves)
    checks = sorted(proves, key=lambda check: (family_order(check.partition(".")[0]), check))
    families = [check.partition(".")[0] for check in checks]
    boundaries = []
    for boundary, named in operations.items():
        rows = tuple(
            _row(name, covered.get((boundary, name)), tuple(_one(cells.get((boundary, name, c))) for c in checks))
            for name in named
        )
        if rows:
            boundaries.append((boundary, rows))
    return Matrix(
        tuple((family, families.count(family)) for family in dict.fromkeys(families)),
        tuple((check, proves[check]) for check in checks),
        tuple(boundaries),
    )


def _cells(sentence: Sentence) -> Mapping[str, Cell]:
    found: dict[str, Cell] = {}
    planned = sentence.planned
    for name in planned.cells if planned else ():
        found[name] = _cell(Verdict.UNKNOWN, 0, sentence.why or "it was planned and has no result")
    for name, why in planned.left_out.items() if planned else ():
        found[name] = Cell("o", "\u2013", "left out", f"left out: {one_line(why)}")
    for cell in sentence.evidence.cells if sentence.evidence else ():
        verdict = cell.verdict
        if verdict is Verdict.PROVED and cell.tried <= 0:
            verdict = Verdict.UNKNOWN
        found[cell.cell] = _cell(verdict, cell.tried, cell.why)
    return found


def _cell(verdict: Verdict, tried: int, why: str) -> Cell:
    told = f"{verdict}, {plural(tried, 'try', 'tries')}" if tried else f"{verdict}, not tried"
    return Cell(_CODE[verdict], GLYPH[verdict], verdict.value, f"{told}: {one_line(why)[:300]}" if why else told)


def _one(cells: list[Cell] | None) -> Cell:
    """One cell of several of the same check: the worst of them."""
    if not cells:
        return _NOTHING
    if len(cells) == 1:
        return cells[0]
    by_code = {code: verdict for verdict, code in _CODE.items()}
    known = [by_code[cell.code] for cell in cells if cell.code in by_code]
    wanted = _CODE[overall(known)] if known else "o"
    return next(cell for cell in cells if cell.code == wanted)


def _row(name: str, covered: Covered | None, cells: tuple[Cell, ...]) -> Row:
    if covered is None:
        return Row(name, "", name, "0", "never called", False, cells)
    classes: dict[str, int] = {}
    for status, count in sorted(covered.statuses.items()):
        told = f"{status[0]}xx" if status.isdigit() and status != "0" else "none" if status == "0" else status
        classes[told] = classes.get(told, 0) + count
    answers = ", ".join(f"{told}\u00a0{amount(count)}" for told, count in classes.items())
    return Row(
        name,
        covered.method,
        covered.path,
        amount(covered.calls),
        answers if covered.calls else "never called",
        covered.answered,
        cells,
    )
