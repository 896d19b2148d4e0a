"""A problem: what findings of one root cause come to, whichever checks have seen it, so that it is told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from seamwright.model.evidence import Evidence
from seamwright.model.finding import Finding

__all__ = ["Problem", "problems"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One root cause at one boundary.

    `finding` is how `row`, the first check that saw it, tells of it; `others` are the findings of the same cause,
    of this check and of others, each with its check.
    """

    row: Evidence
    finding: Finding
    others: tuple[tuple[str, Finding], ...] = ()

    @property
    def count(self) -> int:
        """How often it was seen in all."""
        return max(1, self.finding.count) + sum(max(1, finding.count) for _, finding in self.others)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations in which it showed, each once."""
        found = (self.finding, *(finding for _, finding in self.others))
        named = (name for f in found for name in (f.operation, *f.facts.get("operations", ())) if name)
        return tuple(dict.fromkeys(named))

    @property
    def also(self) -> tuple[str, ...]:
        """The other checks that saw it."""
        return tuple(dict.fromkeys(check for check, _ in self.others if check != self.row.check))


def problems(rows: Iterable[Evidence]) -> tuple[Problem, ...]:
    """The problems of a run, in the order in which they were first seen. A finding without a root stands by itself."""
    found: dict[tuple[str, str], list[tuple[Evidence, Finding]]] = {}
    for place, row in enumerate(rows):
        for number, finding in enumerate(row.findings):
            key = (row.boundary, finding.root) if finding.root else ("", f"{place} {number}")
            found.setdefault(key, []).append((row, finding))
    return tuple(
        Problem(*first, tuple((row.check, finding) for row, finding in others)) for first, *others in found.values()
    )
