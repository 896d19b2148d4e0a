"""`seamwright contract coverage`: what of the contracts a run exercised, and why not the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from seamwright.faces.cli.options import DEFAULT_LEDGER, AsJson, LedgerAt, known_names
from seamwright.faces.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seamwright.model.run import Covered, RunRecord

__all__ = ["coverage"]


def coverage(
    run: Annotated[str, typer.Argument(help="Id of a run, its beginning, or last.")] = "last",
    boundary: Annotated[list[str] | None, typer.Option("--boundary", help="Only of this boundary.")] = None,
    operation: Annotated[list[str] | None, typer.Option("--operation", help="Only of this operation.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Name what was not exercised, and why.")] = False,
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", min=0, max=100, help="Exit with 1 when fewer percent were exercised."),
    ] = None,
    as_json: AsJson = False,
    ledger: LedgerAt = DEFAULT_LEDGER,
) -> None:
    """Say which operations, parameters, keywords, statuses and media types of the contracts a run exercised."""
    from dataclasses import asdict

    from seamwright.faces.cli.terminal import print_json
    from seamwright.model.coverage import answered, by_kind, points

    record = _record(ledger, run)
    rows = _chosen(record, tuple(boundary or ()), tuple(operation or ()))
    share = points(rows) if points(rows).total else answered(rows)
    if as_json:
        print_json(
            {
                "run": record.run.id,
                "operations": asdict(answered(rows)),
                "points": asdict(points(rows)) | {"percent": points(rows).percent},
                "kinds": {kind: asdict(each) for kind, each in by_kind(rows).items()},
                "coverage": [asdict(row) for row in rows],
            }
        )
    else:
        _shown(record, rows, missing=missing)
    if fail_under is not None and share.done * 100 < fail_under * share.total:
        _short(share.percent, fail_under)
        raise typer.Exit(1)


def _record(ledger: str, run: str) -> RunRecord:
    from seamwright.model.errors import UsageError
    from seamwright.model.run import RunState

    bench = Workbench(ledger)
    if not bench.has_ledger:
        raise UsageError(f"there is no run yet at {ledger}; make one with: seamwright verify --proves contract")
    with bench.ledger(create=False) as store:
        if run == "last" and not store.runs(1):
            raise UsageError(f"there is no run yet in {ledger}; make one with: seamwright verify --proves contract")
        record = store.record(run)
    if not record.coverage:
        why = "has no contract" if record.run.state is RunState.FINISHED else f"is {record.run.state}"
        raise UsageError(
            f"run {record.run.id} {why}, so it has no coverage; make another with: seamwright verify --proves contract"
        )
    return record


def _chosen(record: RunRecord, boundaries: tuple[str, ...], operations: tuple[str, ...]) -> Sequence[Covered]:
    """The rows that are asked for. Raises UsageError for a name that is not there."""
    rows = record.coverage
    known_names("--boundary", boundaries, {row.boundary for row in rows})
    rows = tuple(row for row in rows if not boundaries or row.boundary in boundaries)
    known_names("--operation", operations, {row.operation for row in rows})
    return tuple(row for row in rows if not operations or row.operation in operations)


def _shown(record: RunRecord, rows: Sequence[Covered], *, missing: bool) -> None:
    from rich.markup import escape
    from rich.table import Table

    from seamwright.faces.cli.terminal import out
    from seamwright.model.coverage import by_kind, points, sentence
    from seamwright.reports._words import visible

    console = out()
    for name in dict.fromkeys(row.boundary for row in rows):
        found = [row for row in rows if row.boundary == name]
        console.print(f"{name}: {sentence(found)}", markup=False, style="bold")
        kinds = [f"{kind} {share}" for kind, share in by_kind(found).items() if kind != "operation"]
        if kinds:
            console.print(f"  {', '.join(kinds)}", markup=False, style="dim")
        table = Table(box=None, pad_edge=False, show_header=False)
        for number in range(5):
            table.add_column(justify="right" if number in (2, 3) else "left")
        for row in found:
            share = points([row])
            told = (f"{share.percent:g}%", str(share)) if share.total else ("", "")
            never = "" if row.answered else "[yellow]never answered in its success class[/]"
            table.add_row(
                f"  {escape(visible(row.operation))}", escape(visible(f"{row.method} {row.path}")), *told, never
            )
        console.print(table)
        for row in found if missing else ():
            _missing(row)
        console.print()
    console.print(f"run {record.run.id}: {sentence(rows)}", markup=False)
    if not missing and any(each.missing for row in rows for each in row.points):
        console.print("  --missing names what was not exercised, and why", style="dim", markup=False)


def _missing(row: Covered) -> None:
    from seamwright.faces.cli.terminal import out

    console = out()
    if any(each.missing for each in row.points):
        console.print(f"\n  {row.operation} ({row.method} {row.path})", markup=False)
    for each in row.points:
        reasons: dict[str, list[str]] = {}
        for aspect, why in each.missing.items():
            reasons.setdefault(why, []).append(aspect)
        for why, aspects in reasons.items():
            console.print(f"    {each.place} {each.keyword}: {', '.join(aspects)}", markup=False)
            console.print(f"      {why}", markup=False, style="dim")
    if row.clipped:
        console.print("    (there are more points than are counted: the deepest are left out)", markup=False)


def _short(percent: float, wanted: float) -> None:
    from seamwright.faces.cli.terminal import errors

    errors().print(f"{percent:g}% of the points were exercised, and {wanted:g}% are asked", markup=False)
