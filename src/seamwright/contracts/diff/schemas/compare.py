"""Compares two schemas and all that lies below them, each pair of schemas once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas import (
    arrays,
    conditions,
    discriminator,
    lifecycle,
    limits,
    objects,
    types,
    unions,
    values,
)
from seamwright.contracts.diff.schemas.kinds import Effect
from seamwright.contracts.diff.schemas.normal import Schemas
from seamwright.contracts.diff.schemas.pair import STRICT, Delta, Edge, Lens, Pair
from seamwright.contracts.diff.schemas.sameness import Sameness
from seamwright.contracts.diff.schemas.shape import Part, Raw, Shape

__all__ = ["KINDS", "Comparison", "Seen"]

KINDS = (
    *(*types.KINDS, *values.KINDS, *limits.KINDS, *objects.KINDS, *arrays.KINDS),
    *(*unions.KINDS, *discriminator.KINDS, *conditions.KINDS, *lifecycle.KINDS),
)

Key = tuple[tuple[int, ...], tuple[int, ...], Lens]


@dataclass(frozen=True, slots=True)
class Seen:
    """A change and the path to it from where the comparison began: `.items[].price`; empty for the beginning itself."""

    delta: Delta
    path: str


@dataclass(slots=True)
class _Found:
    deltas: list[Delta]
    edges: list[Edge]


_ASSUMED = _Found([], [])
_DEEPEST = 40
"""Questions within questions: beyond, what a choice of alternatives means for the one around it is assumed."""


class Comparison:
    """Compares schemas of two documents, and remembers every pair that it has compared."""

    def __init__(self, old: Schemas, new: Schemas) -> None:
        self._old = old
        self._new = new
        self._sameness = Sameness(old, new)
        self._known: dict[Key, _Found] = {}
        self._worst: dict[Key, Level] = {}
        self._equivalent: dict[tuple[tuple[int, ...], tuple[int, ...]], bool] = {}
        self._under_way: set[Key] = set()
        self._depth = 0

    def changes(self, old: Part, new: Part, lens: Lens) -> Iterator[Seen]:
        """Yield what changed, the nearest first; a pair of schemas that is met again is told of once."""
        for found, path in self._walk(old, new, lens):
            for delta in found.deltas:
                yield Seen(delta, path + delta.step)

    def worst(self, old: Part, new: Part, lens: Lens) -> Level:
        """How much the step from `old` to `new` can hurt at worst. What cannot be told is assumed to be fine."""
        key = (old.key, new.key, lens)
        if key in self._worst:
            return self._worst[key]
        site, level, sure = STRICT[lens.direction], Level.INFO, True
        for found, _ in self._walk(old, new, lens):
            sure = sure and found is not _ASSUMED
            levels = {delta.level_at(site) for delta in found.deltas}
            level = next(each for each in Level if each in levels or each is level)
            if level is Level.BREAKING:
                break
        if sure or level is Level.BREAKING:
            self._worst[key] = level
        return level

    def covers(self, old: Part, new: Part, lens: Lens) -> bool:
        """Whether all who rely on `old` are served by `new`, without doubt."""
        return self.worst(old, new, lens) is Level.INFO

    def equivalent(self, old: Part, new: Part) -> bool:
        """Whether both allow the same values, as far as can be told."""
        key = (old.key, new.key)
        if key in self._equivalent:
            return self._equivalent[key]
        result = sure = True
        for found, _ in self._walk(old, new, Lens("request")):
            sure = sure and found is not _ASSUMED
            if not all(_says_nothing(delta) for delta in found.deltas):
                result = False
                break
        if sure or not result:
            self._equivalent[key] = result
        return result

    def same(self, old: Part, new: Part) -> bool:
        """Whether both are written alike, with all that they refer to."""
        return self._sameness.same(old, new)

    def renamed(self, old: str, new: str) -> bool:
        """Whether a reference of the old document may have been given another name in the new one."""
        return not self._new.leads(old) and not self._old.leads(new)

    def same_beside_members(self, old: Part, new: Part) -> bool:
        """Whether two schemas are written alike but for the members of their `allOf`."""
        bare = [{k: v for raw in part.raws for k, v in raw.items() if k != "allOf"} for part in (old, new)]
        return bare[0] == bare[1]

    def old_part(self, *raws: Any) -> Part:
        """Schemas of the old document that hold together."""
        return self._old.part(*raws)

    def new_part(self, *raws: Any) -> Part:
        """Schemas of the new document that hold together."""
        return self._new.part(*raws)

    def old_shape(self, part: Part) -> Shape:
        """The normal form of a part of the old document."""
        return self._old.shape(part)

    def new_shape(self, part: Part) -> Shape:
        """The normal form of a part of the new document."""
        return self._new.shape(part)

    def old_base(self, part: Part) -> tuple[Raw, ...]:
        """What a part of the old document says beside its alternatives."""
        return self._old.without_unions(part)

    def new_base(self, part: Part) -> tuple[Raw, ...]:
        """What a part of the new document says beside its alternatives."""
        return self._new.without_unions(part)

    def _walk(self, old: Part, new: Part, lens: Lens) -> Iterator[tuple[_Found, str]]:
        waiting = deque([Edge("", old, new, lens)])
        seen: set[Key] = set()
        while waiting:
            edge = waiting.popleft()
            key = (edge.old.key, edge.new.key, edge.lens)
            if key in seen or self.same(edge.old, edge.new):
                continue
            seen.add(key)
            found = self._found(edge.old, edge.new, edge.lens)
            yield found, edge.step
            waiting.extend(Edge(edge.step + e.step, e.old, e.new, e.lens) for e in found.edges)

    def _found(self, old: Part, new: Part, lens: Lens) -> _Found:
        """What one pair says itself; while it is being worked out, it is assumed to say nothing."""
        key = (old.key, new.key, lens)
        found = self._known.get(key)
        if found is None:
            if key in self._under_way or self._depth >= _DEEPEST:
                return _ASSUMED
            self._under_way.add(key)
            self._depth += 1
            pair = Pair(old, new, self._old.shape(old), self._new.shape(new), lens, self)
            _compare(pair)
            self._depth -= 1
            found = self._known[key] = _Found(pair.deltas, pair.edges)
            self._under_way.discard(key)
        return found


def _says_nothing(delta: Delta) -> bool:
    return delta.kind.effect is Effect.NONE and delta.level in (None, Level.INFO) and not delta.kind.inner


def _compare(pair: Pair) -> None:
    lifecycle.compare(pair)
    discriminator.compare(pair)
    if unions.one_sided(pair):
        types.compare_null(pair)
        unions.compare_alternatives(pair)
        return
    if not types.compare(pair) or pair.new.open:
        return
    values.compare(pair)
    limits.compare(pair)
    if pair.may_be("object"):
        objects.compare(pair)
    if pair.may_be("array"):
        arrays.compare(pair)
    conditions.compare(pair)
    unions.compare_alternatives(pair)
    unions.compare_members(pair)
