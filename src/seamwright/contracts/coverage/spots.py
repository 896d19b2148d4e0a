"""A schema as a tree of spots: at each, what is still looked for in the values that stand there.

What has been found is taken out of the tree at once, and a spot without anything to look for goes with it: a walk over
a value costs by what is still open, not by the size of the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from seamwright.contracts.coverage.keywords import Look
from seamwright.contracts.coverage.points import BROKEN, Points

__all__ = ["Choice", "Hit", "Hits", "Spot"]

Hit = tuple[Points, str, "Spot | None"]
"""Points, the one of them that a value is, and where it was seen; None for what has no place in a value."""

Hits = list[Hit]

MOST_ITEMS = 100
"""Items of one array that are looked at."""


class Choice:
    """Schemas of which a value takes those that allow it: the branches of `anyOf` and `oneOf`, `then` and `else`.

    Each branch is (whether a value takes it, its aspect, its spot). `points` are those of the keyword itself.
    """

    __slots__ = ("branches", "points")

    def __init__(self, points: Points | None, branches: list[tuple[Callable[[Any], bool], str, Spot]]) -> None:
        self.points = points
        self.branches = branches

    @property
    def live(self) -> bool:
        """Whether anything is still looked for."""
        return bool(self.points and self.points.pending) or any(spot.live for _, _, spot in self.branches)

    def walk(self, here: Spot, value: Any, hits: Hits) -> None:
        """Walk the branches that a value takes; where it takes none, look only for what it breaks in all of them."""
        pending = self.points.pending if self.points is not None else frozenset[str]()
        none = True
        for takes, aspect, spot in self.branches:
            if takes(value):
                none = False
                if self.points is not None and aspect in pending:
                    hits.append((self.points, aspect, here))
                spot.walk(value, hits)
        if none:
            if self.points is not None and BROKEN in pending:
                hits.append((self.points, BROKEN, here))
            broken: Hits = []
            for _, _, spot in self.branches:
                spot.walk(value, broken)
            hits += [hit for hit in broken if hit[1] == BROKEN]


class Spot:
    """One place of a value: what is looked for there, and the spots of its parts."""

    __slots__ = ("above", "choices", "items", "members", "named", "place", "prefix", "read", "rest", "tests")

    def __init__(self, place: str, above: Spot | None = None) -> None:
        self.place = place
        self.above = above
        self.tests: list[tuple[Look, Points]] = []
        self.members: dict[str, Spot] = {}
        self.named: frozenset[str] = frozenset()
        """Properties that have a spot of their own, or had one: the others are the `rest`."""
        self.rest: Spot | None = None
        self.items: Spot | None = None
        self.prefix: tuple[Spot, ...] = ()
        self.choices: list[Choice] = []
        self.read: Callable[[Any], Any] | None = None
        """Gives the value that a text stands for, where values travel as text."""

    @property
    def live(self) -> bool:
        """Whether anything is still looked for, here or below."""
        return bool(
            self.tests
            or self.members
            or self.choices
            or self.rest is not None
            or self.items is not None
            or any(spot.live for spot in self.prefix)
        )

    def look_for(self, look: Look, points: Points) -> None:
        """Look for these points here, until all of them are found."""
        test = (look, points)
        self.tests.append(test)
        points.when_done(lambda: self._done(test))

    def choose(self, choice: Choice) -> None:
        """Walk a choice here, until nothing of it is open."""
        self.choices.append(choice)
        if choice.points is not None:
            choice.points.when_done(self.settle)

    def walk(self, value: Any, hits: Hits) -> None:
        """Add what a value, and what stands in it, exercises of what is still open."""
        if self.read is not None:
            value = self.read(value)
        for look, points in self.tests:
            aspect = look(value)
            if aspect in points.pending:
                hits.append((points, aspect, self))
        kind = type(value)
        if kind is dict:
            for name, spot in self.members.items():
                if name in value:
                    spot.walk(value[name], hits)
            if self.rest is not None:
                for name in value:
                    if name not in self.named:
                        self.rest.walk(value[name], hits)
        elif kind is list:
            for spot, item in zip(self.prefix, value, strict=False):
                spot.walk(item, hits)
            if self.items is not None:
                for item in value[len(self.prefix) : MOST_ITEMS]:
                    self.items.walk(item, hits)
        for choice in self.choices:
            choice.walk(self, value, hits)

    def along(self, path: Sequence[str | int]) -> Iterator[Spot]:
        """Every spot that a path into the value leads to, through whatever choices."""
        for choice in self.choices:
            for _, _, spot in choice.branches:
                yield from spot.along(path)
        if not path:
            yield self
            return
        step, rest = path[0], path[1:]
        found: Spot | None
        if isinstance(step, int):
            found = self.prefix[step] if step < len(self.prefix) else self.items
        else:
            found = self.members.get(step) or (None if step in self.named else self.rest)
        if found is not None:
            yield from found.along(rest)

    def settle(self) -> None:
        """Take out what is found, upwards as long as nothing is left."""
        self.members = {name: spot for name, spot in self.members.items() if spot.live}
        self.rest = self.rest if self.rest is not None and self.rest.live else None
        self.items = self.items if self.items is not None and self.items.live else None
        self.choices = [choice for choice in self.choices if choice.live]
        if self.above is not None and not self.live:
            self.above.settle()

    def _done(self, test: tuple[Look, Points]) -> None:
        self.tests = [each for each in self.tests if each is not test]
        if not self.live:
            self.settle()
