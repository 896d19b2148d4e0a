"""Two schemas side by side, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

from seamwright.contracts.diff.change import Direction, Level
from seamwright.contracts.diff.schemas.kinds import SITES, Kind, Site
from seamwright.contracts.diff.schemas.shape import Part, Raw, Shape

__all__ = ["Comparing", "Delta", "Edge", "Lens", "Pair"]


class Lens(NamedTuple):
    """How two schemas are looked at: two pairs of the same schemas through the same lens are one."""

    direction: Direction
    textual: bool = False
    """Whether values travel as text, so that a number is a text too: parameters, headers, bodies that are not JSON."""
    repeats: bool = False
    """Whether an array is sent by repeating its name, so that one value is an array of one."""
    needed: bool = False
    """Whether the value must be sent, so that its default never counts."""
    grace: int = 0
    today: date = date.min
    nullless: bool = False
    """Whether `null` is left out of account, as something around the schema decides on it."""

    def inside(self) -> Lens:
        """The lens for what lies below."""
        return self._replace(repeats=False, nullless=False, needed=False)


@dataclass(frozen=True, slots=True)
class Delta:
    """One thing that changed; `step` leads from the pair to the property that it is about, where it is about one."""

    kind: Kind
    what: str
    step: str = ""
    level: Level | None = None
    why: str = ""

    def level_at(self, site: Site) -> Level:
        """The level of this change at a site."""
        return self.level or self.kind.level(site)


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair below a pair."""

    step: str
    old: Part
    new: Part
    lens: Lens


class Comparing(Protocol):
    """What the comparison as a whole can tell about other parts of the two documents."""

    def same(self, old: Part, new: Part) -> bool:
        """Whether both are written alike, with all that they refer to."""
        ...

    def worst(self, old: Part, new: Part, lens: Lens) -> Level:
        """How much the step from `old` to `new` can hurt at worst."""
        ...

    def covers(self, old: Part, new: Part, lens: Lens) -> bool:
        """Whether all who rely on `old` are served by `new`, without doubt."""
        ...

    def equivalent(self, old: Part, new: Part) -> bool:
        """Whether both allow the same values, as far as can be told."""
        ...

    def renamed(self, old: str, new: str) -> bool:
        """Whether a reference of the old document may have been given another name in the new one."""
        ...

    def same_beside_members(self, old: Part, new: Part) -> bool:
        """Whether two schemas are written alike but for the members of their `allOf`."""
        ...

    def old_part(self, *raws: Any) -> Part:
        """Schemas of the old document that hold together."""
        ...

    def new_part(self, *raws: Any) -> Part:
        """Schemas of the new document that hold together."""
        ...

    def old_shape(self, part: Part) -> Shape:
        """The normal form of a part of the old document."""
        ...

    def new_shape(self, part: Part) -> Shape:
        """The normal form of a part of the new document."""
        ...

    def old_base(self, part: Part) -> tuple[Raw, ...]:
        """What a part of the old document says beside its alternatives."""
        ...

    def new_base(self, part: Part) -> tuple[Raw, ...]:
        """What a part of the new document says beside its alternatives."""
        ...


@dataclass(slots=True, eq=False)
class Pair:
    """Two schemas in their normal form, and the list of what is found."""

    old_part: Part
    new_part: Part
    old: Shape
    new: Shape
    lens: Lens
    comparing: Comparing
    deltas: list[Delta] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    @property
    def request(self) -> bool:
        """Whether callers send what these schemas describe."""
        return self.lens.direction == "request"

    def may_be(self, *types: str) -> bool:
        """Whether both sides allow values of one of these types: what became of a keyword for others, the type tells.

        Under one and the same type a keyword counts even where it is none for that type: somebody meant it.
        """
        return self.old.types == self.new.types or (self.old.may_be(*types) and self.new.may_be(*types))

    def say(self, kind: Kind, what: str, *, step: str = "", level: Level | None = None, why: str = "") -> None:
        """Note a change."""
        self.deltas.append(Delta(kind, what, step, level, why))

    def into(self, step: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> None:
        """Go on with the schemas below; where one side has none, its schema allows everything."""
        self.into_parts(step, self.comparing.old_part(*old), self.comparing.new_part(*new))

    def single(self, keyword: str, added: Kind, removed: Kind, noun: str) -> None:
        """Note a keyword that holds one schema and came or went, or go on into its schemas."""
        old, new = self.old.singles.get(keyword), self.new.singles.get(keyword)
        if old and new:
            self.into(f"({keyword})", old, new)
        elif new:
            self.say(added, f"{noun} must keep to a schema now")
        elif old:
            self.say(removed, f"{noun} had to keep to a schema and need not any more")

    def into_parts(self, step: str, old: Part, new: Part) -> None:
        """Go on with two parts below."""
        self.edges.append(Edge(step, old, new, self.lens.inside()))


STRICT: dict[Direction, Site] = {"request": SITES["request-property"], "response": SITES["response-property"]}
"""The sites by which it is told whether one schema covers another."""
