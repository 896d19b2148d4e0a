"""`seamwright runs`, `report`, `evidence` and `ledger verify`: what was tried, as it was kept."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seamwright.faces.cli.options import DEFAULT_LEDGER, AsJson, LedgerAt
from seamwright.faces.workbench import Workbench

if TYPE_CHECKING:
    from seamwright.model.evidence import Evidence
    from seamwright.model.exchange import Exchange
    from seamwright.model.run import Run

__all__ = ["evidence", "ledger_app", "report", "runs"]

ledger_app = typer.Typer(help="Look after the ledger.", no_args_is_help=True, rich_markup_mode=None)


def runs(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, newest first.")] = 20,
    as_json: AsJson = False,
    ledger: LedgerAt = DEFAULT_LEDGER,
) -> None:
    """List runs, newest first; one whose process died is shown as interrupted."""
    from dataclasses import asdict

    from rich.markup import escape

    from seamwright.faces.cli.console import out, print_json, styled
    from seamwright.model.run import RunState

    bench = Workbench(ledger)
    found: list[Run] = []
    counts: dict[str, int] = {}
    if bench.has_ledger:
        with bench.ledger() as store:
            found = store.runs(limit)
            counts = {run.id: len(store.evidence(run=run.id, limit=None)) for run in found}
    if as_json:
        print_json([{**asdict(run), "evidence": counts[run.id]} for run in found])
        return
    console = out()
    if not found:
        console.print("no runs yet; begin with: seamwright verify")
    for run in found:
        state = styled(run.verdict) if run.state is RunState.FINISHED else f"[yellow]{run.state}[/]"
        tail = f"{counts[run.id]} evidence · seed {run.seed} · {escape(', '.join(run.targets))}"
        console.print(f"{run.id}  {_when(run.started)}  {escape(run.system)}  {state}  [dim]{tail}[/]")


def report(
    run: Annotated[str, typer.Argument(help="Id of a run, its beginning, or last.")] = "last",
    name: Annotated[str, typer.Option("--format", help="html, junit, sarif, json or markdown.")] = "html",
    place: Annotated[Path | None, typer.Option("--out", help="A file, a folder, or - for standard output.")] = None,
    ledger: LedgerAt = DEFAULT_LEDGER,
) -> None:
    """Render a run that is in the ledger."""
    from seamwright.faces.cli.verify import write_reports
    from seamwright.faces.writing import write_whole
    from seamwright.model.errors import UsageError

    bench = Workbench(ledger)
    known = bench.reports()
    if name not in known:
        raise UsageError(f"--format: there is no report {name!r}; there are: {', '.join(known)}")
    with bench.ledger(create=False) as store:
        record = store.record(run)
    if str(place) == "-":
        sys.stdout.buffer.write(known[name].render(record))
        sys.stdout.buffer.flush()
        return
    if place is not None and not place.is_dir() and place.suffix:
        write_whole(place, known[name].render(record))
        written = place
    else:
        (written,) = write_reports(bench, record, (name,), place or Path())
    print(written)


def evidence(
    boundary: Annotated[str | None, typer.Option("--boundary", help="Only of this boundary.")] = None,
    check: Annotated[str | None, typer.Option("--check", help="Only of this check.")] = None,
    run: Annotated[str | None, typer.Option("--run", help="Only of this run: its id, its beginning, or last.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many rows, newest first.")] = 50,
    exchanges: Annotated[bool, typer.Option("--exchanges", help="With --run: the exchanges too, as JSON.")] = False,
    as_json: AsJson = False,
    ledger: LedgerAt = DEFAULT_LEDGER,
) -> None:
    """Show evidence: what was tried, when, on what, and with which verdict."""
    from dataclasses import asdict

    from rich.markup import escape

    from seamwright.faces.cli.console import out, print_json, styled
    from seamwright.model.errors import UsageError

    if exchanges and run is None:
        raise UsageError("--exchanges needs --run: say of which run")
    bench = Workbench(ledger)
    rows: list[Evidence] = []
    seen: list[Exchange] = []
    if bench.has_ledger or run is not None:
        with bench.ledger(create=False) as store:
            if run is not None:
                run = store.record(run).run.id
            rows = store.evidence(boundary=boundary, check=check, run=run, limit=limit)
            seen = store.exchanges(run) if exchanges and run is not None else []
    if as_json or exchanges:
        value = [asdict(row) for row in rows]
        if not exchanges:
            print_json(value)
            return
        kept = [e for e in seen if (check is None or e.check == check) and boundary in (None, e.boundary)]
        print_json({"evidence": value, "exchanges": [exchange.to_json() for exchange in kept]})
        return
    console = out()
    if not rows:
        console.print("no evidence; begin with: seamwright verify")
    for row in rows:
        console.print(
            f"{row.sequence:>6}  {_when(row.started)}  {styled(row.verdict)}  {escape(row.boundary)}  {row.check}"
            f"  [dim]tried {row.tried}, {row.exchanges} exchanges, seed {row.seed}, {row.hash[:12]}[/]"
        )


@ledger_app.command("verify")
def ledger_verify(as_json: AsJson = False, ledger: LedgerAt = DEFAULT_LEDGER) -> None:
    """Check that no row of evidence, and no exchange behind it, was changed, removed or reordered."""
    from dataclasses import asdict

    from seamwright.faces.cli.console import out, print_json

    with Workbench(ledger).ledger(create=False) as store:
        verification = store.verify()
    if as_json:
        print_json(asdict(verification))
    else:
        console = out()
        for problem in verification.problems:
            console.print(f"✗ row {problem.sequence}: {problem.what}", markup=False)
        console.print(f"{verification.rows} rows of evidence, {len(verification.problems)} broken", markup=False)
    raise typer.Exit(1 if verification.problems else 0)


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
