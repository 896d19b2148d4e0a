"""`seamwright demo`: the bundled shop, healthy or with planted defects."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seamwright.faces.cli.options import DEFAULT_LEDGER, AsJson, LedgerAt, Seed, listed, seeded
from seamwright.faces.workbench import Workbench

if TYPE_CHECKING:
    from seamwright.demo.defect import Defect
    from seamwright.demo.drift import Drift
    from seamwright.model.run import RunRecord
    from seamwright.run.drifting import Clean, Drifted
    from seamwright.run.rehearsal import Row

__all__ = ["demo_app"]

demo_app = typer.Typer(
    help="The bundled shop: a small real system, healthy or with planted defects.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Defects = Annotated[list[str] | None, typer.Option("--defect", help="Plant this defect (may be said again).")]


@demo_app.command("defects")
def defects(as_json: AsJson = False) -> None:
    """List the defects that can be planted, and the check that finds each."""
    from seamwright.demo.defects import DEFECTS
    from seamwright.faces.cli.console import out, print_json

    if as_json:
        print_json([_told(defect) for defect in DEFECTS.values()])
        return
    console = out()
    for defect in sorted(DEFECTS.values(), key=lambda d: (d.family, d.name)):
        console.print(f"{defect.name:<26} {defect.check:<42} {defect.mistake}", markup=False)


@demo_app.command("up")
def up(
    defect: Defects = None,
    data: Annotated[Path, typer.Option("--data", help="Folder for its databases, logs and manifest.")] = Path(
        ".seamwright/demo"
    ),
    orders_db: Annotated[str | None, typer.Option("--orders-db", help="Database of orders; SQLite by default.")] = None,
    payments_db: Annotated[str | None, typer.Option("--payments-db", help="Database of payments.")] = None,
    inventory_db: Annotated[str | None, typer.Option("--inventory-db", help="Database of inventory.")] = None,
    queue: Annotated[str | None, typer.Option("--queue", help="amqp:// or nats:// URL; embedded by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start the shop, write its manifest, and keep it up until Ctrl-C."""
    from seamwright.faces.cli.running import run
    from seamwright.faces.shop import kept_up

    names = listed(defect)
    _chosen(names)
    stores = {"orders": orders_db, "payments": payments_db, "inventory": inventory_db}
    databases = {service: url for service, url in stores.items() if url is not None}
    run(kept_up(names, data, databases, queue, lambda told: _ready(told, as_json)))


