"""`seamwright verify`: the main job."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seamwright.faces.cli.options import (
    DEFAULT_LEDGER,
    AsJson,
    LedgerAt,
    Seed,
    environment_named,
    listed,
    seconds,
    seeded,
    token_in,
)
from seamwright.faces.workbench import Workbench

if TYPE_CHECKING:
    from seamwright.faces.cli.console import Show
    from seamwright.faces.targets import Aim
    from seamwright.model.run import RunRecord
    from seamwright.run.once import Order, Prepared
    from seamwright.run.planning import Selection

__all__ = ["verify", "write_reports"]


def verify(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...",
            help="A manifest, boundaries of it by name, the URL of an OpenAPI document or a GraphQL endpoint, "
            "grpc://host:port, ws://host/path, or a database's URL.",
        ),
    ] = None,
    proves: Annotated[list[str] | None, typer.Option("--proves", help="Only these families: auth,load")] = None,
    check: Annotated[list[str] | None, typer.Option("--check", help="Only these checks, by id.")] = None,
    operation: Annotated[list[str] | None, typer.Option("--operation", help="Only these operations.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would run, what would not and why; send nothing but for contracts.")
    ] = False,
    budget: Annotated[str, typer.Option("--budget", help="Time for the whole run, like 60s or 2m.")] = "120s",
    cases: Annotated[
        int | None,
        typer.Option("--cases", min=0, help="Generated cases that contract checks stream of each operation."),
    ] = None,
    in_flight: Annotated[
        int | None,
        typer.Option("--in-flight", min=1, max=256, help="Calls of a stream on their way at a time; changes no case."),
    ] = None,
    seed: Seed = None,
    environment: Annotated[
        str | None, typer.Option("--environment", help="test, staging or production; what a check may dare.")
    ] = None,
    token_env: Annotated[
        str | None, typer.Option("--token-env", help="With a URL: the variable that holds a bearer token to call with.")
    ] = None,
    formats: Annotated[list[str] | None, typer.Option("--format", help="Reports to write: html,junit,sarif …")] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for reports; html when no format is said.")
    ] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    ledger: LedgerAt = DEFAULT_LEDGER,
) -> None:
    """Try every check that applies, keep the evidence, and say what is proved, refuted and unknown."""
    from seamwright.faces.cli.running import run
    from seamwright.faces.targets import aimed
    from seamwright.faces.workbench import exit_status
    from seamwright.faces.writing import folder_for
    from seamwright.run.once import Order
    from seamwright.run.planning import Selection
    from seamwright.run.streaming import AT_ONCE
    from seamwright.run.world import DEPTH

    bench = Workbench(ledger)
    aim = aimed(tuple(targets or ()), environment=environment_named(environment), token=token_in(token_env))
    selection = Selection(aim.boundaries, listed(proves), listed(check), listed(operation))
    wanted = _formats(bench, listed(formats), folder)
    time = seconds(budget, "--budget")
    if aim.notice and not quiet:
        print(f"note {aim.notice}", file=sys.stderr)
    if folder is not None and not plan:
        folder_for(folder)
    if plan:
        _plan_only(bench, aim, selection, as_json)
        return
    treated = (
        *(("--environment", environment) if environment else ()),
        *(("--token-env", token_env) if token_env else ()),
        *(("--cases", str(cases)) if cases is not None else ()),
    )
    order = Order(
        seeded(seed),
        time,
        DEPTH if cases is None else cases,
        AT_ONCE if in_flight is None else in_flight,
        arguments=tuple(sys.argv[1:]),
        options=treated,
    )
    record = run(_verified(bench, aim, selection, order, quiet))
    _written(bench, record, wanted, folder, quiet=quiet or as_json)
    if as_json:
        sys.stdout.buffer.write(bench.reports(lambda name: name == "json")["json"].render(record))
        sys.stdout.buffer.flush()
    else:
        from seamwright.faces.cli.console import summary

        summary(record)
        if not quiet and not wanted:
            print(f"report: seamwright report {record.run.id} --format html", file=sys.stderr)
    raise typer.Exit(exit_status(record.verdict))


async def _verified(bench: Workbench, aim: Aim, selection: Selection, order: Order, quiet: bool) -> RunRecord:
    from seamwright.model.run import RunFinished

    prepared: Prepared = await bench.prepare(aim, selection)
    record: RunRecord | None = None
    with nullcontext() if quiet else _shown() as show:
        async for event in bench.verify(prepared, order):
            if show is not None:
                show.event(event)
            if isinstance(event, RunFinished):
                record = event.record
    assert record is not None
    return record


def _shown() -> Show:
    """What shows a run; whoever wants to see nothing of it need not load what draws."""
    from seamwright.faces.cli.console import Show

    return Show()


def _plan_only(bench: Workbench, aim: Aim, selection: Selection, as_json: bool) -> None:
    from dataclasses import asdict

    from seamwright.faces.cli.console import plan_tables, print_json
    from seamwright.faces.cli.running import run

    prepared = run(bench.prepare(aim, selection))
    if as_json:
        print_json(asdict(prepared.plan))
    else:
        plan_tables(prepared.plan)


def _formats(bench: Workbench, wanted: tuple[str, ...], folder: Path | None) -> tuple[str, ...]:
    from seamwright.model.errors import UsageError

    if not wanted:
        return ("html",) if folder is not None else ()
    known = bench.reports()
    for name in wanted:
        if name not in known:
            raise UsageError(f"--format: there is no report {name!r}; there are: {', '.join(known)}")
    return wanted


def _written(bench: Workbench, record: RunRecord, wanted: tuple[str, ...], folder: Path | None, *, quiet: bool) -> None:
    for path in write_reports(bench, record, wanted, folder or Path()):
        if not quiet:
            print(f"report: {path}", file=sys.stderr)


def write_reports(bench: Workbench, record: RunRecord, wanted: tuple[str, ...], folder: Path) -> list[Path]:
    """Write a run's reports into a folder, each whole or not at all. Raises UsageError when it cannot be written."""
    from seamwright.faces.writing import write_whole

    known = bench.reports()
    paths = []
    for name in wanted:
        path = folder / f"seamwright-{record.run.id}{known[name].suffix}"
        write_whole(path, known[name].render(record))
        paths.append(path)
    return paths
