"""Closures that make objects and arrays out of the nodes of their parts."""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Protocol

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.dialect import Schema
from seamwright.engines.generate.facts import Facts, canonical
from seamwright.engines.generate.patterns import pattern_text

__all__ = ["Maker", "Part", "array_maker", "free_schema", "object_maker"]

Maker = Callable[[Random, int], Any]
"""Makes one value; the number is the levels that it may still open."""


class Part(Protocol):
    """What objects and arrays ask of the nodes that they are put together from."""

    place: str

    @property
    def make(self) -> Maker:
        """Makes a value. Asked for anew for each value: a part is compiled when its first one is made."""

    def height(self) -> float:
        """Levels that the smallest value opens; infinite when there is no finite value."""

    def possible(self) -> bool:
        """Whether a value can be made, as far as can be told without making the parts."""

    def child(self, schema: Schema, step: str | int) -> Part:
        """The part of this schema below this one."""

    def members(self, facts: Facts) -> Sequence[tuple[str, Part]]:
        """Properties that may be present."""

    def always(self, facts: Facts) -> list[str]:
        """Properties that every value has."""

    def wanted(self, facts: Facts) -> Sequence[Part]:
        """The items that `contains` asks for."""


_ANYTHING: Schema = {"type": ["string", "integer", "boolean"]}
_SPAN = 3
_TRIES = 60
_PRESENT = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
"""How likely an optional member is present, by the room left: less the deeper, so that large schemas stay readable."""


def free_schema(schema: Schema) -> Schema:
    """What stands where a schema says nothing: a scalar, so that free-form data stays small."""
    return _ANYTHING if schema is True or schema == {} else schema


def object_maker(node: Part, facts: Facts) -> Maker:
    """Makes objects: required members always, optional ones half of the time, others where they are asked for."""
    fields: list[tuple[str, Part, bool]] = []
    required = node.always(facts)
    for name, child in node.members(facts):
        if name in required:
            fields.append((name, child, True))
        elif child.height() < math.inf:
            fields.append((name, child, False))
    extra = _extra(node, facts, len(fields))
    simple = not facts.dependent and facts.max_properties == math.inf and facts.min_properties == 0 and not extra
    if simple:

        def quick(random: Random, room: int) -> Any:
            chance = random.random
            down = room - 1
            present = _PRESENT[room] if room > 0 else 0.0
            out: dict[str, Any] = {}
            for name, child, needed in fields:
                if needed:
                    out[name] = child.make(random, down)
                elif present and chance() < present:
                    try:
                        out[name] = child.make(random, down)
                    except Unsatisfiable:
                        continue  # An optional member that cannot be made is left out.
            return out

        return quick

    nodes = {name: child for name, child, _ in fields}
    always = [name for name, _, needed in fields if needed]
    sometimes = [name for name, _, needed in fields if not needed]
    least, most = facts.min_properties, facts.max_properties
    lightest = sorted(sometimes, key=lambda name: nodes[name].height())

    def make(random: Random, room: int) -> Any:
        chosen = dict.fromkeys(always)
        if room > 0:
            present = _PRESENT[room]
            chosen.update(dict.fromkeys(name for name in sometimes if random.random() < present))
        _depend(chosen, facts, nodes)
        if len(chosen) > most:
            chosen = dict.fromkeys(always)
            _depend(chosen, facts, nodes)
        for name in lightest:
            if len(chosen) >= least:
                break
            grown = {**chosen, name: None}
            _depend(grown, facts, nodes)
            if len(grown) <= most:
                chosen = grown
        out: dict[str, Any] = {}
        for name, child in nodes.items():
            if name in chosen:
                try:
                    out[name] = child.make(random, room - 1)
                except Unsatisfiable:
                    if name in always or facts.dependent:
                        raise
        if extra:
            extra(out, random, room)
        if len(out) < least:
            raise Unsatisfiable(node.place, "minProperties", f"{least} properties could not be found")
        return out

    return make


def _depend(chosen: dict[str, None], facts: Facts, nodes: dict[str, Part]) -> None:
    """Adds what `dependentRequired` asks for; takes away what asks for something that cannot be."""
    changed = bool(facts.dependent)
    while changed:
        changed = False
        for name in list(chosen):
            for needed in facts.dependent.get(name, ()):
                if needed in nodes and needed not in chosen:
                    chosen[needed] = None
                    changed = True
                elif needed not in nodes and name in chosen and name not in facts.required:
                    del chosen[name]
                    changed = True


