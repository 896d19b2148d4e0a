"""Compiles a schema to spots with their points, breadth first; references are followed once on each path."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from seamwright.contracts.bundle import escaped
from seamwright.contracts.coverage.keywords import Look, broken_type, keywords, kind_of
from seamwright.contracts.coverage.points import BROKEN, LEFT_OUT, SENT, VALID, Points, Universe
from seamwright.contracts.coverage.spots import Choice, Spot
from seamwright.contracts.dialect import ABSENT
from seamwright.contracts.texts import readings
from seamwright.model.operation import Contract, Schema

__all__ = ["ROOM", "Document", "Reader", "compiled", "reader"]

Reader = Callable[[Any], Any]

_REF = "#/$defs/"
_EVERY = frozenset({"string", "number", "boolean", "null", "array", "object"})
_LOOSE = frozenset({"string", "array", "object"})
"""Types that any text is one of, where values travel as text."""

_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_LONGEST = 64
"""Characters of a text that may still be a number."""

_ABSENT = {"not": {"title": ABSENT["request"]}}
"""What the translation puts in the place of a property that has no place in a request."""

ROOM = 5_000
"""Schemas that are joined into the spots of one body or parameter at most: alternatives of alternatives multiply."""

Document = dict[str, Any] | bool


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A part of the value whose schema is still to be compiled into its spot."""

    spot: Spot
    schema: Any
    trail: frozenset[str]


def compiled(universe: Universe, document: Document, place: str, *, textual: str = "", form: bool = False) -> Spot:
    """The spot of a translated schema (see `contracts.dialect`) at a place, its points added to the universe.

    `textual` is where values travel as text (`path`, `query` …), empty for a body; with `form`, the fields of the
    value travel as text.
    """
    return _Compiler(universe, document, textual, form).compile(place)


def reader(contract: Contract, schema: Schema, document: Document, *, explode: bool = False) -> Reader | None:
    """Gives what a text stands for by its schema, the likeliest; None where every text is its own value."""
    defs = document.get("$defs", {}) if isinstance(document, Mapping) else {}
    types = _Types(defs).of(document) - {"null"}
    if types <= {"string"} or not types & {"array", "object"}:
        return _scalar(types)

    def read(value: Any) -> Any:
        return readings(contract, schema, value, explode=explode)[0] if type(value) is str else value

    return read


def _scalar(types: frozenset[str]) -> Reader | None:
    """Reads the texts of scalars."""
    whole, number, boolean = "integer" in types, "number" in types, "boolean" in types
    if not (whole or number or boolean):
        return None

    def read(value: Any) -> Any:
        if type(value) is not str or len(value) > _LONGEST:
            return value
        if boolean and value in ("true", "false"):
            return value == "true"
        if (whole or number) and _INTEGER.fullmatch(value):
            return int(value)
        return float(value) if number and _NUMBER.fullmatch(value) else value

    return read


