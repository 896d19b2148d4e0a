"""Gives the schemas of a document their normal form, each once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seamwright.contracts.diff.schemas.shape import NEVER, OPEN, Branch, Notes, Part, Raw, Shape, Union
from seamwright.contracts.schemas import TYPES
from seamwright.model.operation import Contract

__all__ = ["Schemas", "constrains", "written"]

_SAYS_NOTHING = frozenset(
    {"title", "description", "summary", "example", "examples", "externalDocs", "xml", "$comment", "$id", "$schema"}
    | {"$anchor", "$dynamicAnchor", "$defs", "definitions", "id"}
)
_NOTES = frozenset({"default", "deprecated", "readOnly", "writeOnly", "discriminator"})
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
# No constraint at all, so the same as leaving it out.
_IDLE = {"minLength": 0, "minItems": 0, "minProperties": 0, "minContains": 1}
_SINGLES = ("items", "additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "contains")
_UNIONS = ("oneOf", "anyOf")
_LIMITS = frozenset((*_LEAST, *_MOST))
_OF_OBJECTS = frozenset({"properties", "patternProperties", "required", "dependentRequired", "dependentSchemas"})
_OF_THE_REST = frozenset(
    {*_SINGLES, "prefixItems", "contentSchema", "contentMediaType", "contentEncoding", "not", "if", "then", "else"}
)
_OF_NOTES = _NOTES | {"x-sunset", "x-stability-level", "x-extensible-enum"}
_NO_NOTES = Notes()


def constrains(raw: Raw) -> bool:
    """Whether a schema says anything of which values are allowed."""
    return any(key not in _SAYS_NOTHING and key not in _NOTES and not key.startswith("x-") for key in raw)


def written(value: Any) -> str:
    """A JSON value as text; two values that JSON Schema calls equal have one text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


