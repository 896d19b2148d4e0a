"""`seamwright contract lint`: whether contracts are good to integrate with."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from seamwright.faces.cli.options import AsJson, ManifestAt, known_names, listed

if TYPE_CHECKING:
    from seamwright.contracts.lint import Problem
    from seamwright.faces.linting import Linted

__all__ = ["lint"]

_MOST = 10
"""Problems of one rule that are shown, unless all are asked for."""

_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}


class FailOn(StrEnum):
    """From which severity on problems end the command with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NONE = "none"


def lint(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...",
            help="Paths or URLs of contracts, boundaries, or a manifest; by default every contract of the one here.",
        ),
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", help="Only these rules, by id; each shown in full.")
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="End with 1 where there is a problem of this severity or a worse one.")
    ] = FailOn.ERROR,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend in the files what can be mended without a doubt, and say what.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Show every problem, not ten of each rule.")] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="List every rule: id, severity, what it asks and why.")
    ] = False,
    manifest: ManifestAt = None,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with contracts and what makes them hard to integrate with, with file and line.

    The manifest may set severities: lint: {rules: {RULE: off|info|warning|error}}.

    Exit status: 0 no problem of the --fail-on severity, 1 there is one, 2 a contract cannot be used.
    """
    if rules:
        _print_rules(as_json=as_json)
        return
    from seamwright.contracts.lint import Severity
    from seamwright.contracts.lint import rules as known
    from seamwright.faces.contracts import meant
    from seamwright.faces.linting import chosen, linted

    only = listed(rule)
    known_names("--rule", only, known())
    target = meant(tuple(targets or ()), manifest)
    held = chosen(target.manifest, only)
    for notice in target.notices:
        print(f"note {notice}", file=sys.stderr)
    found = linted(target.contracts, held, fix=fix, named=only)
    if as_json:
        _print_json(found)
    else:
        _print(found, most=None if every or only else _MOST)
    for name, why in (*found.skipped.items(), *found.unusable.items()):
        print(f"{'error:' if name in found.unusable else 'note'} {name}: {why}", file=sys.stderr)
    failed = fail_on is not FailOn.NONE and any(p.severity.reaches(Severity(fail_on)) for p in found.problems)
    raise typer.Exit(2 if found.unusable else 1 if failed else 0)


def _print_json(found: Linted) -> None:
    from seamwright.faces.cli.terminal import print_json

    print_json(
        {
            "problems": [_plain(problem) for problem in found.problems],
            "fixed": [_plain(problem) for problem in found.fixed],
            "contracts": found.contracts,
            "skipped": found.skipped,
            "unusable": found.unusable,
        }
    )


def _plain(problem: Problem) -> dict[str, object]:
    names = ("rule", "severity", "file", "line", "place", "text", "fix")
    return {name: getattr(problem, name) for name in names}


def _print(found: Linted, most: int | None) -> None:
    """The worst first, the problems of one rule together."""
    from rich.markup import escape

    from seamwright.contracts.lint import Severity
    from seamwright.faces.cli.terminal import out

    console = out()
    for problem in found.fixed:
        told = f"{problem.file}:{problem.line}: fixed {problem.rule} {problem.text}; {_done(problem)}"
        console.print(told, markup=False, style="green")
    flat = {one.file for one in found.problems} - {one.file for one in found.problems if one.line > 1}
    order = tuple(Severity)
    groups: dict[tuple[int, str], list[Problem]] = {}
    for problem in found.problems:
        groups.setdefault((order.index(problem.severity), problem.rule), []).append(problem)
    for (at, rule), problems in sorted(groups.items()):
        style = _STYLES[order[at]]
        for problem in problems[:most]:
            fix = f"[dim]; {escape(problem.fix)}[/]" if problem.fix else ""
            # In a document that is one long line, the line tells nothing.
            at_place = problem.file in flat and problem.place.startswith("#")
            where = escape(f"{problem.file}{problem.place}:" if at_place else f"{problem.file}:{problem.line}:")
            console.print(f"{where} [{style}]{problem.severity} {rule}[/] {escape(problem.text)}{fix}")
        if most is not None and len(problems) > most:
            more = f"  … {len(problems) - most} more of {rule}; --all or --rule {rule} shows them"
            console.print(more, markup=False, style="dim")
    counts = ", ".join(_counted(found.count(severity), str(severity)) for severity in Severity)
    where = found.contracts[0] if len(found.contracts) == 1 else f"{len(found.contracts)} contracts"
    fixed = f", {len(found.fixed)} fixed" if found.fixed else ""
    console.print(f"{where}: {counts if found.problems else 'no problems'}{fixed}", markup=False, style="bold")


def _done(problem: Problem) -> str:
    """What was changed in the file."""
    from seamwright.contracts.bundle import tokens

    gone = [edit for edit in problem.edits if edit.remove]
    made = [f"`{tokens(edit.place)[-1]}: {_value(edit.value)}` was added" for edit in problem.edits if not edit.remove]
    return ", ".join([*made, *([f"{len(gone)} removed" if len(gone) > 1 else "it was removed"] if gone else [])])


def _value(value: object) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 or what == "info" else f"{count} {what}s"


def _print_rules(*, as_json: bool) -> None:
    from seamwright.contracts.lint import Severity
    from seamwright.contracts.lint import rules as known
    from seamwright.faces.cli.terminal import out, print_json

    found = known().values()
    if as_json:
        names = ("id", "kind", "severity", "says", "why")
        print_json({"rules": [{name: getattr(rule, name) for name in names} for rule in found]})
        return
    console = out()
    for severity in Severity:
        of_it = [rule for rule in found if rule.severity is severity]
        console.print(f"[{_STYLES[severity]}]{severity}[/] [dim]{len(of_it)} rules[/]")
        for rule in of_it:
            console.print(f"  {rule.id}")
            console.print(f"      {rule.says}", markup=False)
            console.print(f"      {rule.why}", markup=False, style="dim")
