"""Tells at little cost that a schema is the same in both documents, with all that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.contracts.diff.schemas.normal import Schemas
from seamwright.contracts.diff.schemas.shape import Part

__all__ = ["Sameness"]


class Sameness:
    """Remembers which references lead to the same in both documents, directly and through further references."""

    def __init__(self, old: Schemas, new: Schemas) -> None:
        self._old = old
        self._new = new
        self._comparable = old.siblings == new.siblings
        self._refs: dict[int, tuple[str, ...]] = {}
        self._equal: dict[str, bool] = {}
        self._same: dict[str, bool] = {}

    def same(self, old: Part, new: Part) -> bool:
        """Whether two parts are written alike, with all that they refer to; False where it cannot be told."""
        return (
            self._comparable
            and len(old.raws) == len(new.raws)
            and all(one == other for one, other in zip(old.raws, new.raws, strict=True))
            and all(self._leads_to_the_same(ref) for raw in old.raws for ref in self.refs(raw))
        )

    def refs(self, raw: Any) -> tuple[str, ...]:
        """The references anywhere inside a value of the old document."""
        found = self._refs.get(id(raw))
        if found is None:
            found = self._refs[id(raw)] = tuple(_refs(raw))
        return found

    def _leads_to_the_same(self, ref: str) -> bool:
        known = self._same.get(ref)
        if known is not None:
            return known
        seen, waiting = {ref}, [ref]
        while waiting:
            here = waiting.pop()
            if not self._equal_at(here):
                self._same[ref] = False
                return False
            for further in self.refs(self._old.target(here)):
                if further not in seen and self._same.get(further) is not True:
                    if self._same.get(further) is False:
                        self._same[ref] = False
                        return False
                    seen.add(further)
                    waiting.append(further)
        self._same.update(dict.fromkeys(seen, True))
        return True

    def _equal_at(self, ref: str) -> bool:
        if ref not in self._equal:
            self._equal[ref] = self._old.target(ref) == self._new.target(ref)
        return self._equal[ref]


def _refs(raw: Any) -> dict[str, None]:
    found: dict[str, None] = {}
    stack = [raw]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            ref = node.get("$ref")
            if isinstance(ref, str):
                found[ref] = None
            stack += [child for child in node.values() if isinstance(child, Mapping | list)]
        elif isinstance(node, list):
            stack += [child for child in node if isinstance(child, Mapping | list)]
    return found
