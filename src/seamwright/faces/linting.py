"""Lints the contracts that were named, and mends what can be mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from seamwright.contracts.lint import Problem, Rule, Severity, lint, mend, rules
from seamwright.contracts.source import Source
from seamwright.faces.contracts import Named, line_in, written
from seamwright.faces.writing import write_whole
from seamwright.model.errors import ContractError, ManifestError, UsageError
from seamwright.model.errors import Problem as Misfit
from seamwright.model.manifest import Manifest
from seamwright.model.operation import Contract

__all__ = ["Linted", "chosen", "linted"]


@dataclass(slots=True)
class Linted:
    """What was seen in the contracts."""

    problems: list[Problem] = field(default_factory=list)
    fixed: list[Problem] = field(default_factory=list)
    contracts: list[str] = field(default_factory=list)
    """The contracts that rules were tried on."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Those that no rule was tried on, and why."""
    unusable: dict[str, str] = field(default_factory=dict)
    """Those that cannot be read, and why."""

    def count(self, severity: Severity) -> int:
        """How many problems are of a severity."""
        return sum(1 for problem in self.problems if problem.severity is severity)


def chosen(manifest: Manifest | None, only: tuple[str, ...] = ()) -> dict[Rule, Severity]:
    """The rules that hold, each with its severity here.

    The manifest may set severities and turn rules off; what is asked for by name holds in any case. Raises
    ManifestError with the line of a rule that the manifest misspells.
    """
    known = rules()
    told: Mapping[str, str] = manifest.lint.rules if manifest else {}
    wrong = []
    for name in told:
        if name not in known and manifest is not None:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`seamwright contract lint --rules` lists them"
            line = line_in(manifest, "lint", "rules", name)
            wrong.append(Misfit(manifest.origin.source, line, f"lint.rules.{name}", f"is no rule; {hint}"))
    if wrong:
        raise ManifestError(tuple(wrong))
    found: dict[Rule, Severity] = {}
    for name, rule in known.items():
        asked = told.get(name, rule.severity)
        if name in only or (not only and asked != "off"):
            found[rule] = rule.severity if asked == "off" else Severity(asked)
    return found


def linted(contracts: tuple[Named, ...], held: Mapping[Rule, Severity], *, fix: bool, named: tuple[str, ...]) -> Linted:
    """Hold contracts against rules; with `fix`, mend first what can be mended.

    A rule that is mended only on request must be among `named`. Raises UsageError where a contract that is no file is
    to be mended, or where it cannot be written; ContractError where no contract at all can be read.
    """
    for each in contracts if fix else ():
        if "://" in each.source:
            raise UsageError(f"--fix: {each.source} is no file; save the document, and name its path")
    result = Linted()
    for each in contracts:
        try:
            _one(each, held, result, fix=fix, named=named)
        except ContractError as error:
            result.unusable[each.name] = str(error)
    if result.unusable and not result.contracts and not result.skipped:
        raise ContractError("\n".join(dict.fromkeys(result.unusable.values())))
    return result


def _one(each: Named, held: Mapping[Rule, Severity], result: Linted, *, fix: bool, named: tuple[str, ...]) -> None:
    source = written(each)
    if not isinstance(source, Source):
        kind = "graphql" if isinstance(source, Contract) else "protobuf"
        if not any(rule.kind == kind for rule in held):
            result.skipped[each.name] = f"is a {kind} contract, and none of the rules that hold is about this kind"
            return
    problems = lint(source, held)
    if fix and isinstance(source, Source):
        asked = {rule.id for rule in held if not rule.asked or rule.id in named}
        mended = mend(source, [problem for problem in problems if problem.rule in asked])
        for file in mended:
            write_whole(file.path, file.data, mode=file.path.stat().st_mode & 0o777)
            result.fixed += file.problems
        problems = lint(written(each), held) if mended else problems
    result.contracts.append(each.name)
    result.problems += problems
