"""`seamwright gate`: may a phase close? Decided from the latest evidence; nothing is run."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from seamwright.faces.cli.options import DEFAULT_LEDGER, AsJson, LedgerAt, ManifestAt, manifest_at
from seamwright.faces.workbench import Workbench

__all__ = ["gate"]


def gate(
    phase: Annotated[int, typer.Argument(min=1, max=7, help="1 to 7; 5 is Testing & Quality Assurance.")] = 5,
    manifest: ManifestAt = None,
    as_json: AsJson = False,
    ledger: LedgerAt = DEFAULT_LEDGER,
) -> None:
    """Decide a phase's gate from evidence. A refusal names what is missing and the command that would satisfy it."""
    from dataclasses import asdict

    from seamwright.faces.cli.console import out, print_json, styled
    from seamwright.faces.cli.running import run
    from seamwright.faces.targets import aimed
    from seamwright.faces.workbench import exit_status
    from seamwright.lifecycle.phases import PHASES

    aim = aimed(manifest_at(manifest))
    decision = run(Workbench(ledger).gate(aim.manifest, phase))
    if as_json:
        print_json({**asdict(decision), "open": decision.open, "name": PHASES[phase].name})
    else:
        console = out()
        word = "[green]open[/]" if decision.open else "[bold red]closed[/]"
        console.print(f"phase {phase}, {PHASES[phase].name}: the gate is {word} ({styled(decision.verdict)})")
        console.print(f"  {decision.met} requirements met, {len(decision.missing)} missing", style="dim")
        if len(decision.missing) > 3:
            console.print(
                f"  all of it at once: {shlex.join(['seamwright', 'verify', aim.manifest.origin.source])}", markup=False
            )
        for missing in decision.missing:
            console.print(f"  – {missing.text}", markup=False)
            console.print(f"      {missing.command}", markup=False, style="dim")
    raise typer.Exit(exit_status(decision.verdict))
