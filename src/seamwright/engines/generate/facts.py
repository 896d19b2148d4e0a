"""Brings a schema into a choice of flat alternatives: `$ref`, `allOf`, `anyOf`, `oneOf` and `if` worked out.

An alternative is a `Facts`: what one flat schema says, all that is joined to it included. Where the working out is
not exact (`not`, overlapping `oneOf`, ...) `needs_check` says so, and values are then also asked of the validator.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from seamwright.engines.generate.dialect import UNREADABLE, Schema
from seamwright.engines.generate.patterns import matches

__all__ = [
    "ANY",
    "TYPES",
    "Contains",
    "Facts",
    "Problems",
    "alternatives",
    "canonical",
    "conjoin",
    "exact",
    "named",
    "needs_check",
]

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
"""Every type, in the fixed order in which they are walked: the stream of values must not depend on hashing."""

ANY = frozenset(TYPES) - {"integer"}
_MOST = 64
_HINTS = {
    "object": ("properties", "patternProperties", "required", "propertyNames", "minProperties", "maxProperties",
               "additionalProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("minLength", "maxLength", "pattern", UNREADABLE, "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}  # fmt: skip
_NUMERIC_FORMATS = (
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float",
    "double",
    "decimal",
)

Definition = Callable[[str], Schema]
Problems = list[tuple[str, str]]
"""Why alternatives fell away: keyword and reason."""


@dataclass(frozen=True, slots=True)
class Contains:
    """`contains` with its counts."""

    schema: Schema
    least: int
    most: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What one flat schema allows. `low` and `high` are (value, exclusive)."""

    types: frozenset[str] = ANY
    hints: frozenset[str] = frozenset()
    enum: tuple[Any, ...] | None = None
    listed: str = "enum"
    low: tuple[Fraction, bool] | None = None
    high: tuple[Fraction, bool] | None = None
    multiples: tuple[Fraction, ...] = ()
    min_length: int = 0
    max_length: float = math.inf
    patterns: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    min_items: int = 0
    max_items: float = math.inf
    prefix: tuple[Schema, ...] = ()
    items: Schema = True
    contains: tuple[Contains, ...] = ()
    unique: bool = False
    properties: Mapping[str, Schema] = field(default_factory=dict)
    pattern_properties: Mapping[str, Schema] = field(default_factory=dict)
    additional: Schema = True
    names: Schema = True
    required: tuple[str, ...] = ()
    min_properties: int = 0
    max_properties: float = math.inf
    dependent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    examples: tuple[Any, ...] = ()

    def ordered_types(self) -> list[str]:
        """The types that values are made of: the stated ones, or those that the other keywords speak of."""
        chosen = self.types & (self.hints | {"null"}) if self.types == ANY and self.hints else self.types
        return [each for each in TYPES if each in (chosen - {"null"} if self.types == ANY else chosen)]


def canonical(value: Any) -> str:
    """A text that two JSON values share exactly when JSON Schema calls them equal."""
    return json.dumps(_levelled(value), sort_keys=True, ensure_ascii=False)


