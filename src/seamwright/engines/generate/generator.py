"""The door of the generator: a schema compiled once, then valid, boundary and invalid values as often as wanted."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from seamwright.engines.generate.cases import Boundary, Gap, Invalid, Unsatisfiable
from seamwright.engines.generate.dialect import Dialect, Direction, Document, Resolve, Schema
from seamwright.engines.generate.facts import canonical
from seamwright.engines.generate.nodes import ROOM, Graph, Node
from seamwright.engines.generate.text import Location
from seamwright.engines.generate.unusual import Unusual, unusual
from seamwright.engines.generate.walks import Breaks, boundaries, invalids

__all__ = ["Compiler", "Generator", "compile_schema"]


def compile_schema(
    schema: Mapping[str, Any] | bool,
    *,
    resolve: Resolve,
    dialect: Dialect = "3.1",
    direction: Direction = "request",
    location: Location = "body",
    plain: bool = False,
) -> Generator:
    """Compiles one schema; see `Compiler`, which shares its work between the schemas of one contract."""
    compiler = Compiler(resolve=resolve, dialect=dialect, direction=direction, location=location, plain=plain)
    return compiler.compile(schema)


class Compiler:
    """Compiles the schemas of one contract, for one direction and one place in the request.

    `resolve` gives the schema behind a `$ref` (LookupError or ValueError when there is none); it is asked only when a
    value or a check needs it. `location` other than `body` means that values travel as text: strings then keep to
    characters which that place can carry, a wrong type is always a text (`"abc"` for an integer; no text is of a wrong
    type for a string), null is never made and an empty array, which would be no parameter at all, is not either.
    `plain` makes all free text of ASCII letters (for canaries).
    """

    def __init__(
        self,
        *,
        resolve: Resolve,
        dialect: Dialect = "3.1",
        direction: Direction = "request",
        location: Location = "body",
        plain: bool = False,
    ) -> None:
        textual = location != "body"
        self._location = location
        self._narrow = Document(resolve, dialect, direction, narrow=True, textual=textual)
        self._wide = Document(resolve, dialect, direction, narrow=False, textual=textual)
        self._graph = Graph(self._narrow, location, plain)

    def compile(self, schema: Mapping[str, Any] | bool) -> Generator:
        """The generator of `schema`. Raises Unsatisfiable when no value can be made for it."""
        narrow = self._narrow.translate(schema)
        root = self._graph.node(narrow)
        if not root.possible():
            raise root.failure()
        root.make(Random(0), ROOM)
        hidden = self._narrow.hidden(schema)
        return Generator(root, lambda: self._wide.bundle(self._wide.translate(schema)), hidden, self._location)


class Generator:
    """Makes values of one schema. A stream of values depends on the `random` that is given and on nothing else."""

    def __init__(self, root: Node, wide: Callable[[], Schema], hidden: frozenset[str], location: Location) -> None:
        self._root = root
        self._hidden = hidden
        self._location = location
        self._breaks = Breaks(wide)
        self._gaps: dict[tuple[str, str], Gap] = {}

    def valid(self, random: Random) -> Any:
        """A valid value. Raises Unsatisfiable when none is found in a bounded number of attempts."""
        return self._root.make(random, ROOM)

    def values(self, random: Random) -> Iterator[Any]:
        """The examples, then valid values without end."""
        yield from self.examples()
        while True:
            yield self.valid(random)

    def examples(self) -> Iterator[Any]:
        """Examples and defaults of the schema that are valid, then one value put together from those of its parts."""
        seen: set[str] = set()
        for value in [*self._stated(), *self._assembled()]:
            key = canonical(value)
            if key not in seen and self._root.accepts(value) and self._carried(value):
                seen.add(key)
                yield copy.deepcopy(value)

    def boundary(self, random: Random) -> Iterator[Boundary]:
        """Valid values with one keyword at its limit, the outermost places first; finite."""
        return boundaries(self._root, random, self._location, self._gaps)

    def unusual(self, random: Random) -> Iterator[Unusual]:
        """Valid values with something at one place that no keyword forbids and nobody expects; finite."""
        return unusual(self._root, random, self._location)

    def invalid(self, random: Random) -> Iterator[Invalid]:
        """Values that break one keyword at one place; finite.

        First one value for every keyword at every place, the outermost places first, then all other ways to break it.

        Each was refused by the validator, for that keyword at that place and (except through `anyOf`, `oneOf` and the
        like around it) for nothing else. What could not be broken on its own is found in `gaps` afterwards.
        """
        return invalids(self._root, random, self._location, self._breaks, self._gaps)

    def accepts(self, value: Any) -> bool:
        """Whether the schema, in its most generous reading, allows `value`."""
        return self._breaks.accepts(value)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What the walks so far (`boundary`, `invalid`) had to leave out, and why."""
        return tuple(self._gaps.values())

    def _stated(self) -> Iterator[Any]:
        for facts in self._root.alternatives:
            for value in facts.examples:
                if isinstance(value, dict) and self._hidden:
                    yield {name: each for name, each in value.items() if name not in self._hidden}
                else:
                    yield value

    def _assembled(self) -> Iterator[Any]:
        for facts in self._root.alternatives:
            if "object" not in self._root.kinds(facts):
                continue
            shown: dict[str, Any] = {}
            found = False
            for name, child in self._root.members(facts):
                values = [value for each in child.alternatives for value in each.examples if child.accepts(value)]
                if values:
                    shown[name], found = values[0], True
                elif name in facts.required:
                    try:
                        shown[name] = child.make(Random(0), 1)
                    except Unsatisfiable:
                        found = False
                        break
            if found:
                yield shown

    def _carried(self, value: Any) -> bool:
        return self._location == "body" or (value is not None and value not in ([], {}, ""))
