"""Lint: whether a contract is good to integrate with. One rule a file: a module holds `RULE`."""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.contracts.lint._mending import Mended, mend
from seamwright.contracts.lint._opening import opened
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Edit, Found, Problem, Rule, Severity
from seamwright.contracts.source import Source

__all__ = ["Edit", "Found", "Mended", "Problem", "Rule", "Severity", "lint", "mend", "rules"]


def rules() -> Mapping[str, Rule]:
    """Every rule there is, by its id: those of this package, and of entry points of the group `seamwright.rules`."""
    from seamwright.seams import discover

    return discover("seamwright.contracts.lint", "RULE", Rule, key=lambda rule: rule.id, group="seamwright.rules")


def _written(reading: Reading, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits in the terms of the file; none where one of them has no counterpart there."""
    written = [each for edit in edits if (each := reading.written(edit))]
    return tuple(written) if len(written) == len(edits) else ()


def lint(source: Source, chosen: Mapping[Rule, Severity]) -> tuple[Problem, ...]:
    """Hold a document against rules, each with the severity that its problems have here.

    Sorted by file and line. Raises ContractError for a document that is no OpenAPI at all.
    """
    reading = opened(source)
    found = [
        (rule, found.severity or severity if severity is rule.severity else severity, found)
        for rule, severity in chosen.items()
        for found in rule.run(reading)
    ]
    located = reading.located(each.place for _, _, each in found)
    problems = {
        Problem(rule.id, severity, at.file, at.line, at.place, each.text, each.fix, _written(reading, each.edits))
        for rule, severity, each in found
        for at in (located[each.place],)
    }
    order = tuple(Severity)
    return tuple(sorted(problems, key=lambda p: (p.file, p.line, order.index(p.severity), p.rule, p.place, p.text)))
