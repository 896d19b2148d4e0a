"""Brings values into the form of a schema: keeps what fits, leaves out what is forbidden, fills in what lacks."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.dialect import Dialect, Document
from seamwright.engines.generate.facts import Facts, named
from seamwright.engines.generate.nodes import ROOM, Graph, Node
from seamwright.model.operation import Contract, Schema

__all__ = ["Shapes", "Unsatisfiable"]

_MOST_BRANCHES = 12
_MOST_ITEMS = 10_000
_DEEP = 3
"""Levels that a whole resource opens: schemas that hold each other would fill screens otherwise."""

_SHALLOW = 2
"""Levels that a member opens which nobody sent."""


class Shapes:
    """Values of one contract's schemas, as answers show them: `writeOnly` members are never there.

    Schemas are compiled when they are first met. Everything depends on the `random` that is given alone.
    """

    def __init__(self, contract: Contract) -> None:
        dialect: Dialect = "3.1" if contract.dialect == "3.1" else "3.0"
        self._document = Document(contract.resolve, dialect, "response", narrow=True)
        # People read what a mock makes up, so its texts are words of letters.
        self._graph = Graph(self._document, "body", plain=True)
        self._nodes: dict[int, tuple[Schema, Node]] = {}

    def make(self, schema: Schema, random: Random) -> Any:
        """A valid value. Raises Unsatisfiable where none can be made."""
        return self._node(schema).make(random, _DEEP)

    def exemplary(self, schema: Schema, random: Random) -> Any:
        """A value put together from the examples and defaults of its parts, and made where there are none. Raises
        Unsatisfiable where none can be made."""
        node = self._node(schema)
        value = _exemplary(node, random, _DEEP)
        return value if node.accepts(value) else self.fit(schema, value, random)

    def fit(self, schema: Schema, value: Any, random: Random) -> Any:
        """The value of the schema that says most of what `value` says. Raises Unsatisfiable where none can be made."""
        return _Fitting(random).fit(self._node(schema), value, ROOM)

    def filled(self, schema: Schema, value: Any, random: Random, names: frozenset[str] | None = None) -> Any:
        """An object with the members that it lacks, required or not; `names` says which ones, None all.

        What cannot be added is left out.
        """
        node = self._node(schema)
        if not isinstance(value, dict):
            return value
        for facts in self._of_objects(node, value):
            full = dict(value)
            for name, child in node.members(facts):
                if name in full or (names is not None and name not in names):
                    continue
                try:
                    made = child.make(random, _SHALLOW)
                except Unsatisfiable:
                    continue
                if made is not None:
                    full[name] = made
            if node.accepts(full) or not node.accepts(value):
                return full
        return value

    def accepts(self, schema: Schema, value: Any) -> bool:
        """Whether a value is valid."""
        return self._node(schema).accepts(value)

    def read(self, schema: Schema, text: str, random: Random) -> Any:
        """What a text stands for: a number where the schema has numbers and no texts."""
        if self.accepts(schema, text):
            return text
        return next((value for value in _meanings(text) if self.accepts(schema, value)), text)

    def examples(self, schema: Schema) -> Iterator[Any]:
        """What the contract gives as examples of a schema, valid or not."""
        for facts in self._node(schema).alternatives:
            yield from copy.deepcopy(facts.examples)

    def named_members(self, schema: Schema) -> frozenset[str]:
        """The members that an object may have by name."""
        return frozenset(name for facts in self._node(schema).alternatives for name in facts.properties)

    def _of_objects(self, node: Node, value: dict[str, Any]) -> list[Facts]:
        objects = [facts for facts in node.alternatives if "object" in facts.types and facts.enum is None]
        return sorted(objects, key=lambda facts: -_likeness(node, facts, value))[:_MOST_BRANCHES]

    def _node(self, schema: Schema) -> Node:
        # The schema is kept, so that its id cannot be taken by another one.
        found = self._nodes.get(id(schema))
        if found is None:
            found = self._nodes[id(schema)] = (schema, self._graph.node(self._document.translate(schema)))
        return found[1]


def _exemplary(node: Node, random: Random, room: int) -> Any:
    for facts in node.alternatives:
        for example in facts.examples:
            if node.accepts(example):
                return copy.deepcopy(example)
    for facts in node.alternatives:
        if facts.enum is not None or room <= 0:
            continue
        if "object" in facts.types and facts.properties:
            return _with_examples(node, facts, random, room)
        if facts.types == {"array"} and facts.max_items > 0 and facts.items is not True:
            least = max(1, facts.min_items)
            try:
                return [_exemplary(child, random, room - 1) for child in node.elements(facts, least)]
            except Unsatisfiable:
                break
    return node.make(random, min(room, _SHALLOW))


def _with_examples(node: Node, facts: Facts, random: Random, room: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    always = node.always(facts)
    for name, child in node.members(facts):
        if name not in always and room < _DEEP and not any(each.examples for each in child.alternatives):
            continue
        try:
            made[name] = _exemplary(child, random, room - 1)
        except Unsatisfiable:
            if name in always:
                raise
    return made


class _Nothing:
    """What is left of a member that does not fit and need not be there."""


_NOTHING = _Nothing()


class _Fitting:
    def __init__(self, random: Random) -> None:
        self._random = random

    def fit(self, node: Node, value: Any, room: int) -> Any:
        """The value brought into the node's form, or one made for it."""
        found = self._kept(node, value, room)
        return node.make(self._random, room) if found is _NOTHING else found

    def _kept(self, node: Node, value: Any, room: int) -> Any:
        """The value brought into the node's form; nothing where too little of it would be left."""
        if isinstance(value, dict):
            return self._object(node, value, room)
        if isinstance(value, list):
            return self._array(node, value, room)
        if node.accepts(value):
            return value
        return next((other for other in _relatives(value) if node.accepts(other)), _NOTHING)

    def _object(self, node: Node, value: dict[str, Any], room: int) -> Any:
        objects = [facts for facts in node.alternatives if "object" in facts.types and facts.enum is None]
        if not objects and any(facts.enum is not None for facts in node.alternatives) and node.accepts(value):
            return value
        for facts in sorted(objects, key=lambda facts: -_likeness(node, facts, value))[:_MOST_BRANCHES]:
            try:
                made = self._members(node, facts, value, room)
            except Unsatisfiable:
                continue
            if _certain(node, facts) or node.accepts(made):
                return made
            leaner = {name: each for name, each in made.items() if name in node.always(facts)}
            if node.accepts(leaner):
                return leaner
        return _NOTHING

    def _members(self, node: Node, facts: Facts, value: dict[str, Any], room: int) -> dict[str, Any]:
        always = node.always(facts)
        made: dict[str, Any] = {}
        for name, child in node.members(facts):
            if name in value:
                kept = self._kept(child, value[name], room - 1)
                if kept is not _NOTHING:
                    made[name] = kept
                    continue
            if name in always:
                made[name] = child.make(self._random, min(room - 1, _SHALLOW))
        free = facts.additional is not False and (
            facts.additional is not True or not facts.properties or bool(facts.pattern_properties)
        )
        for name in value if free or facts.pattern_properties else ():
            if name not in facts.properties and (schema := named(facts, name)) is not False:
                kept = self._kept(node.child(schema, name), value[name], room - 1)
                if kept is not _NOTHING:
                    made[name] = kept
        return made

    def _array(self, node: Node, value: list[Any], room: int) -> Any:
        for facts in node.alternatives:
            if "array" not in facts.types:
                continue
            most = int(min(facts.max_items, _MOST_ITEMS, len(value)))
            try:
                made = [
                    self.fit(child, each, room - 1)
                    for child, each in zip(node.elements(facts, most), value, strict=False)
                ]
                lacking = node.elements(facts, facts.min_items)[len(made) :]
                made += [child.make(self._random, _SHALLOW) for child in lacking]
            except Unsatisfiable:
                continue
            if node.accepts(made):
                return made
            kept = _different(made)
            if facts.unique and node.accepts(kept):
                return kept
        return _NOTHING


