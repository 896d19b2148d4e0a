"""`seamwright contract`: what a contract says, whether it is good, what changed, what was exercised."""

from __future__ import annotations

import typer

from seamwright.faces.cli.contract.coverage import coverage
from seamwright.faces.cli.contract.diff import diff
from seamwright.faces.cli.contract.lint import lint
from seamwright.faces.cli.contract.show import show

__all__ = ["contract_app"]

contract_app = typer.Typer(help="About contracts.", no_args_is_help=True, rich_markup_mode=None)

contract_app.command("lint")(lint)
contract_app.command("show")(show)
contract_app.command("diff")(diff)
contract_app.command("coverage")(coverage)