def _extra(node: Part, facts: Facts, listed: int) -> Callable[[dict[str, Any], Random, int], None] | None:
    """Adds properties that are not listed: for maps, for `patternProperties`, and to reach `minProperties`."""
    wanted = facts.min_properties > listed
    sources: list[tuple[Maker, Part]] = []
    for pattern, schema in facts.pattern_properties.items():
        child = node.child(free_schema(schema), "*")
        if schema is not False and child.height() < math.inf:
            sources.append((_names_of(node, pattern), child))
    open_map = isinstance(facts.additional, dict) or (facts.additional is True and (not listed or wanted))
    if open_map and not facts.pattern_properties:
        child = node.child(free_schema(facts.additional), "*")
        names = _free_names(node, facts)
        if names is not None and child.height() < math.inf:
            sources.append((names, child))
    if not sources:
        return None
    least, most = facts.min_properties, facts.max_properties

    def add(out: dict[str, Any], random: Random, room: int) -> None:
        goal = min(most, max(least, len(out) + (int(random.random() * _SPAN) if room > 0 else 0)))
        for _ in range(_TRIES + 2 * int(min(goal, 10_000))):
            if len(out) >= goal:
                return
            names, child = sources[int(random.random() * len(sources))]
            name = names(random, room)
            if name not in out and name not in facts.properties:
                try:
                    out[name] = child.make(random, room - 1)
                except Unsatisfiable:
                    continue

    return add


def _names_of(node: Part, pattern: str) -> Maker:
    try:
        text = pattern_text(pattern, string.ascii_letters + string.digits + "-_.")
    except ValueError as error:
        raise Unsatisfiable(node.place, "patternProperties", str(error)) from error

    def make(random: Random, room: int) -> str:
        made = text.make(random, text.shortest + int(random.random() * 6)) or text.make(random)
        if made is None:
            raise Unsatisfiable(node.place, "patternProperties", f"{pattern} has no text that could be found")
        return made

    return make


def _free_names(node: Part, facts: Facts) -> Maker | None:
    if facts.names is True:
        return lambda random, room: "".join(random.choices(string.ascii_lowercase, k=3 + int(random.random() * 6)))
    keyed = node.child({"allOf": [{"type": ["string"]}, facts.names]} if facts.names else False, "*")
    if not keyed.possible():
        return None
    return keyed.make


def array_maker(node: Part, facts: Facts) -> Maker:
    """Makes arrays: from the least number of items to a few more, `contains` and `uniqueItems` kept."""
    least, most = facts.min_items, facts.max_items
    wanted = node.wanted(facts)
    least = max(least, len(wanted))
    if least > most:
        raise Unsatisfiable(node.place, "maxItems", f"{most} is less than what contains asks for")
    prefix = [node.child(free_schema(each), index) for index, each in enumerate(facts.prefix)]
    for index, each in enumerate(prefix):
        if index >= least and each.height() == math.inf:
            prefix, most = prefix[:index], index
            break
    rest = node.child(free_schema(facts.items), len(facts.prefix)) if facts.items is not False else None
    if rest is None or (len(prefix) >= least and rest.height() == math.inf):
        most = min(most, len(prefix))
    span = int(min(most - least, _SPAN)) + 1
    if not prefix and not wanted and not facts.unique and rest is not None:
        only = rest

        def quick(random: Random, room: int) -> Any:
            count = least if room <= 0 else least + int(random.random() * min(span, room))
            try:
                return [only.make(random, room - 1) for _ in range(count)]
            except Unsatisfiable:
                if least:
                    raise
                return []

        return quick

    def item(random: Random, room: int, index: int) -> Any:
        return (prefix[index] if index < len(prefix) or rest is None else rest).make(random, room - 1)

    def make(random: Random, room: int) -> Any:
        count = least if room <= 0 else least + int(random.random() * min(span, room))
        out: list[Any] = []
        seen: set[str] = set()
        for index in range(count):
            for _ in range(_TRIES if facts.unique else 1):
                try:
                    value = item(random, room, index)
                except Unsatisfiable:
                    if index < least:
                        raise
                    continue
                key = canonical(value) if facts.unique else ""
                if not facts.unique or key not in seen:
                    seen.add(key)
                    out.append(value)
                    break
            else:
                break
        start = min(len(prefix), max(0, len(out) - len(wanted)))
        for index, child in enumerate(wanted, start):
            if index < len(out):
                out[index] = child.make(random, room - 1)
        if len(out) < facts.min_items:
            raise Unsatisfiable(node.place, "uniqueItems", f"{facts.min_items} different items could not be found")
        return out

    return make
