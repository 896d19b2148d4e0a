"""Shows a run on a terminal, and as plain lines where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seamwright.faces.cli.terminal import errors, out, print_json
from seamwright.model.coverage import sentence
from seamwright.model.problem import Problem, problems
from seamwright.model.run import CheckFinished, CheckStarted, Event, Notice, RunFinished, RunRecord, RunStarted
from seamwright.model.verdict import Verdict
from seamwright.reports._words import visible

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from seamwright.model.evidence import Evidence
    from seamwright.model.plan import Plan

__all__ = ["Show", "errors", "out", "plan_tables", "print_json", "styled", "summary"]

_STYLE = {Verdict.PROVED: "green", Verdict.REFUTED: "bold red", Verdict.UNKNOWN: "yellow"}
_NAMED = 5
"""Operations that are named of those in which a problem showed."""

_GLANCE = 110
"""Characters of a reason while a run goes on; the whole of it comes with the result."""

_MORE = re.compile(r" \(and so with \d+ more\)")

_SIGN = {Verdict.PROVED: "✓", Verdict.REFUTED: "✗", Verdict.UNKNOWN: "?"}


def styled(verdict: Verdict) -> str:
    """A verdict as a sign and a word, in its colour."""
    return f"[{_STYLE[verdict]}]{_SIGN[verdict]} {verdict}[/]"


class Show:
    """Follows a run on standard error: a bar on a terminal, a line a check elsewhere. Use it as a context."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = errors()
        self._quiet = quiet
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Show:
        """Begin."""
        if not self._quiet and self._console.is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End, and leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()

    def event(self, event: Event) -> None:
        """Show one event."""
        if self._quiet:
            return
        match event:
            case RunStarted():
                n, run = len(event.plan.planned), event.run
                self._say(f"run {run.id} · {escape(run.system)} · {n} checks to try · seed {run.seed}")
                if self._bar is not None:
                    self._task = self._bar.add_task("", total=n)
            case CheckStarted():
                if self._bar is not None and self._task is not None:
                    self._bar.update(self._task, description=escape(f"{event.item.boundary} {event.item.check}"))
            case CheckFinished():
                self._finished(event.evidence)
            case Notice():
                self._say(f"[yellow]note[/] {escape(event.text)}")
            case RunFinished():
                pass

    def _finished(self, row: Evidence) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task)
        if self._bar is None or row.verdict is not Verdict.PROVED:
            tail = f" · {escape(_short(row.why, _GLANCE))}" if row.why else f" · tried {row.tried}"
            self._say(f"{styled(row.verdict)} {escape(row.boundary)} {row.check}{tail}")

    def _say(self, text: str) -> None:
        self._console.print(text)


def summary(record: RunRecord) -> None:
    """Print the result of a run: findings and how to see them again, what is unknown and why, each seam."""
    console = out()
    for problem in problems(record.evidence):
        row, finding = problem.row, problem.finding
        times = f" [dim](×{problem.count})[/]" if problem.count > 1 else ""
        console.print(f"\n[bold red]✗ {escape(finding.title)}[/]{times}")
        console.print(f"  [dim]{finding.severity} · {escape(row.boundary)} · {row.check}[/]")
        for line in finding.detail.splitlines():
            console.print(f"  {escape(line)}")
        for line in _elsewhere(problem):
            console.print(f"  {escape(line)}", style="dim")
        console.print("  see it again:", style="dim")
        console.print(f"    {escape(finding.reproduce)}")
    _unknown(record, console)
    console.print()
    _forbidden(record, console)
    console.print(_seams(record))
    covered = sentence(record.coverage)
    if covered:
        console.print(f"coverage: {covered}", style="dim", markup=False)
    console.print(f"{styled(record.verdict)} — {_sentence(record)}")


def _elsewhere(problem: Problem) -> Iterator[str]:
    """Where else a problem showed: in other operations, in other ways, in other checks."""
    others = [name for name in problem.finding.facts.get("operations", ()) if name != problem.finding.operation]
    if others:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        yield f"the same in {', '.join(others[:_NAMED])}{more}"
    ways = list(dict.fromkeys(finding.title for _, finding in problem.others if finding.title != problem.finding.title))
    for title in ways[:_NAMED]:
        yield f"also: {title}"
    if len(ways) > _NAMED:
        yield f"and in {len(ways) - _NAMED} more ways"
    if problem.also:
        yield f"also seen by {', '.join(problem.also)}"


