"""`seamwright checks`, `doctor` and `manifest schema`: what there is, and whether it stands."""

from __future__ import annotations

from typing import Annotated

import typer

from seamwright.faces.cli.options import DEFAULT_LEDGER, AsJson, LedgerAt, ManifestAt, known_names, listed
from seamwright.faces.workbench import Workbench

__all__ = ["checks", "doctor", "manifest_app"]

manifest_app = typer.Typer(help="About the manifest.", no_args_is_help=True, rich_markup_mode=None)


def checks(
    proves: Annotated[list[str] | None, typer.Option("--proves", help="Only these families.")] = None,
    as_json: AsJson = False,
) -> None:
    """List every check: what it proves, what must be seen to refute it, and what it dares."""
    from seamwright.faces.cli.console import out, print_json

    families, every = listed(proves), Workbench().checks().values()
    known_names("--proves", families, {check.family for check in every})
    found = [check for check in every if not families or check.family in families]
    if as_json:
        print_json(
            [
                {
                    "id": check.id,
                    "family": check.family,
                    "proves": check.proves,
                    "oracle": check.oracle,
                    "dares": str(check.dares),
                    "kinds": check.kinds,
                    "alone": check.alone,
                    "cwe": check.cwe,
                    "owasp": check.owasp,
                }
                for check in found
            ]
        )
        return
    console = out()
    family = ""
    for check in sorted(found, key=lambda c: (c.family, c.id)):
        if check.family != family:
            family = check.family
            console.print(f"\n[bold]{family}[/]")
        ids = " ".join((*check.owasp, *check.cwe))
        console.print(f"  {check.id}  [dim]{check.dares} {ids}[/]")
        console.print(f"      {check.proves}", markup=False)
        console.print(f"      refuted when: {check.oracle}", markup=False, style="dim")
    console.print(f"\n{len(found)} checks; your own go into .seamwright/checks/*.py", style="dim")


def doctor(manifest: ManifestAt = None, as_json: AsJson = False, ledger: LedgerAt = DEFAULT_LEDGER) -> None:
    """Say what is installed, reachable and missing, with the command that mends it."""
    from dataclasses import asdict

    from rich.markup import escape

    from seamwright.faces.cli.console import out, print_json
    from seamwright.faces.cli.running import run
    from seamwright.faces.doctor import examined

    findings = run(examined(manifest, ledger))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        console = out()
        signs = {"fine": "[green]✓[/]", "missing": "[yellow]–[/]", "broken": "[bold red]✗[/]"}
        for finding in findings:
            console.print(f"{signs[finding.state]} {escape(finding.what)}  [dim]{escape(finding.detail)}[/]")
            if finding.mend:
                console.print(f"      {finding.mend}", markup=False)
    raise typer.Exit(3 if any(finding.state == "broken" for finding in findings) else 0)


@manifest_app.command("schema")
def schema() -> None:
    """Print the JSON Schema of the manifest, for editors."""
    from seamwright.faces.cli.console import print_json
    from seamwright.model.manifest import manifest_schema

    print_json(manifest_schema())


@manifest_app.command("check")
def check(manifest: ManifestAt = None) -> None:
    """Read the manifest and say what is wrong with it, with file and line."""
    from seamwright.faces.cli.options import manifest_at
    from seamwright.faces.targets import aimed

    aim = aimed(manifest_at(manifest))
    print(f"{aim.manifest.origin.source}: {len(aim.manifest.boundaries)} boundaries, all in order")
