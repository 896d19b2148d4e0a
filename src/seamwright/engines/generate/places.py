"""Walks over a schema, place by place: every alternative of every place, in a value that has all its parts."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.facts import Facts, canonical
from seamwright.engines.generate.nodes import Node
from seamwright.engines.generate.shapes import free_schema

__all__ = ["Spot", "Standing", "exactly", "items", "places", "pointer"]

_DEEPEST = 8
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of the value: its node, and how a value for it becomes a whole value."""

    node: Node
    place: str
    wrap: Callable[[Any], Any]
    above: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """One alternative and type at a spot, with a value that has all its parts."""

    spot: Spot
    facts: Facts
    kind: str
    full: Any


def places(root: Node, random: Random) -> Iterator[Standing]:
    """Every alternative of every place, the outermost first."""
    waiting: deque[Spot] = deque([Spot(root, "", lambda value: value, ())])
    seen: set[tuple[str, int]] = set()
    while waiting:
        spot = waiting.popleft()
        if (spot.place, id(spot.node)) in seen or not spot.node.possible():
            continue
        seen.add((spot.place, id(spot.node)))
        for facts, kind, height in spot.node.entries():
            if height == math.inf:
                continue
            full = _full(spot, facts, kind, random)
            yield Standing(spot, facts, kind, full)
            if len(spot.above) < _DEEPEST and spot.above.count(id(spot.node)) < 2:
                waiting.extend(_parts(spot, facts, kind, full))


def _parts(spot: Spot, facts: Facts, kind: str, full: Any) -> Iterator[Spot]:
    above = (*spot.above, id(spot.node))
    if kind == "object":
        nodes = dict(spot.node.members(facts))
        for name in full:
            child = nodes.get(name) or spot.node.child(free_schema(facts.additional), "*")
            if name in nodes or (isinstance(facts.additional, dict) and not facts.pattern_properties):
                yield Spot(child, f"{spot.place}/{pointer(name)}", _into(spot.wrap, full, name), above)
    elif kind == "array" and not facts.contains:
        for index, child in enumerate(spot.node.elements(facts, min(len(full), len(facts.prefix) + 1))):
            yield Spot(child, f"{spot.place}/{index}", _into(spot.wrap, full, index), above)


def _into(wrap: Callable[[Any], Any], full: Any, step: str | int) -> Callable[[Any], Any]:
    def place(value: Any) -> Any:
        copied: Any = dict(full) if isinstance(full, dict) else list(full)
        copied[step] = value
        return wrap(copied)

    return place


def _full(spot: Spot, facts: Facts, kind: str, random: Random) -> Any:
    """A value with all its parts present, where such a one is valid; else any valid value of the type."""
    node = spot.node
    made: Any = None
    for attempt in range(_ATTEMPTS):
        try:
            if kind == "object":
                made = _object(node, facts, random, all_present=attempt < _ATTEMPTS // 2)
            elif kind == "array":
                made = items(node, facts, random, max(facts.min_items, len(facts.prefix), 1))
            else:
                return None
        except Unsatisfiable:
            continue
        if made is not None and (not node.fragile or node.accepts(made)):
            return made
    for _ in range(_ATTEMPTS * 4):
        value = node.make(random, 2)
        if isinstance(value, dict if kind == "object" else list):
            return value
    return made if made is not None else ({} if kind == "object" else [])


def _object(node: Node, facts: Facts, random: Random, all_present: bool) -> dict[str, Any]:
    out = {
        name: child.make(random, 1)
        for name, child in node.members(facts)
        if (name in facts.required or all_present) and child.possible()
    }
    for name in [each for each in out if each not in facts.required][::-1]:
        if len(out) > facts.max_properties:
            del out[name]
    if isinstance(facts.additional, dict) and not facts.pattern_properties and not out and facts.names is True:
        child = node.child(facts.additional, "*")
        if child.possible():
            out["key"] = child.make(random, 1)
    return out


def items(node: Node, facts: Facts, random: Random, count: int) -> list[Any] | None:
    """Exactly `count` items, or None."""
    if count > facts.max_items or (facts.items is False and count > len(facts.prefix)):
        count = int(min(facts.max_items, len(facts.prefix) if facts.items is False else math.inf))
    return exactly(node, facts, random, count)


def exactly(node: Node, facts: Facts, random: Random, count: int) -> list[Any] | None:
    out: list[Any] = []
    seen: set[str] = set()
    prefix = [node.child(free_schema(each), index) for index, each in enumerate(facts.prefix)]
    rest = node.child(free_schema(facts.items), len(prefix))
    wanted = node.wanted(facts)
    for index in range(count):
        child = prefix[index] if index < len(prefix) else rest
        if index >= count - len(wanted):
            child = wanted[index - count]
        if not child.possible():
            return None
        for _ in range(60):
            value = child.make(random, 1)
            key = canonical(value) if facts.unique else ""
            if not facts.unique or key not in seen:
                seen.add(key)
                out.append(value)
                break
        else:
            return None
    return out


def pointer(name: str) -> str:
    """A name as a token of a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