class Schemas:
    """The schemas of one contract. Whatever is no schema at all counts as one that allows everything."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.siblings = contract.dialect == "3.1"
        """Whether keywords beside a `$ref` count (JSON Schema 2020-12, section 8.2.3.1)."""
        self._parts: dict[tuple[int, ...], Part] = {}
        self._targets: dict[str, Raw] = {}
        self._bare: dict[int, Raw] = {}

    def part(self, *raws: Any) -> Part:
        """The schemas that hold together at a place; the same object for the same schemas."""
        followed = [self.followed(raw) for raw in raws]
        unique = {id(raw): raw for raw in followed}
        key = tuple(unique)
        part = self._parts.get(key)
        if part is None:
            part = self._parts[key] = Part(tuple(unique.values()), key)
        return part

    def followed(self, raw: Any) -> Raw:
        """A schema with its reference followed to the end, unless something that counts stands beside it."""
        if isinstance(raw, dict) and "$ref" not in raw:
            return raw
        seen: set[str] = set()
        while isinstance(raw, Mapping):
            ref = raw.get("$ref")
            if not isinstance(ref, str) or (self.siblings and any(k != "$ref" and k not in _SAYS_NOTHING for k in raw)):
                return raw
            if ref in seen:
                return OPEN
            seen.add(ref)
            raw = self.target(ref)
        return NEVER if raw is False else OPEN

    def target(self, ref: str) -> Any:
        """What a reference leads to; a schema that allows everything where it leads nowhere."""
        if ref not in self._targets:
            try:
                self._targets[ref] = self._contract.resolve(ref)
            except KeyError:
                self._targets[ref] = OPEN
        return self._targets[ref]

    def leads(self, ref: str) -> bool:
        """Whether a reference leads somewhere."""
        return self.target(ref) is not OPEN

    def shape(self, part: Part) -> Shape:
        """The normal form of a part."""
        if part.shape is None:
            part.shape = self._shaped(part)
        return part.shape

    def without_unions(self, part: Part) -> tuple[Raw, ...]:
        """The schemas of a part with every `allOf` opened and every `oneOf` and `anyOf` left out."""
        return tuple(self._bared(layer) for layer in self._layers_of(part))

    def _bared(self, layer: Raw) -> Raw:
        if id(layer) not in self._bare:
            gone = ("$ref", "allOf", "oneOf", "anyOf", "discriminator")
            self._bare[id(layer)] = {k: v for k, v in layer.items() if k not in gone}
        return self._bare[id(layer)]

    def _layers_of(self, part: Part) -> list[Raw]:
        layers: list[Raw] = []
        for raw in part.raws:
            layers += self._layers(raw, frozenset())
        return list({id(layer): layer for layer in layers}.values())

    def _layers(self, raw: Any, above: frozenset[int]) -> list[Raw]:
        """The schemas without `allOf` that hold together where this one stands, itself the first."""
        raw = self.followed(raw)
        if id(raw) in above:
            return []
        above |= {id(raw)}
        layers = [raw]
        if isinstance(raw.get("$ref"), str):
            layers += self._layers(self.target(raw["$ref"]), above)
        for member in _listed(raw.get("allOf")):
            layers += self._layers(member, above)
        for keyword in _UNIONS:
            branches, _ = self._alternatives(raw, keyword)
            if len(branches) == 1:
                layers += self._layers(branches[0], above)
        return layers

    def _alternatives(self, layer: Raw, keyword: str) -> tuple[list[Any], bool]:
        """The branches that are not just `null`, and whether there is one that is."""
        if keyword not in layer:
            return [], False
        branches = _listed(layer[keyword])
        others = [branch for branch in branches if not _just_null(self.followed(branch))]
        return others, len(others) < len(branches)

    def _shaped(self, part: Part) -> Shape:
        layers = self._layers_of(part)
        shape = Shape(open=not any(constrains(layer) for layer in layers))
        for layer in layers:
            self._add_values(layer, shape)
            if not _LIMITS.isdisjoint(layer):
                _add_limits(layer, shape)
            # Most schemas have keywords of few of these groups.
            if not _OF_OBJECTS.isdisjoint(layer):
                self._add_object(layer, shape)
            if not _OF_THE_REST.isdisjoint(layer):
                self._add_rest(layer, shape)
            self._add_unions(layer, shape)
        if shape.types is None:
            shape.types = _implied(shape)
        if (
            shape.types == frozenset({"boolean"})
            and shape.values is not None
            and shape.values.keys() >= {"true", "false"}
        ):
            shape.values = None  # Both of them are all that there are.
        shape.null = self._null(layers, shape)
        shape.notes = _notes(layers)
        if len(part.raws) == 1:
            shape.members = self._members(part.raws[0])
        return shape

    def _add_values(self, layer: Raw, shape: Shape) -> None:
        named = _types(layer)
        if named is not None:
            shape.types = _both(shape.types, frozenset(named - {"null"}))
        values = layer.get("enum")
        if isinstance(values, list):
            self._add_enum(shape, values)
        if "const" in layer:
            self._add_enum(shape, [layer["const"]])
            shape.const = True
        if isinstance(layer.get("format"), str):
            shape.format = shape.format or layer["format"]
        if isinstance(layer.get("pattern"), str):
            shape.patterns |= {layer["pattern"]}
        if _number(layer.get("multipleOf")):
            shape.multiples |= {layer["multipleOf"]}
        shape.unique = shape.unique or layer.get("uniqueItems") is True

    def _add_enum(self, shape: Shape, values: list[Any]) -> None:
        told = {written(value): value for value in values if value is not None}
        if shape.values is not None:
            told = {key: value for key, value in told.items() if key in shape.values}
        shape.values = told

    def _add_object(self, layer: Raw, shape: Shape) -> None:
        for name, raw in _mapped(layer.get("properties")):
            shape.properties[name] = (*shape.properties.get(name, ()), raw)
        for pattern, raw in _mapped(layer.get("patternProperties")):
            shape.pattern_properties[pattern] = (*shape.pattern_properties.get(pattern, ()), raw)
        shape.required |= {name for name in _listed(layer.get("required")) if isinstance(name, str)}
        for name, others in _mapped(layer.get("dependentRequired")):
            needed = frozenset(other for other in _listed(others) if isinstance(other, str))
            shape.dependent_required[name] = shape.dependent_required.get(name, frozenset()) | needed
        for name, raw in _mapped(layer.get("dependentSchemas")):
            shape.dependent_schemas[name] = (*shape.dependent_schemas.get(name, ()), raw)

    def _add_rest(self, layer: Raw, shape: Shape) -> None:
        prefix = layer.get("prefixItems", layer.get("items"))
        if isinstance(prefix, list):
            for index, raw in enumerate(prefix):
                if index < len(shape.prefix):
                    shape.prefix[index] = (*shape.prefix[index], raw)
                else:
                    shape.prefix.append((raw,))
        for keyword in (*_SINGLES, "contentSchema"):
            raw = layer.get(keyword)
            if raw is False:
                raw = NEVER
            if isinstance(raw, Mapping) and (raw or keyword == "contains"):
                shape.singles[keyword] = (*shape.singles.get(keyword, ()), raw)
        for keyword in ("contentMediaType", "contentEncoding"):
            if isinstance(layer.get(keyword), str):
                shape.content.setdefault(keyword, layer[keyword])
        if isinstance(layer.get("not"), Mapping):
            shape.nots.append(layer["not"])
        told = {key: layer[key] for key in ("if", "then", "else") if isinstance(layer.get(key), Mapping | bool)}
        if told:
            shape.conditions.append(told)

    def _add_unions(self, layer: Raw, shape: Shape) -> None:
        for keyword in _UNIONS:
            branches, _ = self._alternatives(layer, keyword)
            if len(branches) < 2:
                continue
            simple = [_simple(self.followed(branch)) for branch in branches]
            if all(simple):
                shape.types = _both(
                    shape.types, frozenset(name for names in simple for name in names if name != "null")
                )
                shape.listed = True
            elif not (keyword == "anyOf" and any(not constrains(self.followed(branch)) for branch in branches)):
                shape.unions.append(Union(keyword, tuple(self._branches(branches))))

    def _branches(self, branches: list[Any]) -> Iterator[Branch]:
        """The alternatives, each once."""
        seen: set[tuple[int, ...]] = set()
        for index, raw in enumerate(branches):
            branch = self._branch(raw, index)
            if branch.part.key not in seen:
                seen.add(branch.part.key)
                yield branch

    def _branch(self, raw: Any, index: int) -> Branch:
        named = _ref_name(raw)
        return Branch(named or _described(self.followed(raw), index), self.part(raw), raw["$ref"] if named else "")

    def _null(self, layers: list[Raw], shape: Shape) -> bool:
        """Whether `null` is allowed: the outermost word on it counts, else every layer must allow it."""
        told = self._null_told(layers)
        if told is not None:
            return told
        if shape.unions:
            return all(self._takes_null(union) for union in shape.unions)
        return shape.types is None

    def _null_told(self, layers: list[Raw]) -> bool | None:
        told = [self._null_by(layer) for layer in layers]
        if told and told[0] is not None:
            return told[0]
        return False if False in told else True if True in told else None

    def _takes_null(self, union: Union) -> bool:
        """Whether an alternative allows `null`, itself or by alternatives of its own, however far down."""
        waiting, seen = [branch.part for branch in union.branches], set[tuple[int, ...]]()
        while waiting:
            part = waiting.pop()
            if part.key in seen:
                continue
            seen.add(part.key)
            layers = self._layers_of(part)
            told = self._null_told(layers)
            if told is None:
                below = [self.part(raw) for layer in layers for raw in self._choices(layer)]
                told = not below and all(_types(layer) is None for layer in layers)
                waiting += below
            if told:
                return True
        return False

    def _choices(self, layer: Raw) -> list[Any]:
        found = [self._alternatives(layer, keyword)[0] for keyword in _UNIONS]
        return [raw for branches in found if len(branches) > 1 for raw in branches]

    def _null_by(self, layer: Raw) -> bool | None:
        if layer.get("nullable") is True:
            return True
        if any(self._alternatives(layer, keyword)[1] for keyword in _UNIONS):
            return True
        values = layer.get("enum")
        if "const" in layer:
            values = [layer["const"]]
        if isinstance(values, list) and (self.siblings or "type" not in layer) and None not in values:
            return False
        named = _types(layer)
        if named is not None:
            return "null" in named
        return True if isinstance(values, list) else None

    def _members(self, raw: Raw) -> list[Branch]:
        members = [each for each in _listed(raw.get("allOf")) if constrains(self.followed(each))]
        return list(self._branches(members))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapped(value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, Mapping) else ()


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _types(layer: Raw) -> set[str] | None:
    told = layer.get("type")
    named = {name for name in (told if isinstance(told, list) else [told]) if isinstance(name, str) and name in TYPES}
    return named or None


def _both(one: frozenset[str] | None, other: frozenset[str]) -> frozenset[str]:
    if "number" in other:
        other -= {"integer"}
    if one is None:
        return other
    common = one & other
    for wide, narrow in ((one, other), (other, one)):
        if "number" in wide and "integer" in narrow:
            common |= {"integer"}
    return common


def _implied(shape: Shape) -> frozenset[str] | None:
    """The types that a schema means which names none but lists its values."""
    return frozenset(_type_of(value) for value in shape.values.values()) if shape.values else None


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int | float):
        return "integer" if float(value).is_integer() else "number"
    return "array" if isinstance(value, list) else "object"


def _just_null(raw: Raw) -> bool:
    if _types(raw) == {"null"}:
        return True
    if raw.get("enum") == [None]:
        return True
    return "const" in raw and raw["const"] is None


def _simple(raw: Raw) -> set[str]:
    """The types of a schema that says nothing but its types; empty for another one."""
    if any(key != "type" and key not in _SAYS_NOTHING for key in raw):
        return set()
    return _types(raw) or set()


def _add_limits(layer: Raw, shape: Shape) -> None:
    told = {key: layer[key] for key in (*_LEAST, *_MOST) if _number(layer.get(key)) and layer[key] != _IDLE.get(key)}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if layer.get(exclusive) is True and bound in told:
            told[exclusive] = told.pop(bound)
    for key, value in told.items():
        tightest = max if key in _LEAST else min
        shape.limits[key] = tightest(value, shape.limits.get(key, value))


def _notes(layers: list[Raw]) -> Notes:
    layers = [layer for layer in layers if not _OF_NOTES.isdisjoint(layer)]
    if not layers:
        return _NO_NOTES
    default: tuple[Any, ...] = next(((layer["default"],) for layer in layers if "default" in layer), ())
    told: dict[str, Any] = {}
    for layer in layers:
        for key in ("x-sunset", "x-stability-level", "x-extensible-enum", "discriminator"):
            if layer.get(key) is not None:
                told.setdefault(key, layer[key])
    discriminator = told.get("discriminator")
    named = discriminator if isinstance(discriminator, Mapping) else {"propertyName": discriminator or ""}
    mapping = {str(key): str(value) for key, value in _mapped(named.get("mapping"))}
    return Notes(
        default=default,
        deprecated=any(layer.get("deprecated") is True for layer in layers),
        read_only=any(layer.get("readOnly") is True for layer in layers),
        write_only=any(layer.get("writeOnly") is True for layer in layers),
        sunset=told.get("x-sunset"),
        stability=told.get("x-stability-level"),
        extensible=tuple(written(value) for value in _listed(told.get("x-extensible-enum"))),
        discriminator=str(named.get("propertyName", "")),
        mapping=mapping,
    )


def _ref_name(raw: Any) -> str:
    ref = raw.get("$ref") if isinstance(raw, Mapping) else None
    return ref.rpartition("/")[2] if isinstance(ref, str) else ""


def _described(raw: Raw, index: int) -> str:
    if isinstance(raw.get("title"), str):
        return str(raw["title"])
    names = [name for name, _ in _mapped(raw.get("properties"))]
    if names:
        return f"object with {', '.join(names[:3])}{', …' if len(names) > 3 else ''}"
    types = sorted(_types(raw) or ())
    return f"#{index + 1}: {' or '.join(types)}" if types else f"#{index + 1}"
