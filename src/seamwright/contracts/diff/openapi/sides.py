"""The two documents side by side, as every group of rules gets them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from seamwright.contracts.diff.change import Change, Direction
from seamwright.contracts.diff.openapi.schemas import Where, schema_changes
from seamwright.contracts.diff.openapi.surface import Entry, Surface
from seamwright.contracts.diff.policy import Policy
from seamwright.contracts.diff.schemas.compare import Comparison
from seamwright.contracts.diff.schemas.normal import Schemas
from seamwright.contracts.diff.schemas.pair import Lens
from seamwright.contracts.diff.schemas.shape import Part
from seamwright.model.operation import Contract

__all__ = ["Sides", "Twin"]


class Sides:
    """Two documents, and what is remembered while they are compared."""

    def __init__(self, old: Contract, new: Contract, policy: Policy) -> None:
        self.old = Surface(old)
        self.new = Surface(new)
        self.policy = policy
        self.old_schemas = Schemas(old)
        self.new_schemas = Schemas(new)
        self._comparison = Comparison(self.old_schemas, self.new_schemas)

    def compare(
        self,
        old: Any,
        new: Any,
        where: Where,
        *,
        direction: Direction,
        textual: bool,
        grace: int,
        repeats: bool = False,
        needed: bool = False,
    ) -> Iterator[Change]:
        """Yield the changes of a schema; a missing one allows everything."""
        lens = Lens(direction, textual, repeats, needed, grace, self.policy.today)
        one, other = self.parts(old, new)
        return schema_changes(self._comparison, one, other, lens, where)

    def parts(self, old: Any, new: Any) -> tuple[Part, Part]:
        """The two schemas as the comparison knows them; a missing one allows everything."""
        return self.old_schemas.part(*_present(old)), self.new_schemas.part(*_present(new))

    def same(self, old: Part, new: Part) -> bool:
        """Whether two schemas are written alike, with all that they refer to."""
        return self._comparison.same(old, new)


@dataclass(frozen=True, slots=True)
class Twin:
    """An operation in both documents."""

    sides: Sides
    old: Entry
    new: Entry
    renamed: dict[str, str] = field(default_factory=dict)
    """Names in the old path's template → what the new one calls them."""

    @property
    def place(self) -> str:
        """How changes name it."""
        return self.new.place

    @property
    def grace(self) -> int:
        """The days of notice that it must give before something of it goes."""
        return self.sides.policy.grace(self.new.stability or "stable")


def _present(raw: Any) -> tuple[Any, ...]:
    return () if raw is None else (raw,)