def _certain(node: Node, facts: Facts) -> bool:
    """Whether an object that was put together member by member is valid for that reason alone."""
    return not node.fragile and facts.max_properties == math.inf and facts.names is True


def _likeness(node: Node, facts: Facts, value: Mapping[str, Any]) -> float:
    """How well an alternative goes with an object: what tells alternatives apart counts most."""
    score = 0.0
    for name, child in node.members(facts):
        listed = [each.enum for each in child.alternatives if each.enum is not None] if name in value else []
        if listed and len(listed) == len(child.alternatives):
            score += 10 if any(value[name] in each for each in listed) else -10
        if name in value:
            # Whether an object or a list is valid takes long to tell, and tells little.
            score += 1 if isinstance(value[name], dict | list) or child.accepts(value[name]) else 0.25
        elif name in facts.required:
            score -= 1
    return score


def _relatives(value: Any) -> Iterator[Any]:
    """The same in another type, as forms and paths have it."""
    if isinstance(value, str):
        yield from _meanings(value)
        yield [value]
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int | float):
        yield str(value)
        if isinstance(value, float) and value.is_integer():
            yield int(value)
        yield [value]


def _meanings(text: str) -> Iterator[Any]:
    if text in ("true", "false"):
        yield text == "true"
    try:
        number = json.loads(text)
    except ValueError:
        return
    if isinstance(number, int | float) and not isinstance(number, bool):
        yield number


def _different(values: list[Any]) -> list[Any]:
    seen: dict[str, Any] = {}
    for value in values:
        seen.setdefault(json.dumps(value, sort_keys=True), value)
    return list(seen.values())
