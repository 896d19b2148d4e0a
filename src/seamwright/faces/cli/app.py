"""Puts the commands together; each lives in the module that is named after what it is about."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from seamwright import __version__
from seamwright.faces.cli import demo, first, gate, house, load, mock, proxy, records, verify
from seamwright.faces.cli.contract import contract_app

__all__ = ["app"]


class _Commands(TyperGroup):
    """Ends what is cut short with the status that shells know; typer would end a broken pipe with 1, our "refuted"."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            raise typer.Exit(141) from None


app = typer.Typer(
    name="seamwright",
    cls=_Commands,
    help="An integrations engineer you can run: it finds the seams of a system and proves them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"seamwright {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Say the version and end."),
) -> None:
    """Exit status: 0 all proved, 1 something refuted, 2 usage or manifest error, 3 something unknown."""


app.command("init")(first.init)
app.command("mock")(mock.mock)
app.command("verify")(verify.verify)
app.command("load")(load.load)
app.command("proxy")(proxy.proxy)
app.command("gate")(gate.gate)
app.command("runs")(records.runs)
app.command("report")(records.report)
app.command("evidence")(records.evidence)
app.command("checks")(house.checks)
app.command("doctor")(house.doctor)
app.add_typer(contract_app, name="contract")
app.add_typer(house.manifest_app, name="manifest")
app.add_typer(records.ledger_app, name="ledger")
app.add_typer(demo.demo_app, name="demo")
