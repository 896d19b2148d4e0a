"""Lint: whether a contract is good to integrate with. One rule a file: a module holds `RULE`.

Rules about OpenAPI lie in this folder, those about GraphQL and protobuf in folders of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from seamwright.contracts.lint._mending import Mended, mend
from seamwright.contracts.lint._opening import opened
from seamwright.contracts.lint._rule import Edit, Found, Kind, Problem, Rule, Severity
from seamwright.contracts.protobuf.sources import DescriptorSet
from seamwright.contracts.source import Located, Source
from seamwright.model.operation import Contract

__all__ = ["KINDS", "Edit", "Found", "Kind", "Mended", "Problem", "Rule", "Severity", "lint", "mend", "rules"]

KINDS: tuple[Kind, ...] = ("openapi", "graphql", "protobuf")
"""The kinds of contracts that there are rules for."""


def rules() -> Mapping[str, Rule]:
    """Every rule there is, by its id: those of this package, and of entry points of the group `seamwright.rules`."""
    from seamwright.seams import discover

    return discover("seamwright.contracts.lint", "RULE", Rule, key=lambda rule: rule.id, group="seamwright.rules")


class _Read(Protocol):
    """A contract that rules were tried on."""

    def located(self, places: Iterable[str]) -> Mapping[str, Located]: ...

    def written(self, edit: Edit) -> Edit | None: ...


def lint(source: Source | DescriptorSet | Contract, chosen: Mapping[Rule, Severity]) -> tuple[Problem, ...]:
    """Hold a contract against those of the rules that are about its kind, each with the severity that it has here.

    Sorted by file and line. Raises ContractError for an OpenAPI document that is none at all, and for descriptors that
    do not fit together.
    """
    kind, reading = _opened(source)
    found = [
        (rule, found.severity or severity if severity is rule.severity else severity, found)
        for rule, severity in chosen.items()
        if rule.kind == kind
        for found in rule.run(reading)
    ]
    located = reading.located(each.place for _, _, each in found)
    problems = {
        Problem(rule.id, severity, at.file, at.line, at.place, each.text, each.fix, _edits(reading, each.edits))
        for rule, severity, each in found
        for at in (located[each.place],)
    }
    order = tuple(Severity)
    return tuple(sorted(problems, key=lambda p: (p.file, p.line, order.index(p.severity), p.rule, p.place, p.text)))


def _opened(source: Source | DescriptorSet | Contract) -> tuple[Kind, _Read]:
    if isinstance(source, Source):
        return "openapi", opened(source)
    # What reads the others comes with extras that may not be installed.
    if isinstance(source, DescriptorSet):
        from seamwright.contracts.lint.protobuf._opening import opened as files

        return "protobuf", files(source)
    from seamwright.contracts.lint.graphql._opening import opened as schema

    return "graphql", schema(source)


def _edits(reading: _Read, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits in the terms of the file; none where one of them has no counterpart there."""
    written = [each for edit in edits if (each := reading.written(edit))]
    return tuple(written) if len(written) == len(edits) else ()