def _unknown(record: RunRecord, console: Console) -> None:
    rows = [row for row in record.evidence if row.verdict is Verdict.UNKNOWN]
    blocked = [skipped for skipped in record.plan.skipped if skipped.applicable]
    if rows or blocked:
        console.print("\n[yellow]unknown[/], and why:")
    for alike in _alike(rows):
        row = alike[0]
        where = escape(row.boundary) if len(alike) > 1 else f"{escape(row.boundary)} {row.check}"
        console.print(f"  [yellow]?[/] {where} [dim]({row.cause})[/]: {escape(_short(row.why))}")
        if len(alike) > 1:
            console.print(f"    {_few([other.check for other in alike])}", style="dim", markup=False)
    reasons: dict[tuple[str, str], int] = {}
    for skipped in blocked:
        key = (skipped.boundary, skipped.why)
        reasons[key] = reasons.get(key, 0) + 1
    for (boundary, why), count in reasons.items():
        console.print(f"  [yellow]?[/] {escape(boundary)}: {count} checks did not run: {escape(_short(why))}")


def _alike(rows: Sequence[Evidence]) -> list[list[Evidence]]:
    """The rows by what keeps them unknown: one reason is told once, however many checks it stops."""
    found: dict[tuple[str, str, str], list[Evidence]] = {}
    for row in rows:
        found.setdefault((row.boundary, str(row.cause), _MORE.sub("", row.why)), []).append(row)
    return list(found.values())


def _forbidden(record: RunRecord, console: Console) -> None:
    """Say how much was not tried because the environment does not allow it: nobody may take it for tried."""
    reasons: dict[str, int] = {}
    for skipped in record.plan.skipped:
        if skipped.forbidden:
            reasons[skipped.why] = reasons.get(skipped.why, 0) + 1
    for why, count in reasons.items():
        console.print(f"  not tried: {_counted(count, 'check')}, since {why}", style="dim", markup=False)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _seams(record: RunRecord) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("boundary", "proved", "refuted", "unknown"):
        table.add_column(column, justify="left" if column == "boundary" else "right")
    for seam in record.seams:
        rows = [row.verdict for row in record.evidence if row.boundary == seam.name]
        blocked = sum(1 for s in record.plan.skipped if s.boundary == seam.name and s.applicable)
        if not rows and not blocked:
            table.add_row(escape(visible(seam.name)), "–", "–", "[dim]nothing tried[/]")
            continue
        counts = [rows.count(Verdict.PROVED), rows.count(Verdict.REFUTED), rows.count(Verdict.UNKNOWN) + blocked]
        table.add_row(escape(visible(seam.name)), *(str(count) if count else "·" for count in counts))
    return table


def _sentence(record: RunRecord) -> str:
    verdicts = [row.verdict for row in record.evidence]
    tried = sum(row.tried for row in record.evidence)
    if not verdicts:
        return "nothing was tried, so nothing is known"
    parts = [f"{verdicts.count(v)} {v}" for v in Verdict if verdicts.count(v)]
    return (
        f"{', '.join(parts)} of {len(verdicts)} sentences; {tried} trials, seed {record.run.seed}, run {record.run.id}"
    )


def plan_tables(plan: Plan) -> None:
    """Print a plan: what would run and what it would dare, and what would not and why."""
    console = out()
    runs = Table(box=None, pad_edge=False, header_style="dim", title="would run", title_justify="left")
    for column in ("boundary", "check", "dares", "cells"):
        runs.add_column(column)
    for item in plan.planned:
        runs.add_row(*(escape(visible(text)) for text in (item.boundary, item.check, item.dares, _few(item.cells))))
    console.print(runs)
    console.print()
    reasons: dict[tuple[str, str, bool], list[str]] = {}
    for skipped in plan.skipped:
        reasons.setdefault((skipped.boundary, skipped.why, skipped.applicable), []).append(skipped.check)
    console.print("would not run, and why", style="italic")
    for (boundary, why, applicable), checks in reasons.items():
        stays = " [yellow](stays unknown)[/]" if applicable else ""
        console.print(f"  {escape(boundary)}: {escape(why)}{stays}")
        console.print(f"    [dim]{', '.join(checks)}[/]")
    for item in plan.planned:
        left_out: dict[str, list[str]] = {}
        for cell, why in item.left_out.items():
            left_out.setdefault(why, []).append(cell)
        for why, cells in left_out.items():
            text = f"  {item.boundary} {item.check} leaves out {_few(cells)}: {why}"
            console.print(text, style="dim", markup=False)


def _few(cells: Sequence[str], most: int = 6) -> str:
    return ", ".join(cells[:most]) + (f" … {len(cells)} in all" if len(cells) > most else "")


def _short(text: str, most: int = 300) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