class _Compiler:
    def __init__(self, universe: Universe, document: Document, textual: str, form: bool) -> None:
        self.universe = universe
        self.document = document
        self.defs: Mapping[str, Any] = document.get("$defs", {}) if isinstance(document, Mapping) else {}
        self.textual = textual
        self.form = form
        self.waiting: deque[_Waiting] = deque()
        self.allowed = _Types(self.defs)
        self.types: dict[int, tuple[Spot, frozenset[str]]] = {}
        self.properties: dict[int, tuple[Spot, dict[str, bool]]] = {}
        """Of each spot the properties that it knows, and whether they are required; their points come last."""
        self.reserved = 0
        self.room = ROOM

    def compile(self, place: str) -> Spot:
        root = Spot(place)
        self.part(root, self.document, frozenset())
        while self.waiting:
            each = self.waiting.popleft()
            if self.universe.room <= self.reserved:
                self.universe.clipped = True
            else:
                self.part(each.spot, each.schema, each.trail)
        for spot, named in self.properties.values():
            self.present(spot, named)
        for spot, allowed in self.types.values():
            self.type_of(spot, allowed)
        _settle(root)
        return root

    def part(self, spot: Spot, schema: Any, trail: frozenset[str]) -> None:
        """What a schema says of a whole part; several may speak about one part, and all of them hold."""
        allowed = self.allowed.of(schema)
        before = self.types.get(id(spot))
        self.types[id(spot)] = (spot, allowed if before is None else _both(before[1], allowed))
        self.gather(spot, schema, trail)

    def gather(self, spot: Spot, schema: Any, trail: frozenset[str]) -> None:
        """What a schema, and those that are joined to it, say at this place."""
        if not isinstance(schema, Mapping):
            return
        self.room -= 1
        if self.room < 0:
            self.universe.clipped = True
            return
        ref = schema.get("$ref")
        if isinstance(ref, str) and ref not in trail:
            self.gather(spot, self.target(ref), trail | {ref})
        textual = self.travels_as_text(spot)
        for keyword in keywords(schema, textual=textual, path=self.textual == "path"):
            self.look_for(spot, keyword.name, keyword.aspects, keyword.look)
        self.object(spot, schema, trail)
        self.array(spot, schema, trail)
        self.held(spot, schema)
        for each in schema.get("allOf", ()):
            self.gather(spot, each, trail)
        for name in ("anyOf", "oneOf"):
            if name in schema:
                self.alternatives(spot, name, schema[name], trail)
        self.conditional(spot, schema, trail)

    def target(self, ref: str) -> Any:
        return self.defs.get(ref.removeprefix(_REF), True)

    def travels_as_text(self, spot: Spot) -> bool:
        return bool(self.textual) or (self.form and spot.above is not None and spot.above.above is None)

    def look_for(self, spot: Spot, name: str, aspects: tuple[str, ...], look: Look) -> Points:
        points = self.universe.at("keyword", spot.place, name, *aspects)
        spot.look_for(look, points)
        return points

    def type_of(self, spot: Spot, allowed: frozenset[str]) -> None:
        """The types that a value may have, one point each; all of them together are no promise."""
        if allowed >= _EVERY or not allowed:
            return
        text = self.travels_as_text(spot)
        kinds = [kind for kind in sorted(allowed) if not (text and kind == "null")]
        aspects = tuple(kind for kind in kinds if not (kind == "integer" and "number" in allowed))
        if not (text and allowed & _LOOSE):
            aspects = (*aspects, BROKEN)
        if self.form and text:
            spot.read = _scalar(allowed)
        self.look_for(spot, "type", aspects, broken_type(allowed))

    # -- parts --------------------------------------------------------------------------------------------------------

    def object(self, spot: Spot, schema: Mapping[str, Any], trail: frozenset[str]) -> None:
        named = _mapping(schema.get("properties"))
        properties = {name: child for name, child in named.items() if child != _ABSENT}
        required = [name for name in schema.get("required", ()) if isinstance(name, str)]
        if properties or required:
            known = self.properties.setdefault(id(spot), (spot, {}))[1]
            for name in (*properties, *required):
                self.reserved += 0 if name in known else 2
                known[name] = known.get(name, False) or name in required
        for name, child in properties.items():
            part = spot.members.get(name)
            if part is None:
                part = spot.members[name] = Spot(f"{spot.place}/{escaped(name)}", spot)
            self.waiting.append(_Waiting(part, child, trail))
        spot.named = spot.named | frozenset(named)
        self.others(spot, schema, trail)

    def present(self, spot: Spot, named: Mapping[str, bool]) -> None:
        for name, required in named.items():
            missing = BROKEN if required else LEFT_OUT
            word = "required" if required else "optional"
            points = self.universe.at("property", f"{spot.place}/{escaped(name)}", word, SENT, missing)
            spot.look_for(_presence(name, missing), points)

    def others(self, spot: Spot, schema: Mapping[str, Any], trail: frozenset[str]) -> None:
        """Properties that are not named: forbidden, or of a schema of their own."""
        patterns = [re.compile(each) for each in _mapping(schema.get("patternProperties")) if _readable(each)]
        if schema.get("additionalProperties") is False:
            look = _nothing_else(frozenset(_mapping(schema.get("properties"))), patterns)
            self.look_for(spot, "additionalProperties", (VALID, BROKEN), look)
        rest = [*_mapping(schema.get("patternProperties")).values(), schema.get("additionalProperties")]
        for child in rest:
            if isinstance(child, Mapping) and child:
                if spot.rest is None:
                    spot.rest = Spot(f"{spot.place}/*", spot)
                self.waiting.append(_Waiting(spot.rest, child, trail))

    def array(self, spot: Spot, schema: Mapping[str, Any], trail: frozenset[str]) -> None:
        prefix = [each for each in schema.get("prefixItems", ()) if isinstance(each, Mapping)]
        if prefix and not spot.prefix:
            spot.prefix = tuple(Spot(f"{spot.place}/{index}", spot) for index in range(len(prefix)))
        for part, child in zip(spot.prefix, prefix, strict=False):
            self.waiting.append(_Waiting(part, child, trail))
        if isinstance(schema.get("items"), Mapping):
            if spot.items is None:
                spot.items = Spot(f"{spot.place}/*", spot)
            self.waiting.append(_Waiting(spot.items, schema["items"], trail))

    # -- keywords that hold schemas -----------------------------------------------------------------------------------

    def held(self, spot: Spot, schema: Mapping[str, Any]) -> None:
        """Keywords that are told apart by the validator alone, and properties that ask for others."""
        for name, also, kind in (
            ("not", (), None),
            ("contains", ("minContains", "maxContains"), "array"),
            ("propertyNames", (), "object"),
        ):
            if isinstance(schema.get(name), Mapping):
                part = {key: schema[key] for key in (name, *also) if key in schema}
                self.look_for(spot, name, (VALID, BROKEN), _checked(self.check(part), kind))
        for name, needs in _mapping(schema.get("dependentRequired")).items():
            if isinstance(needs, list) and needs:
                here = self.universe.at("keyword", f"{spot.place}/{escaped(name)}", "dependentRequired", VALID, BROKEN)
                spot.look_for(_dependent(name, needs), here)

    def alternatives(self, spot: Spot, name: str, branches: list[Any], trail: frozenset[str]) -> None:
        real = [each for each in branches if each != {"type": "null"}]
        if len(real) == 1:
            self.gather(spot, real[0], trail)  # null beside it is told by the type
            return
        taken = [
            (self.check(each), self.called(each, number), self.branch(spot, each, trail))
            for number, each in enumerate(real, 1)
        ]
        points = self.universe.at("keyword", spot.place, name, *(aspect for _, aspect, _ in taken), BROKEN)
        spot.choose(Choice(points, taken))

    def branch(self, spot: Spot, schema: Any, trail: frozenset[str]) -> Spot:
        branch = Spot(spot.place, spot)
        self.gather(branch, schema, trail)
        return branch

    def called(self, branch: Any, number: int) -> str:
        """How an alternative is called: by its title or type, where it says one, and its number."""
        seen: set[str] = set()
        node = branch
        while isinstance(node, Mapping) and isinstance(node.get("$ref"), str) and node["$ref"] not in seen:
            seen.add(node["$ref"])
            node = self.target(node["$ref"])
        told = node.get("type") if isinstance(node, Mapping) else None
        return f"{number} ({told})" if isinstance(told, str) and told != "object" else str(number)

    def conditional(self, spot: Spot, schema: Mapping[str, Any], trail: frozenset[str]) -> None:
        if isinstance(schema.get("if"), Mapping) and ("then" in schema or "else" in schema):
            holds = self.check(schema["if"])
            then = self.branch(spot, schema.get("then"), trail)
            other = self.branch(spot, schema.get("else"), trail)
            points = self.universe.at("keyword", spot.place, "if", "then", "else")
            spot.choose(Choice(points, [(holds, "then", then), (lambda value: not holds(value), "else", other)]))
        for name, child in _mapping(schema.get("dependentSchemas")).items():
            branch = self.branch(spot, child, trail)
            spot.choose(Choice(None, [(_has(name), "", branch), (_always, "", Spot(spot.place, spot))]))

    def check(self, schema: Any) -> Callable[[Any], bool]:
        """Whether a value keeps to a part of the document; compiled when it is first asked."""
        if schema == {"type": "null"}:
            return lambda value: value is None
        found: list[Callable[[Any], bool]] = []
        defs = self.defs

        def holds(value: Any) -> bool:
            if not found:
                whole = {**schema, "$defs": defs} if isinstance(schema, Mapping) else schema
                found.append(jsonschema_rs.Draft202012Validator(whole, validate_formats=True, offline=True).is_valid)
            return found[0](value)

        return holds


