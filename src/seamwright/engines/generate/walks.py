"""Puts each keyword of a schema at its limit, or breaks it, at every place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import chain, islice
from random import Random
from typing import Any

from seamwright.engines.generate.cases import Boundary, Gap, Invalid, Limit
from seamwright.engines.generate.dialect import Schema
from seamwright.engines.generate.facts import Facts, canonical
from seamwright.engines.generate.nodes import Node
from seamwright.engines.generate.numbers import Numbers
from seamwright.engines.generate.places import Spot, Standing, exactly, places, pointer
from seamwright.engines.generate.shapes import free_schema
from seamwright.engines.generate.text import Location, Text

__all__ = ["ITEMS_CAP", "Breaks", "boundaries", "invalids"]

ITEMS_CAP = 1_000
"""The longest array that is made to stand at a limit."""

_WRONG: dict[str, list[Any]] = {
    "string": ["abc"], "integer": [7], "number": [1.5], "boolean": [True], "null": [None],
    "array": [[], ["abc"]], "object": [{}, {"abc": 1}],
}  # fmt: skip
_AROUND = frozenset(("anyOf", "oneOf", "oneOfMultipleValid", "oneOfNotValid", "not", "if", "contains", "propertyNames"))

_ALSO = {
    "type": frozenset(("enum", "const")),
    "enum": frozenset(("const",)),
    "const": frozenset(("enum",)),
    "dependentRequired": frozenset(("required",)),
    "additionalProperties": frozenset(("falseSchema", "unevaluatedProperties")),
}
"""Keywords that cannot but be broken with another."""


class Breaks:
    """Asks the validator what a value breaks; compiled when first asked."""

    def __init__(self, wide: Callable[[], Schema]) -> None:
        self._wide = wide
        self._validator: Any = None

    def _ready(self) -> Any:
        if self._validator is None:
            import jsonschema_rs

            self._validator = jsonschema_rs.Draft202012Validator(self._wide(), validate_formats=True)
        return self._validator

    def accepts(self, value: Any) -> bool:
        """Whether the wide reading allows `value`."""
        return bool(self._ready().is_valid(value))

    def only(self, value: Any, keyword: str, place: str) -> str:
        """Empty when `value` is refused for `keyword` at `place` alone, else what is the matter with it."""
        allowed = _ALSO.get(keyword, frozenset()) | {keyword}
        errors = list(islice(self._ready().iter_errors(value), 20))
        if not errors:
            return "the schema still allows the value"
        for error in errors:
            where = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in error.instance_path)
            name = error.kind.name
            if name in allowed and where == place:
                continue
            if name in _AROUND and (place == where or place.startswith(where + "/")):
                continue
            return f"it cannot be broken without breaking {name} at '{where or '/'}' too"
        return ""


def boundaries(root: Node, random: Random, location: Location, gaps: dict[tuple[str, str], Gap]) -> Iterator[Boundary]:
    """Valid values, each with one keyword at its limit."""
    seen: set[str] = set()
    for case in places(root, random):
        for value, keyword, limit in _limits(case, random):
            whole = case.spot.wrap(value)
            if location != "body" and _lost(whole):
                continue
            if not root.accepts(whole):
                _tell(gaps, case.spot.place, keyword, "the rest of the schema refuses the value at the limit")
                continue
            key = canonical([whole, keyword, case.spot.place])
            if key not in seen:
                seen.add(key)
                if limit == "capped":
                    _tell(gaps, case.spot.place, keyword, "the limit is larger than anything that is sent")
                yield Boundary(whole, keyword, case.spot.place, limit)


def invalids(
    root: Node, random: Random, location: Location, breaks: Breaks, gaps: dict[tuple[str, str], Gap]
) -> Iterator[Invalid]:
    """Values that the validator refuses for one keyword at one place."""
    seen: set[str] = set()
    done: set[tuple[str, str]] = set()
    reached: set[str] = set()
    more: list[Invalid] = []
    for case in places(root, random):
        found: Iterator[tuple[Any, str, str, str]] = _broken(case, random)
        if case.spot.place not in reached:
            reached.add(case.spot.place)
            found = chain(_mistyped(case.spot, location), found)
        for value, keyword, step, why in found:
            whole = case.spot.wrap(value)
            if location != "body" and _lost(whole):
                continue
            key = canonical([whole, keyword])
            if key in seen:
                continue
            seen.add(key)
            place = case.spot.place + step
            matter = breaks.only(whole, keyword, case.spot.place)
            if matter:
                if (place, keyword) not in done:
                    _tell(gaps, place, keyword, matter)
            elif (place, keyword) in done:
                more.append(Invalid(whole, keyword, place, why))
            else:
                done.add((place, keyword))
                gaps.pop((place, keyword), None)
                yield Invalid(whole, keyword, place, why)
    yield from more


def _limits(case: Standing, random: Random) -> Iterator[tuple[Any, str, Limit]]:
    facts, node, full = case.facts, case.spot.node, case.full
    if case.kind == "null":
        yield None, "type", "at"
    elif case.kind == "boolean":
        yield True, "type", "at"
        yield False, "type", "at"
    elif case.kind == "object":
        yield from _object_limits(case, random)
    elif case.kind == "array":
        least, most = facts.min_items, facts.max_items
        for size, word, limit in _sizes(least, most, ITEMS_CAP, "minItems", "maxItems"):
            made = exactly(node, facts, random, size) if size <= ITEMS_CAP or limit != "capped" else None
            if made is not None:
                yield made, word, limit
        yield full, "items", "at"
    else:
        scalar = node.scalar(facts, case.kind)
        if isinstance(scalar, list):
            for member in scalar:
                yield member, "enum", "at"
        elif isinstance(scalar, Text):
            yield from scalar.limits(random)
        elif isinstance(scalar, Numbers):
            yield from scalar.limits()


def _object_limits(case: Standing, random: Random) -> Iterator[tuple[Any, str, Limit]]:
    facts, full = case.facts, case.full
    needed = {name: value for name, value in full.items() if name in facts.required}
    yield full, "properties", "at"
    if len(needed) < len(full):
        yield needed, "required", "at"
        for name in full:
            if name not in needed and len(full) - len(needed) > 1:
                yield {key: value for key, value in full.items() if key != name}, "required", "over"
    free = facts.additional is not False and facts.names is True and not facts.pattern_properties
    for size, word, limit in _sizes(facts.min_properties, facts.max_properties, 100, "minProperties", "maxProperties"):
        made = dict(needed)
        for name, value in full.items():
            if len(made) < size:
                made.setdefault(name, value)
        if free:
            child = case.spot.node.child(free_schema(facts.additional), "*")
            while len(made) < size and child.possible():
                made[f"extra{len(made)}"] = child.make(random, 1)
        if len(made) == size:
            yield made, word, limit


def _sizes(least: int, most: float, cap: int, low: str, high: str) -> Iterator[tuple[int, str, Limit]]:
    yield least, low, "at"
    if least and least + 1 <= most:
        yield least + 1, low, "over"
    if most != math.inf and most > cap:
        yield max(cap, least), high, "capped"
    elif most != math.inf:
        yield int(most), high, "at"
        if most - 1 >= least:
            yield int(most) - 1, high, "under"


def _mistyped(spot: Spot, location: Location) -> Iterator[tuple[Any, str, str, str]]:
    """Values of each type that no alternative allows."""
    types = {kind for facts in spot.node.alternatives for kind in facts.types}
    if location != "body":
        if not types & {"string", "object", "array"}:
            for text in ("abc", "1.5", "true") if types == {"integer"} else ("abc",):
                yield text, "type", "", f"the text {text!r} where {_listed(types)} is expected"
        return
    for kind, values in _WRONG.items():
        if kind in types or (kind == "integer" and "number" in types):
            continue
        for value in values:
            yield value, "type", "", f"{kind} where {_listed(types)} is expected"


def _broken(case: Standing, random: Random) -> Iterator[tuple[Any, str, str, str]]:
    """Candidates: value, keyword, the step from the spot to the broken place, and why."""
    facts, node, full = case.facts, case.spot.node, case.full
    if case.kind == "object":
        yield from _broken_object(case, random)
    elif case.kind == "array":
        if facts.min_items:
            yield (
                full[: facts.min_items - 1],
                "minItems",
                "",
                f"{facts.min_items - 1} items, {facts.min_items} is the least",
            )
        if facts.max_items < ITEMS_CAP:
            size = int(facts.max_items) + 1
            made = exactly(node, facts, random, size)
            if made is not None:
                yield made, "maxItems", "", f"{size} items, {size - 1} is the most"
        if facts.unique and full:
            room = full if len(full) < facts.max_items else full[:-1]
            yield [*(room or full), (room or full)[0]], "uniqueItems", "", "the first item is there twice"
        for each in facts.contains:
            found = [item for item in full if not node.child(each.schema, "0").accepts(item)]
            yield found, "contains", "", "no item is of the kind that must be there"
    elif case.kind == "enum":
        yield from _broken_enum(facts, random)
    else:
        scalar = node.scalar(facts, case.kind)
        if isinstance(scalar, (Text, Numbers)):
            for value, keyword, why in scalar.broken(random):
                yield value, keyword, "", why


def _broken_object(case: Standing, random: Random) -> Iterator[tuple[Any, str, str, str]]:
    facts, full = case.facts, case.full
    for name in facts.required:
        if name in full:
            without = {key: value for key, value in full.items() if key != name}
            yield without, "required", f"/{pointer(name)}", f"{name} is missing"
    if facts.additional is False:
        for name in ("unexpected", "x_unexpected_1"):
            if name not in full:
                yield {**full, name: "abc"}, "additionalProperties", f"/{name}", "a property that is not declared"
                break
    if facts.min_properties:
        fewer = dict(list(full.items())[: facts.min_properties - 1])
        yield fewer, "minProperties", "", f"{len(fewer)} properties, {facts.min_properties} is the least"
    if facts.max_properties < 100 and facts.additional is not False:
        child = case.spot.node.child(free_schema(facts.additional), "*")
        more = dict(full)
        while len(more) <= facts.max_properties and child.possible():
            more[f"extra{len(more)}"] = child.make(random, 1)
        yield more, "maxProperties", "", f"{len(more)} properties, {int(facts.max_properties)} is the most"
    for name, needs in facts.dependent.items():
        for each in needs:
            if name in full and each in full and each not in facts.required:
                without = {key: value for key, value in full.items() if key != each}
                yield without, "dependentRequired", f"/{pointer(each)}", f"{each} is missing beside {name}"
    if facts.names is not True and isinstance(facts.additional, dict | bool) and facts.additional is not False:
        child = case.spot.node.child(free_schema(facts.additional), "*")
        if child.possible():
            for name in ("", "Not A Name!", "0", "x" * 200):
                yield {**full, name: child.make(random, 1)}, "propertyNames", "", f"the name {name[:20]!r}"


def _broken_enum(facts: Facts, random: Random) -> Iterator[tuple[Any, str, str, str]]:
    """Values of the right type that are not listed."""
    members = facts.enum or ()
    keys = {canonical(each) for each in members}
    for member in members[:3]:
        tries: list[Any] = []
        if isinstance(member, str):
            tries = [member + "x", member.swapcase(), member[:-1], "not-listed"]
        elif isinstance(member, bool):
            tries = [not member]
        elif isinstance(member, (int, float)):
            tries = [member + 1, member - 1, member + 1000]
        elif isinstance(member, list):
            tries = [[*member, "not-listed"]]
        elif isinstance(member, dict):
            tries = [{**member, "not-listed": 1}]
        for value in tries:
            if canonical(value) not in keys:
                yield value, facts.listed, "", f"{value!r} is not a listed value"


def _listed(types: set[str]) -> str:
    return " or ".join(sorted(types))


def _lost(value: Any) -> bool:
    """Whether a parameter of this value would not be seen at all."""
    return value is None or value in ([], {}, "")


def _tell(gaps: dict[tuple[str, str], Gap], place: str, keyword: str, why: str) -> None:
    gaps.setdefault((place, keyword), Gap(place, keyword, why))