def exact(value: float) -> Fraction:
    """The decimal number that was written in the schema, without the error of binary floats."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def conjoin(first: Schema, second: Schema) -> Schema:
    """The schema of what both allow."""
    if first is True or second is False:
        return second
    if second is True or first is False:
        return first
    parts: dict[str, Schema] = {}
    for each in (first, second):
        assert isinstance(each, dict)
        for part in each["allOf"] if list(each) == ["allOf"] else [each]:
            parts[json.dumps(part, sort_keys=True)] = part
    found = list(parts.values())
    return found[0] if len(found) == 1 else {"allOf": found}


def alternatives(schema: Schema, definition: Definition, problems: Problems, seen: tuple[str, ...] = ()) -> list[Facts]:
    """The flat alternatives of `schema` (64 at most), in the order written; empty when it allows nothing."""
    if schema is True:
        return [Facts()]
    if schema is False:
        problems.append(("false", "allows nothing"))
        return []
    assert isinstance(schema, dict)
    found = [_own(schema)]
    ref = schema.get("$ref")
    if ref is not None:
        if ref in seen:
            problems.append(("$ref", "leads back to itself without anything in between"))
            return []
        found = _product(found, alternatives(definition(ref), definition, problems, (*seen, ref)), problems)
    for part in schema.get("allOf", ()):
        found = _product(found, alternatives(part, definition, problems, seen), problems)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            options = [each for part in schema[key] for each in alternatives(part, definition, problems, seen)]
            found = _product(found, options, problems)
    if "if" in schema:
        then = alternatives(conjoin(schema["if"], schema.get("then", True)), definition, problems, seen)
        other = alternatives(schema.get("else", True), definition, problems, seen)
        found = _product(found, then + other, problems)
    if "not" in schema:
        found = _excluded(found, schema["not"])
    for name, needs in schema.get("dependentSchemas", {}).items():
        absent = Facts(properties={name: False})
        present = [
            replace(each, required=tuple(dict.fromkeys((*each.required, name))))
            for each in alternatives(needs, definition, problems, seen)
        ]
        found = _product(found, [absent, *present], problems)
    if "unevaluatedProperties" in schema:
        rest = schema["unevaluatedProperties"]
        found = [replace(each, additional=rest) if each.additional is True else each for each in found]
    if schema.get("unevaluatedItems") is False:
        found = [
            replace(each, items={"anyOf": [one.schema for one in each.contains]} if each.contains else False)
            if each.items is True
            else each
            for each in found
        ]
    return found


def named(facts: Facts, name: str) -> Schema:
    """What `facts` say of the property `name`, listed or not."""
    found = facts.properties.get(name)
    for pattern, schema in facts.pattern_properties.items():
        if matches(pattern)(name):
            found = schema if found is None else conjoin(found, schema)
    return facts.additional if found is None else found


def needs_check(schema: Schema, definition: Definition, seen: tuple[str, ...] = ()) -> bool:
    """Whether values of the alternatives can still be refused by `schema` itself."""
    if isinstance(schema, bool):
        return False
    if any(key in schema for key in ("not", "if", "dependentSchemas", "patternProperties", "propertyNames")):
        return True
    if "contains" in schema or "unevaluatedItems" in schema:
        return True
    if "oneOf" in schema and not _apart(schema["oneOf"], definition, seen):
        return True
    ref = schema.get("$ref")
    if ref is not None and ref not in seen and needs_check(definition(ref), definition, (*seen, ref)):
        return True
    return any(
        needs_check(part, definition, seen) for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())
    )


def _own(schema: dict[str, Any]) -> Facts:
    """The facts of the flat keywords of one schema."""
    stated = frozenset(schema["type"]) if "type" in schema else ANY
    enum = schema.get("enum")
    if "const" in schema:
        enum = [each for each in (enum or [schema["const"]]) if canonical(each) == canonical(schema["const"])]
    hints = {kind for kind, keys in _HINTS.items() if any(key in schema for key in keys)}
    if schema.get("format") in _NUMERIC_FORMATS:
        hints = hints - {"string"} | {"number"}
    contains: tuple[Contains, ...] = ()
    if "contains" in schema:
        contains = (Contains(schema["contains"], schema.get("minContains", 1), schema.get("maxContains", math.inf)),)
    return Facts(
        types=stated - {"integer"} if "number" in stated else stated,
        hints=frozenset(hints),
        enum=None if enum is None else tuple(enum),
        listed="const" if "const" in schema else "enum",
        low=_tighter(_limit(schema, "minimum", False), _limit(schema, "exclusiveMinimum", True), 1),
        high=_tighter(_limit(schema, "maximum", False), _limit(schema, "exclusiveMaximum", True), -1),
        multiples=(exact(schema["multipleOf"]),) if "multipleOf" in schema else (),
        min_length=schema.get("minLength", 0),
        max_length=schema.get("maxLength", math.inf),
        patterns=(schema["pattern"],) if "pattern" in schema else (),
        unreadable=(schema[UNREADABLE],) if UNREADABLE in schema else (),
        formats=(schema["format"],) if "format" in schema else (),
        min_items=schema.get("minItems", 0),
        max_items=schema.get("maxItems", math.inf),
        prefix=tuple(schema.get("prefixItems", ())),
        items=schema.get("items", True),
        contains=contains,
        unique=schema.get("uniqueItems", False),
        properties=schema.get("properties", {}),
        pattern_properties=schema.get("patternProperties", {}),
        additional=schema.get("additionalProperties", True),
        names=schema.get("propertyNames", True),
        required=tuple(schema.get("required", ())),
        min_properties=schema.get("minProperties", 0),
        max_properties=schema.get("maxProperties", math.inf),
        dependent={name: tuple(needs) for name, needs in schema.get("dependentRequired", {}).items()},
        examples=tuple(schema.get("examples", ())),
    )


def _product(left: list[Facts], right: list[Facts], problems: Problems) -> list[Facts]:
    if len(left) == 1 and left[0] == Facts():
        return right[:_MOST]
    if len(right) == 1 and right[0] == Facts():
        return left
    out: list[Facts] = []
    for one in left:
        for other in right:
            met = _meet(one, other)
            if not met.types:
                problems.append(("allOf", "asks for types that exclude each other"))
            elif met.enum == ():
                problems.append(("enum", "has no member that all joined schemas allow"))
            else:
                out.append(met)
    return out[:_MOST]


def _meet(one: Facts, other: Facts) -> Facts:
    types = one.types & other.types
    if ("number" in one.types and "integer" in other.types) or ("integer" in one.types and "number" in other.types):
        types |= {"integer"}
    enum = one.enum if other.enum is None else other.enum
    if one.enum is not None and other.enum is not None:
        kept = {canonical(each) for each in other.enum}
        enum = tuple(each for each in one.enum if canonical(each) in kept)
    length = max(len(one.prefix), len(other.prefix))
    return Facts(
        types=types,
        hints=one.hints | other.hints,
        enum=enum,
        listed="const" if "const" in (one.listed, other.listed) else "enum",
        low=_tighter(one.low, other.low, 1),
        high=_tighter(one.high, other.high, -1),
        multiples=tuple(dict.fromkeys(one.multiples + other.multiples)),
        min_length=max(one.min_length, other.min_length),
        max_length=min(one.max_length, other.max_length),
        patterns=tuple(dict.fromkeys(one.patterns + other.patterns)),
        unreadable=one.unreadable + other.unreadable,
        formats=tuple(dict.fromkeys(one.formats + other.formats)),
        min_items=max(one.min_items, other.min_items),
        max_items=min(one.max_items, other.max_items),
        prefix=tuple(conjoin(_at(one, index), _at(other, index)) for index in range(length)),
        items=conjoin(one.items, other.items),
        contains=tuple({canonical(each.schema): each for each in one.contains + other.contains}.values()),
        unique=one.unique or other.unique,
        properties={
            name: conjoin(named(one, name), named(other, name))
            for name in dict.fromkeys((*one.properties, *other.properties))
        },
        pattern_properties={
            key: conjoin(one.pattern_properties.get(key, True), other.pattern_properties.get(key, True))
            for key in dict.fromkeys((*one.pattern_properties, *other.pattern_properties))
        },
        additional=conjoin(one.additional, other.additional),
        names=conjoin(one.names, other.names),
        required=tuple(dict.fromkeys(one.required + other.required)),
        min_properties=max(one.min_properties, other.min_properties),
        max_properties=min(one.max_properties, other.max_properties),
        dependent={
            name: tuple(dict.fromkeys(one.dependent.get(name, ()) + other.dependent.get(name, ())))
            for name in dict.fromkeys((*one.dependent, *other.dependent))
        },
        examples=one.examples + other.examples,
    )


def _at(facts: Facts, index: int) -> Schema:
    return facts.prefix[index] if index < len(facts.prefix) else facts.items


def _excluded(found: list[Facts], banned: Schema) -> list[Facts]:
    """Takes the simple negations into account; the others are left to the validator."""
    if banned is True:
        return []
    if isinstance(banned, dict) and set(banned) == {"type"}:
        gone = frozenset(banned["type"])
        gone = gone | {"integer"} if "number" in gone else gone
        return [replace(each, types=each.types - gone) for each in found if each.types - gone]
    if isinstance(banned, dict) and set(banned) <= {"required", "type"} and len(banned.get("required", ())) == 1:
        name = banned["required"][0]
        return [replace(each, properties={**each.properties, name: False}) for each in found]
    return found


def _apart(branches: Iterable[Schema], definition: Definition, seen: tuple[str, ...]) -> bool:
    """Whether no value can satisfy two of the branches."""
    problems: Problems = []
    flat = [alternatives(branch, definition, problems, seen) for branch in branches]
    if len(flat) > 32 or any(keyword == "$ref" for keyword, _ in problems):
        return False
    if any(needs_check(branch, definition, seen) for branch in branches):
        return False
    pairs = [(one, other) for index, one in enumerate(flat) for other in flat[index + 1 :]]
    return all(_disjoint(one, other, definition) for ones, others in pairs for one in ones for other in others)


def _disjoint(one: Facts, other: Facts, definition: Definition) -> bool:
    met = _meet(one, other)
    if not met.types or met.enum == ():
        return True
    if met.types != {"object"}:
        return False
    for name in {**one.properties, **other.properties}:
        if name in one.required and name in other.required:
            here, there = _members(named(one, name), definition), _members(named(other, name), definition)
            if here is not None and there is not None and not here & there:
                return True
        elif (name in one.required and named(other, name) is False) or (
            name in other.required and named(one, name) is False
        ):
            return True
    return False


def _members(schema: Schema, definition: Definition) -> frozenset[str] | None:
    """The values that a schema lists, when every alternative of it lists some."""
    found: set[str] = set()
    for facts in alternatives(schema, definition, []):
        if facts.enum is None:
            return None
        found.update(canonical(each) for each in facts.enum)
    return frozenset(found)


def _limit(schema: dict[str, Any], key: str, exclusive: bool) -> tuple[Fraction, bool] | None:
    return (exact(schema[key]), exclusive) if key in schema else None


def _tighter(
    one: tuple[Fraction, bool] | None, other: tuple[Fraction, bool] | None, sign: int
) -> tuple[Fraction, bool] | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda each: (sign * each[0], each[1]))


def _levelled(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _levelled(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_levelled(each) for each in value]
    return value
