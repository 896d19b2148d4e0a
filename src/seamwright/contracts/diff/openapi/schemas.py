"""Says what changed in a schema at a place of an operation: joins the comparison of schemas with the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.schemas.compare import KINDS, Comparison, Seen
from seamwright.contracts.diff.schemas.kinds import SITES, Site, rules_of
from seamwright.contracts.diff.schemas.pair import Lens
from seamwright.contracts.diff.schemas.shape import Part

__all__ = ["RULES", "Where", "schema_changes"]

RULES: tuple[Rule, ...] = tuple(rules_of(KINDS))

_HARMLESS = {
    "request": "all that callers sent before is still accepted",
    "response": "every answer still keeps to the old contract",
}


@dataclass(frozen=True, slots=True)
class Where:
    """Where a schema stands: the operation, the site, and what the schema is called there."""

    place: str
    site: str
    noun: str
    """The whole of it: `the request body`, "query parameter `limit`"."""
    suffix: str = ""
    """What tells it apart from others of its kind: ` (response 200)`."""
    below: str = ""
    """The site of what lies below, where it is not the usual one."""

    def called(self, path: str) -> str:
        """What the schema at a path below it is called."""
        return f"property `{path.removeprefix('.')}` of {self.noun}{self.suffix}" if path else self.noun + self.suffix


def schema_changes(comparison: Comparison, old: Part, new: Part, lens: Lens, where: Where) -> Iterator[Change]:
    """Yield the changes of a schema and of all that lies below it."""
    root = SITES[where.site]
    inner = SITES[where.below or root.inner]
    for seen in comparison.changes(old, new, lens):
        if seen.path or not seen.delta.kind.inner:
            yield _change(seen, inner if seen.path else root, where)


def _change(seen: Seen, site: Site, where: Where) -> Change:
    delta = seen.delta
    level = delta.level_at(site)
    why = delta.why or delta.kind.why(site)
    if not delta.why and level is Level.INFO and delta.kind.level(site) is not Level.INFO:
        why = _HARMLESS[site.direction]
    return Change(
        id=delta.kind.id(site),
        level=level,
        direction=site.direction,
        place=where.place,
        text=f"{where.called(seen.path)}: {delta.what}",
        why=why,
    )
