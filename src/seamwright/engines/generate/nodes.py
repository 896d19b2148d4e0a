"""Schemas compiled to closures: a graph of nodes, each of which makes values of one schema.

A node is made once for every distinct schema and compiled when it is first used. Recursion is bounded by `room`, the
levels that may still be opened; without room a node takes the alternative of least height (the levels that it needs
at least), so every value is finite and a schema without a finite value is known beforehand.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from random import Random
from typing import Any

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.dialect import Document, Schema
from seamwright.engines.generate.facts import ANY, Facts, Problems, alternatives, conjoin, named, needs_check
from seamwright.engines.generate.formats import FORMATS, shown_format
from seamwright.engines.generate.numbers import Numbers
from seamwright.engines.generate.shapes import Maker, array_maker, free_schema, object_maker
from seamwright.engines.generate.text import Location, Text

__all__ = ["ROOM", "Graph", "Node"]

ROOM = 5
"""Levels that a value opens at most, beyond what its schema demands."""

_COMMON = (0, 0, 1, 2, 10, -1)
"""Numbers that parameters without a type often are; 0 is what they are read as falsely most often."""

_TRIES = 200
_USED_EXAMPLE = 0.1
_AS_SHOWN = 0.8
_NODES = 50_000
_MOST_LEVELS = 100
_MOST_VALUES = 100_000
_MOST_ITEMS = 10_000


class Graph:
    """All nodes of one document; nodes of equal schemas are one node."""

    def __init__(self, document: Document, location: Location, plain: bool) -> None:
        self.document = document
        self.location = location
        self.plain = plain
        self._nodes: dict[str, Node] = {}

    def node(self, schema: Schema, place: str = "") -> Node:
        """The node of a translated schema; `place` is where it was first met."""
        key = json.dumps(schema, sort_keys=True)
        found = self._nodes.get(key)
        if found is None:
            if len(self._nodes) >= _NODES:
                raise Unsatisfiable(place, "allOf", f"unfolds into more than {_NODES} schemas")
            found = self._nodes[key] = Node(self, schema, place)
        return found

    def check(self, schema: Schema) -> Callable[[Any], bool]:
        """The validator of one translated schema."""
        import jsonschema_rs

        whole = self.document.bundle(schema)
        valid: Callable[[Any], bool] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True).is_valid
        return valid


class Node:
    """Makes the values of one schema."""

    def __init__(self, graph: Graph, schema: Schema, place: str) -> None:
        self.graph = graph
        self.schema = schema
        self.place = place
        self.make: Maker = self._first
        self.why: Unsatisfiable | None = None
        self._alternatives: list[Facts] | None = None
        self._height: float | None = None
        self._size: float = math.inf
        self._scalars: dict[tuple[int, str], Text | Numbers | list[Any] | None] = {}
        self._check: Callable[[Any], bool] | None = None
        self._checks: bool | None = None
        self._begun = False

    @property
    def alternatives(self) -> list[Facts]:
        """The flat alternatives, those that allow nothing left out."""
        if self._alternatives is None:
            problems: Problems = []
            self._alternatives = alternatives(self.schema, self.graph.document.definition, problems)
            if not self._alternatives:
                keyword, why = problems[0] if problems else ("not", "excludes every value")
                self.why = Unsatisfiable(self.place, keyword, why)
        return self._alternatives

    @property
    def accepts(self) -> Callable[[Any], bool]:
        """The validator of this node's schema."""
        if self._check is None:
            self._check = self.graph.check(self.schema)
        return self._check

    def possible(self) -> bool:
        """Whether a value can be made, as far as can be told without making the parts."""
        if self.height() < math.inf and not self._begun and self.fragile:
            self._compile()
        return self.height() < math.inf

    @property
    def fragile(self) -> bool:
        """Whether the keywords alone do not tell if there is a value, or if one that was put together is valid."""
        if self._checks is None:
            self._checks = needs_check(self.schema, self.graph.document.definition)
        return self._checks or any(
            each.min_properties or each.dependent or (each.unique and each.min_items) for each in self.alternatives
        )

    def failure(self) -> Unsatisfiable:
        """Why no value can be made, from the deepest place that says so."""
        seen: set[int] = set()
        node: Node | None = self
        while node is not None and id(node) not in seen:
            seen.add(id(node))
            if node.why:
                return node.why
            node = next(
                (
                    child
                    for facts in node.alternatives
                    for kind in facts.ordered_types()
                    for child in node.needed(facts, kind)
                    if child.height() == math.inf
                ),
                None,
            )
        return Unsatisfiable(self.place, "$ref", "has no finite value: it always needs another of its own kind")

    def child(self, schema: Schema, step: str | int) -> Node:
        """The node of a part; `step` is a property or an index."""
        return self.graph.node(schema, f"{self.place}/{_escaped(step)}")

    def members(self, facts: Facts) -> list[tuple[str, Node]]:
        """Properties that may be present, in the order written, with their nodes; required ones not listed are last."""
        return [
            (name, self.child(named(facts, name), name))
            for name in _closure(facts, (*facts.properties, *facts.required))
        ]

    def always(self, facts: Facts) -> list[str]:
        """Properties that every value has: the required ones, and those that they depend on."""
        return _closure(facts, facts.required)

    def elements(self, facts: Facts, count: int) -> list[Node]:
        """The nodes of the first `count` items."""
        return [
            self.child(facts.prefix[index] if index < len(facts.prefix) else facts.items, min(index, len(facts.prefix)))
            for index in range(count)
        ]

    def wanted(self, facts: Facts) -> list[Node]:
        """The nodes of the items that `contains` asks for, each as often as it is asked for."""
        return [
            self.child(conjoin(facts.items, each.schema), len(facts.prefix))
            for each in facts.contains
            for _ in range(min(each.least, 1000))
        ]

    def scalar(self, facts: Facts, kind: str) -> Text | Numbers | list[Any] | None:
        """What makes scalars or listed members; None when there are none (`why` then says it)."""
        key = (id(facts), kind)
        if key not in self._scalars:
            try:
                self._scalars[key] = self._scalar(facts, kind)
            except Unsatisfiable as error:
                self._scalars[key] = None
                self.why = self.why or Unsatisfiable(self.place, error.keyword, error.why)
        return self._scalars[key]

    def kinds(self, facts: Facts) -> list[str]:
        """What there is to make: `enum`, or the types."""
        return ["enum"] if facts.enum is not None else facts.ordered_types()

    def needed(self, facts: Facts, kind: str) -> list[Node]:
        """The nodes without which no value of this type can be made."""
        if kind == "object":
            found = [self.child(named(facts, name), name) for name in self.always(facts)]
            if facts.min_properties > len(found):
                found += [node for name, node in self.members(facts) if name not in self.always(facts)]
            return found + self._unlisted(facts, len(found))
        if kind == "array":
            found = self.elements(facts, min(facts.min_items, len(facts.prefix) + 1))
            return found + self.wanted(facts)
        return []

    def _unlisted(self, facts: Facts, listed: int) -> list[Node]:
        """The node of further members, where `minProperties` asks for more than are listed."""
        if facts.min_properties <= listed or not isinstance(facts.additional, dict) or facts.pattern_properties:
            return []
        return [self.child(free_schema(facts.additional), "*")]

    def height(self) -> float:
        """Levels that the smallest value opens; infinite when there is no finite value."""
        if self._height is None:
            order: list[Node] = []
            waiting: list[Node] = [self]
            known: dict[int, float] = {}
            while waiting:
                node = waiting.pop()
                if id(node) in known or node._height is not None:
                    continue
                known[id(node)] = math.inf
                order.append(node)
                for facts in node.alternatives:
                    for kind in node.kinds(facts):
                        waiting.extend(node.needed(facts, kind))
            changed = True
            while changed:
                changed = False
                for node in reversed(order):
                    least = min((height for _, _, height in node.entries(known)), default=math.inf)
                    if least < known[id(node)]:
                        known[id(node)] = least
                        changed = True
            for node in sorted(order, key=lambda each: known[id(each)]):
                node._settle(known[id(node)])
        assert self._height is not None
        return self._height

    def _settle(self, height: float) -> None:
        """Take a height for good, unless even the smallest value is larger than anything that is sent."""
        self._height = height
        if height == math.inf:
            return
        self._size = min(
            (self._least_size(facts, kind) for facts, kind, levels in self.entries() if levels <= height),
            default=math.inf,
        )
        if height > _MOST_LEVELS or self._size > _MOST_VALUES:
            self._height = self._size = math.inf
            what = f"needs at least {height:g} levels" if height > _MOST_LEVELS else "has too many required parts"
            self.why = self.why or Unsatisfiable(self.place, "required", f"{what}, more than are ever sent")

    def _least_size(self, facts: Facts, kind: str) -> float:
        """The values in the smallest value of this type, itself counted; its parts are settled already."""
        sizes = [each._size for each in self.needed(facts, kind)]
        if kind == "array" and facts.min_items > len(facts.prefix) + 1:
            sizes.append(sizes[len(facts.prefix)] * (facts.min_items - len(facts.prefix) - 1))
        if kind == "object" and facts.min_properties:
            count = len(self.always(facts))
            missing = max(0, facts.min_properties - count)
            others = sorted(sizes[count:])[:missing]
            more = others[-1] * (missing - len(others)) if others else 0
            sizes = [*sizes[:count], *others, more]
        return 1 + sum(sizes)

    def entries(self, known: dict[int, float] | None = None) -> list[tuple[Facts, str, float]]:
        """Alternatives by type, each with its height."""
        return [
            (facts, kind, self._entry_height(facts, kind, known or {}))
            for facts in self.alternatives
            for kind in self.kinds(facts)
        ]

    def _weight(self, facts: Facts, kind: str) -> int:
        """How often a type is chosen. A parameter without a type is a text or a number to whoever reads it."""
        if kind == "null":
            return 1
        return 2 if self._bare(facts) and kind not in ("string", "number") else 8

    def _bare(self, facts: Facts) -> bool:
        return facts.types == ANY and self.graph.location != "body"

    def _entry_height(self, facts: Facts, kind: str, known: dict[int, float]) -> float:
        def of(node: Node) -> float:
            return known[id(node)] if node._height is None and id(node) in known else node.height()

        if kind == "object":
            names = self.always(facts)
            if facts.max_properties < max(len(names), facts.min_properties):
                self.why = self.why or Unsatisfiable(self.place, "maxProperties", "is less than what is required")
                return math.inf
            heights = [of(self.child(named(facts, name), name)) for name in names]
            missing = facts.min_properties - len(names)
            if missing > 0:
                others = sorted(of(node) for name, node in self.members(facts) if name not in names)[:missing]
                if len(others) < missing and facts.additional is False and not facts.pattern_properties:
                    self.why = self.why or Unsatisfiable(self.place, "minProperties", "is more than there can be")
                    return math.inf
                heights += [each for each in others if each < math.inf or facts.additional is False]
                heights += [of(each) for each in self._unlisted(facts, len(names) + len(others))]
            return 1 + max(heights, default=-1)
        if kind == "array":
            if facts.min_items > _MOST_ITEMS:
                self.why = self.why or Unsatisfiable(
                    self.place, "minItems", f"is more than the {_MOST_ITEMS} ever sent"
                )
                return math.inf
            if facts.min_items > facts.max_items or (facts.items is False and facts.min_items > len(facts.prefix)):
                self.why = self.why or Unsatisfiable(self.place, "minItems", "is more than the items there can be")
                return math.inf
            return 1 + max((of(each) for each in self.needed(facts, kind)), default=-1)
        if kind in ("boolean", "null"):
            return 0
        return math.inf if self.scalar(facts, kind) is None else 0

    def _scalar(self, facts: Facts, kind: str) -> Text | Numbers | list[Any]:
        if kind == "string":
            return Text(facts, self.graph.location, self.graph.plain)
        if kind in ("integer", "number"):
            return Numbers(facts, kind == "integer")
        members = [each for each in facts.enum or () if self.accepts(each)]
        if not members:
            raise Unsatisfiable("", "enum", "has no member that the rest of the schema allows")
        return members

    def _first(self, random: Random, room: int) -> Any:
        if not self._begun and self.height() < math.inf:
            self._compile()
        if self._height == math.inf:
            raise self.failure()
        return self.make(random, room)

    def _compile(self) -> None:
        """Sets `make`. Parts are compiled when a value of theirs is first made, so large contracts start quickly."""
        self._begun = True
        fragile = self.fragile
        makers: list[tuple[float, int, Maker]] = [
            (height, self._weight(facts, kind), self._maker(facts, kind))
            for facts, kind, height in self.entries()
            if height < math.inf
        ]
        self.make = makers[0][2] if len(makers) == 1 else _choice(makers)
        if self._checks:
            self.make = self._checked(self.make)
        if fragile:
            self._try()

    def _try(self) -> None:
        """Makes one value, always with the same seed: the smallest, and if there is none an ordinary one."""
        for room in (0, ROOM):
            try:
                self.make(Random(0), room)
            except Unsatisfiable as error:
                self.why = self.why or error
            else:
                self.why = None
                return
        self._height = math.inf
        self.make = self._first

    def _checked(self, made: Maker) -> Maker:
        accepts = self.accepts

        def make(random: Random, room: int) -> Any:
            for _ in range(_TRIES):
                value = made(random, room)
                if accepts(value):
                    return value
            value = None
            for _ in range(_TRIES // 4):
                value = made(random, 0)
                if accepts(value):
                    return value
            raise Unsatisfiable(self.place, self._hard(), f"refused each of {_TRIES} values that the rest allows")

        return make

    def _hard(self) -> str:
        """The keyword that most likely refuses what was made."""
        schema = self.schema
        while isinstance(schema, dict) and set(schema) == {"$ref"}:
            schema = self.graph.document.definition(schema["$ref"])
        words = ("not", "oneOf", "if", "contains", "propertyNames", "patternProperties", "dependentSchemas")
        return next((word for word in words if isinstance(schema, dict) and word in schema), "allOf")

    def _maker(self, facts: Facts, kind: str) -> Maker:
        if kind == "null":
            return lambda random, room: None
        if kind == "boolean":
            return lambda random, room: random.random() < 0.5
        if kind == "object":
            return object_maker(self, facts)
        if kind == "array":
            return array_maker(self, facts)
        scalar = self.scalar(facts, kind)
        assert scalar is not None
        if isinstance(scalar, list):
            return _picker(scalar)
        make = scalar.make
        examples = (
            [] if self.graph.plain else [each for each in facts.examples if _is(each, kind) and self.accepts(each)]
        )
        if kind == "number" and self._bare(facts):
            make = self._small(make)
        if not examples:
            return lambda random, room: make(random)
        if kind == "string" and not facts.formats and not facts.patterns:
            make = self._alike(examples, facts, make)
        count = len(examples)
        return lambda random, room: (
            examples[int(random.random() * count)] if random.random() < _USED_EXAMPLE else make(random)
        )

    def _small(self, free: Callable[[Random], Any]) -> Callable[[Random], Any]:
        """Every other time a small whole number: a parameter without a type, if it is a number to whoever reads it, is
        mostly a count, a code or an id."""
        common = [value for value in _COMMON if self.accepts(value)]
        if not common:
            return free
        return lambda random: common[int(random.random() * len(common))] if random.random() < 0.5 else free(random)

    def _alike(self, examples: list[str], facts: Facts, free: Callable[[Random], Any]) -> Callable[[Random], Any]:
        """Mostly texts of the format that the examples show and the schema leaves unsaid, as an address is for `mail`:
        a service that reads them as such takes no other, and its contract allows others, so that those come as well."""
        shown = shown_format(examples)
        if not shown:
            return free
        formed, low, high = FORMATS[shown], facts.min_length, facts.max_length

        def make(random: Random) -> Any:
            if random.random() < _AS_SHOWN:
                text = formed(random, low, high)
                if self.accepts(text):
                    return text
            return free(random)

        return make


def _closure(facts: Facts, names: tuple[str, ...]) -> list[str]:
    """`names` and all that `dependentRequired` asks for with them."""
    found = dict.fromkeys(names)
    waiting = list(names)
    while waiting:
        for each in facts.dependent.get(waiting.pop(), ()):
            if each not in found:
                found[each] = None
                waiting.append(each)
    return list(found)


def _choice(makers: list[tuple[float, int, Maker]]) -> Maker:
    """Picks by weight; the makers of least height when there is no room left."""
    spread = [index for index, (_, weight, _) in enumerate(makers) for _ in range(weight)]
    all_makers = [maker for _, _, maker in makers]
    least = min(height for height, _, _ in makers)
    small = [maker for height, _, maker in makers if height == least]

    def make(random: Random, room: int) -> Any:
        if room <= 0:
            return small[int(random.random() * len(small))](random, room)
        first = spread[int(random.random() * len(spread))]
        try:
            return all_makers[first](random, room)
        except Unsatisfiable:
            for index, maker in enumerate(all_makers):
                if index != first:
                    return maker(random, room)
            raise

    return make


def _picker(members: list[Any]) -> Maker:
    count = len(members)
    if any(isinstance(each, (dict, list)) for each in members):
        return lambda random, room: copy.deepcopy(members[int(random.random() * count)])
    return lambda random, room: members[int(random.random() * count)]


def _is(value: Any, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _escaped(step: str | int) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return str(step).replace("~", "~0").replace("/", "~1")
