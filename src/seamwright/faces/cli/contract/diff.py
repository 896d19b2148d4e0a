"""`seamwright contract diff`: what changed between two versions of a contract, and whom it breaks."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seamwright.contracts.diff.change import Level
from seamwright.faces.cli.options import AsJson

if TYPE_CHECKING:
    from seamwright.contracts.diff import Change, Policy
    from seamwright.model.operation import Contract

__all__ = ["diff"]


class FailOn(StrEnum):
    """From which level on changes end the command with 1."""

    BREAKING = "breaking"
    POTENTIALLY = "potentially"
    INFO = "info"
    NONE = "none"


_SIGNS = {
    Level.BREAKING: ("✗ breaking", "bold red"),
    Level.POTENTIALLY: ("? potentially breaking", "yellow"),
    Level.INFO: ("· info", ""),
}


def diff(
    old: Annotated[str | None, typer.Argument(help="Path or URL of the old version.")] = None,
    new: Annotated[str | None, typer.Argument(help="Path or URL of the new version.")] = None,
    as_json: AsJson = False,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="End with 1 where something of this level or a worse one changed.")
    ] = FailOn.BREAKING,
    level: Annotated[
        Level, typer.Option("--level", help="Show changes of this level and worse ones only.")
    ] = Level.INFO,
    sunset_days: Annotated[
        int, typer.Option("--sunset-days", min=0, help="Days of notice that a deprecation must give; 0 asks for none.")
    ] = 0,
    sunset_days_beta: Annotated[
        int, typer.Option("--sunset-days-beta", min=0, help="The same for what x-stability-level calls beta.")
    ] = 0,
    rules: Annotated[bool, typer.Option("--rules", help="List every rule: its id, its level, what it means.")] = False,
) -> None:
    """Say what changed between two versions of a contract, and whom it breaks.

    Exit status: 0 nothing of the --fail-on level changed, 1 something did, 2 a contract cannot be read.
    """
    if rules:
        _print_rules(as_json=as_json)
        return
    from seamwright.contracts.diff import Policy
    from seamwright.model.errors import UsageError

    if old is None or new is None:
        raise UsageError("two contracts are compared: seamwright contract diff OLD NEW, each a path or a URL")
    found = _compared(old, new, Policy(days=sunset_days, beta_days=sunset_days_beta))
    failed = fail_on is not FailOn.NONE and any(change.level.reaches(Level(fail_on)) for change in found)
    shown = [change for change in found if change.level.reaches(level)]
    if as_json:
        _print_json(shown, found, failed=failed)
    else:
        _print_changes(shown, found)
    raise typer.Exit(1 if failed else 0)


def _compared(old: str, new: str, policy: Policy) -> tuple[Change, ...]:
    from seamwright.contracts.diff import diff as compared

    return compared(_read(old), _read(new), policy)


def _read(source: str) -> Contract:
    from seamwright.contracts.reading import read_contract

    return read_contract(source, base=Path(), fetch=_fetched)


def _fetched(url: str) -> bytes:
    from seamwright.faces.cli.running import run
    from seamwright.faces.workbench import fetch

    return run(fetch(url))


def _counts(changes: tuple[Change, ...]) -> dict[str, int]:
    return {at.value: sum(1 for change in changes if change.level is at) for at in Level}


def _print_json(shown: list[Change], found: tuple[Change, ...], *, failed: bool) -> None:
    from dataclasses import asdict

    from seamwright.faces.cli.terminal import print_json

    print_json({"failed": failed, "counts": _counts(found), "changes": [asdict(change) for change in shown]})


def _print_changes(shown: list[Change], found: tuple[Change, ...]) -> None:
    from seamwright.faces.cli.terminal import print_lines

    lines: list[tuple[str, str]] = []
    seen: Level | None = None
    before: tuple[str, ...] = ()
    for (at, text, why, ident), places in _gathered(shown).items():
        if at is not seen:
            lines += [*([("", "")] if seen else []), _SIGNS[at]]
            seen, before = at, ()
        if places != before:
            lines.append((f"  {_few(places)}", "bold"))
            before = places
        lines += [(f"    {text}", ""), (f"      {why} · {ident}", "dim")]
    counts = ", ".join(f"{count} {name}" for name, count in _counts(found).items() if count)
    print_lines([*lines, *([("", "")] if shown else []), (counts or "nothing changed that callers could notice", "")])


def _gathered(changes: list[Change]) -> dict[tuple[Level, str, str, str], tuple[str, ...]]:
    """What changed alike in several places is told of once: a shared schema may be used by a hundred operations."""
    places: dict[tuple[Level, str, str, str], list[str]] = {}
    for change in changes:
        places.setdefault((change.level, change.text, change.why, change.id), []).append(change.place)
    return {key: tuple(each) for key, each in places.items()}


def _few(places: tuple[str, ...], most: int = 4) -> str:
    return ", ".join(places[:most]) + (f", … ({len(places)} in all)" if len(places) > most else "")


def _print_rules(*, as_json: bool) -> None:
    from dataclasses import asdict

    from seamwright.contracts.diff import KINDS, rules
    from seamwright.faces.cli.terminal import print_json

    found = {kind: rules(kind) for kind in KINDS}
    if as_json:
        print_json({"rules": [{"kind": kind, **asdict(rule)} for kind, table in found.items() for rule in table]})
        return
    lines: list[str] = []
    for kind, table in found.items():
        lines.append(f"{kind}: {len(table)} rules")
        for rule in table:
            lines += [f"  {rule.id}  {rule.level}", f"      {rule.means}: {rule.why}"]
    typer.echo("\n".join(lines))