def _ready(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        import json

        print(json.dumps(told), flush=True)
        return
    print(
        f"the shop is up{', with ' + ', '.join(told['defects']) if told['defects'] else ', healthy'}", file=sys.stderr
    )
    for service, url in told["urls"].items():
        print(f"  {service:<10} {url}", file=sys.stderr)
    print(f"verify it: {shlex.join(['seamwright', 'verify', told['manifest']])}", file=sys.stderr)
    print(told["manifest"], flush=True)


@demo_app.command("verify")
def verify(
    defect: Defects = None,
    seed: Seed = None,
    folder: Annotated[Path, typer.Option("--out", help="Folder for the report.")] = Path(".seamwright/reports"),
    as_json: AsJson = False,
    ledger: LedgerAt = DEFAULT_LEDGER,
) -> None:
    """Verify the healthy shop, then show for each planted defect that its check finds it.

    With --defect, the healthy shop too is tried only with the checks of these defects.

    Exit status 0 when every defect is refuted and nothing of the healthy shop is.
    """
    from seamwright.faces.cli.running import run
    from seamwright.faces.writing import folder_for

    named = listed(defect)
    wanted = _chosen(named)
    folder_for(folder)
    chosen_seed = seeded(seed)
    healthy, rows = run(_rehearsed(wanted, chosen_seed, ledger, whole=not named, quiet=as_json))
    bench = Workbench(ledger)
    from seamwright.faces.cli.verify import write_reports

    (path,) = write_reports(bench, healthy, ("html",), folder)
    if as_json:
        from seamwright.faces.cli.console import print_json

        print_json(_as_json(healthy, rows, chosen_seed, path))
    else:
        _table(healthy, rows)
        print(f"report of the healthy shop: {path}")
    from seamwright.model.verdict import Verdict

    if any(row.broken is Verdict.UNKNOWN for row in rows):
        raise typer.Exit(3)
    raise typer.Exit(0 if _good(healthy, rows) else 1)


@demo_app.command("drift")
def drift(
    name: Annotated[list[str] | None, typer.Option("--drift", help="Only this one (may be said again).")] = None,
    seed: Seed = None,
    as_json: AsJson = False,
    ledger: LedgerAt = DEFAULT_LEDGER,
) -> None:
    """Hold drifted contracts against the healthy shop: each must be refuted, and the true ones must not.

    Exit status 0 when that is so, 1 when a drift was missed or a true contract refuted.
    """
    from seamwright.demo.drifts import DRIFTS
    from seamwright.faces.cli.options import known_names
    from seamwright.faces.cli.running import run
    from seamwright.model.verdict import Verdict

    names = listed(name)
    known_names("--drift", names, DRIFTS)
    wanted = [DRIFTS[each] for each in names] if names else list(DRIFTS.values())
    chosen_seed = seeded(seed)
    clean, rows = run(_drifted(wanted, chosen_seed, ledger, quiet=as_json))
    if as_json:
        from seamwright.faces.cli.console import print_json

        print_json(_drift_json(clean, rows, chosen_seed))
    else:
        _drift_table(clean, rows)
    missed = [row for row in rows if row.verdict is not Verdict.REFUTED]
    raise typer.Exit(1 if missed or clean.refuted else 0)


async def _drifted(wanted: list[Drift], seed: int, ledger: str, *, quiet: bool) -> tuple[Clean, list[Drifted]]:
    from contextlib import aclosing

    from seamwright.faces.cli.console import errors, styled
    from seamwright.faces.workbench import fetch
    from seamwright.run.drifting import Clean, drifting

    bench = Workbench(ledger)
    console = errors()
    clean: Clean | None = None
    rows: list[Drifted] = []
    with bench.ledger() as store:
        if not quiet:
            console.print(f"the true contracts first, then {len(wanted)} drifted ones · seed {seed}")
        async with aclosing(drifting(wanted, bench.checks(), seed=seed, ledger=store, fetch=fetch)) as told:
            async for each in told:
                if isinstance(each, Clean):
                    clean = each
                else:
                    rows.append(each)
                    if not quiet:
                        console.print(f"{each.drift.name}: {styled(each.verdict)} in {each.seconds:.1f} s")
    assert clean is not None
    return clean, sorted(rows, key=lambda row: (row.drift.kind, row.drift.name))


def _drift_table(clean: Clean, rows: list[Drifted]) -> None:
    from rich.table import Table

    from seamwright.faces.cli.console import out, styled
    from seamwright.model.verdict import Verdict

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("kind", "drift", "what the contract says", "verdict", "refuted by"):
        table.add_column(column, overflow="fold")
    for row in rows:
        told = (row.drift.kind, row.drift.name, row.drift.says, styled(row.verdict), ", ".join(row.checks))
        table.add_row(*told)
    console = out()
    console.print(table)
    found = [row for row in rows if row.verdict is Verdict.REFUTED]
    for row in rows:
        if row not in found:
            console.print(f"{row.drift.name}: {row.title}", markup=False)
    for text in clean.refuted:
        console.print(f"of the true contracts: {text}", markup=False)
    console.print(
        f"{len(found)} of {len(rows)} drifts refuted; of the true contracts {len(clean.refuted)} sentences refuted"
    )


def _drift_json(clean: Clean, rows: list[Drifted], seed: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "clean": {"verdict": str(clean.verdict), "refuted": clean.refuted, "seconds": round(clean.seconds, 2)},
        "drifts": [
            {
                "name": row.drift.name,
                "kind": row.drift.kind,
                "service": row.drift.service,
                "says": row.drift.says,
                "verdict": str(row.verdict),
                "checks": row.checks,
                "finding": row.title,
                "seconds": round(row.seconds, 2),
            }
            for row in rows
        ],
    }


def _good(healthy: RunRecord, rows: list[Row]) -> bool:
    from seamwright.model.verdict import Verdict

    return healthy.verdict is not Verdict.REFUTED and all(row.broken is Verdict.REFUTED for row in rows)


async def _rehearsed(
    wanted: list[Defect], seed: int, ledger: str, *, whole: bool, quiet: bool
) -> tuple[RunRecord, list[Row]]:
    from contextlib import aclosing

    from seamwright.faces.cli.console import Show, errors, styled
    from seamwright.faces.workbench import fetch
    from seamwright.run.rehearsal import HealthyEvent, HealthyRun, Row, rehearse

    bench = Workbench(ledger)
    rows: list[Row] = []
    healthy: RunRecord | None = None
    console = errors()
    with bench.ledger() as store, Show(quiet=quiet) as show:
        if not quiet:
            console.print(f"the healthy shop first, then {len(wanted)} broken ones · seed {seed}")
        told = rehearse(wanted, bench.checks(), seed=seed, ledger=store, fetch=fetch, whole=whole)
        async with aclosing(told) as events:
            async for event in events:
                match event:
                    case HealthyEvent():
                        show.event(event.event)
                    case HealthyRun():
                        healthy = event.record
                    case Row():
                        rows.append(event)
                        if not quiet:
                            console.print(f"{event.name}: {styled(event.broken)} by {event.check}")
    assert healthy is not None
    return healthy, sorted(rows, key=lambda row: (row.family, row.name))


def _table(healthy: RunRecord, rows: list[Row]) -> None:
    from rich.table import Table

    from seamwright.faces.cli.console import out, styled, summary

    summary(healthy)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("defect", "check that found it", "verdict broken", "verdict healthy"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(row.name, row.check, styled(row.broken), styled(row.healthy))
    console = out()
    console.print()
    console.print(table)
    missed = [row for row in rows if not row.found]
    for row in missed:
        console.print(f"{row.name}: {row.title}", markup=False)
    console.print(f"{len(rows) - len(missed)} of {len(rows)} defects told from the healthy shop")


def _as_json(healthy: RunRecord, rows: list[Row], seed: int, report: Path) -> dict[str, Any]:
    return {
        "seed": seed,
        "healthy": {
            "verdict": str(healthy.verdict),
            "run": healthy.run.id,
            "checks": [
                {"boundary": row.boundary, "check": row.check, "verdict": str(row.verdict), "why": row.why}
                for row in healthy.evidence
            ],
        },
        "defects": [
            {
                "name": row.name,
                "family": row.family,
                "check": row.check,
                "broken": str(row.broken),
                "healthy": str(row.healthy),
                "seconds": round(row.seconds, 3),
                "finding": row.title,
                "reproduce": row.reproduce,
            }
            for row in rows
        ],
        "report": str(report),
    }


def _chosen(names: tuple[str, ...]) -> list[Defect]:
    from seamwright.demo.defects import DEFECTS, chosen
    from seamwright.model.errors import UsageError

    try:
        return chosen(names) if names else list(DEFECTS.values())
    except ValueError as error:
        raise UsageError(str(error)) from None


def _told(defect: Defect) -> dict[str, str]:
    return {
        "name": defect.name,
        "family": defect.family,
        "service": defect.service,
        "check": defect.check,
        "mistake": defect.mistake,
    }