def _settle(spot: Spot) -> None:
    """Take out every part that has nothing to look for, the deepest first."""
    for part in _parts(spot):
        _settle(part)
    spot.settle()


def _parts(spot: Spot) -> Iterator[Spot]:
    yield from list(spot.members.values())
    yield from spot.prefix
    for each in (spot.rest, spot.items):
        if each is not None:
            yield each
    for choice in spot.choices:
        for _, _, branch in choice.branches:
            yield branch


class _Types:
    """The types that a value may have by a schema and all that is joined to it; each definition is worked out once."""

    def __init__(self, defs: Mapping[str, Any]) -> None:
        self._defs = defs
        self._known: dict[str, frozenset[str]] = {}

    def of(self, schema: Any) -> frozenset[str]:
        if schema is False:
            return frozenset()
        if not isinstance(schema, Mapping):
            return _EVERY
        told = schema.get("type")
        found = frozenset([told] if isinstance(told, str) else told) if told else _EVERY
        ref = schema.get("$ref")
        if isinstance(ref, str):
            if ref not in self._known:
                self._known[ref] = _EVERY  # what a definition says of itself narrows nothing
                self._known[ref] = self.of(self._defs.get(ref.removeprefix(_REF), True))
            found = _both(found, self._known[ref])
        for each in schema.get("allOf", ()):
            found = _both(found, self.of(each))
        for name in ("anyOf", "oneOf"):
            if name in schema:
                found = _both(found, frozenset().union(*(self.of(each) for each in schema[name])))
        return found


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    both = one & other
    if ("number" in one and "integer" in other) or ("integer" in one and "number" in other):
        both |= {"integer"}
    return both


def _presence(name: str, missing: str) -> Look:
    def look(value: Any) -> str | None:
        if type(value) is not dict:
            return None
        return SENT if name in value else missing

    return look


def _nothing_else(named: frozenset[str], patterns: list[re.Pattern[str]]) -> Look:
    def look(value: Any) -> str | None:
        if type(value) is not dict:
            return None
        free = (name for name in value if name not in named)
        return BROKEN if any(not any(each.search(name) for each in patterns) for name in free) else VALID

    return look


def _checked(holds: Callable[[Any], bool], kind: str | None) -> Look:
    def look(value: Any) -> str | None:
        if kind is not None and kind_of(value) != kind:
            return None
        return VALID if holds(value) else BROKEN

    return look


def _dependent(name: str, needs: list[Any]) -> Look:
    def look(value: Any) -> str | None:
        if type(value) is not dict or name not in value:
            return None
        return VALID if all(each in value for each in needs) else BROKEN

    return look


def _has(name: str) -> Callable[[Any], bool]:
    return lambda value: type(value) is dict and name in value


def _always(value: Any) -> bool:
    return True


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _readable(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
