"""Translates OpenAPI 3.0 and 3.1 schemas into plain JSON Schema 2020-12, one direction at a time.

Two readings are made of every schema. The *narrow* one says what is safe to send (a discriminator fixes its
property, `nullable` counts only where OpenAPI 3.0.3 says so): valid values are made from it. The *wide* one gives
a service the benefit of the doubt: a value counts as invalid only if the wide reading refuses it.
"""

from __future__ import annotations

import datetime
import functools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from seamwright.engines.generate.cases import Unsatisfiable

__all__ = ["UNREADABLE", "Dialect", "Direction", "Document", "Resolve", "Schema", "readable", "refs_in"]

Dialect = Literal["3.0", "3.1"]
Direction = Literal["request", "response"]
Schema = bool | dict[str, Any]
Resolve = Callable[[str], Mapping[str, Any]]

UNREADABLE = "x-unreadable-pattern"
"""Where a pattern is kept that the validator cannot compile: validators pass it over, no value is made for it."""

_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_COUNTS = (
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains",
)  # fmt: skip
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLES = (
    "items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else",
    "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
_MAPS = ("properties", "patternProperties", "dependentSchemas")


class Document:
    """One reading (narrow or wide) of a contract's schemas; definitions are translated when first needed."""

    def __init__(
        self, resolve: Resolve, dialect: Dialect, direction: Direction, *, narrow: bool, textual: bool = False
    ) -> None:
        self._resolve = resolve
        self._dialect = dialect
        self._hides = "readOnly" if direction == "request" else "writeOnly"
        self._narrow = narrow
        self._textual = textual
        self._names: dict[tuple[str, frozenset[str], bool], str] = {}
        self._sources: dict[str, tuple[str, frozenset[str], bool]] = {}
        self._definitions: dict[str, Schema] = {}
        self._reached: dict[str, tuple[str, ...]] = {}

    def definition(self, ref: str) -> Schema:
        """The translated schema behind a `$ref` of a translated schema."""
        name = ref.rsplit("/", 1)[-1]
        if name not in self._definitions:
            source, hidden, part = self._sources[name]
            self._definitions[name] = self.translate(self._target(source), hidden, part, source)
        return self._definitions[name]

    def bundle(self, schema: Schema) -> Schema:
        """`schema` with every definition that it reaches, so that it stands alone."""
        if isinstance(schema, bool):
            return schema
        found: dict[str, Schema] = {}
        waiting = list(refs_in(schema))
        while waiting:
            ref = waiting.pop()
            name = ref.rsplit("/", 1)[-1]
            if name not in found:
                found[name] = self.definition(ref)
                if name not in self._reached:
                    self._reached[name] = tuple(refs_in(found[name]))
                waiting.extend(self._reached[name])
        return {**schema, "$defs": found} if found else schema

    def hidden(self, schema: Any) -> frozenset[str]:
        """Properties of `schema` that do not travel in this direction, `allOf` and `$ref` followed."""
        return frozenset(
            str(name)
            for part in self._parts(schema)
            for name, child in _mapping(part.get("properties")).items()
            if any(each.get(self._hides) is True for each in self._parts(child))
        )

    def translate(
        self, schema: Any, inherited: frozenset[str] = frozenset(), part: bool = False, own: str = ""
    ) -> Schema:
        """`schema` as JSON Schema 2020-12. `inherited` are properties hidden by a schema around it, `part` is set
        inside an `allOf`, and `own` is the `$ref` by which this schema was reached."""
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            return True
        hidden = inherited | self.hidden(schema)
        ref = schema.get("$ref")
        if isinstance(ref, str):
            link: dict[str, Any] = {"$ref": f"#/$defs/{self._name(ref, inherited, part)}"}
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            body = self._keywords(beside, hidden, own) if self._dialect == "3.1" and beside else {}
            return self._nullable(schema, {**body, **link})
        children = [] if part or not self._narrow else self._children(schema, own)
        if children:
            return {"anyOf": [self._tagged(child, schema, hidden) for child in children]}
        return self._nullable(schema, self._keywords(schema, hidden, own))

    def _name(self, ref: str, hidden: frozenset[str], part: bool) -> str:
        key = (ref, hidden, part)
        if key not in self._names:
            self._names[key] = f"d{len(self._names)}"
            self._sources[self._names[key]] = key
        return self._names[key]

    def _target(self, ref: str) -> Any:
        try:
            return self._resolve(ref)
        except (LookupError, ValueError) as error:
            raise Unsatisfiable("", "$ref", f"{ref} cannot be resolved ({error})") from error

    def _parts(self, schema: Any) -> Iterator[Mapping[str, Any]]:
        """`schema` and all that it is joined with by `$ref` and `allOf`."""
        seen: set[str] = set()
        waiting = [schema]
        while waiting:
            here = waiting.pop()
            if not isinstance(here, Mapping):
                continue
            ref = here.get("$ref")
            if isinstance(ref, str):
                if ref not in seen:
                    seen.add(ref)
                    waiting.append(self._target(ref))
                if self._dialect == "3.0":
                    continue
            yield here
            waiting.extend(_sequence(here.get("allOf")))

    def _nullable(self, schema: Mapping[str, Any], body: dict[str, Any]) -> Schema:
        """Lets null in where `nullable` stands: strictly beside `type` in the narrow reading, anywhere in the wide."""
        if schema.get("nullable") is not True or self._textual:
            return body
        if self._dialect == "3.0" and isinstance(body.get("type"), list) and "$ref" not in body:
            body["type"] = [*body["type"], "null"] if "null" not in body["type"] else body["type"]
            if self._narrow:
                return body
        elif self._narrow:
            return body
        return {"anyOf": [body, {"type": "null"}]}

    def _keywords(self, schema: Mapping[str, Any], hidden: frozenset[str], own: str) -> dict[str, Any]:
        out: dict[str, Any] = {}
        self._scalars(schema, out)
        for key in _SINGLES:
            if key in schema and not isinstance(schema[key], list):
                out[key] = self.translate(schema[key], hidden if key in ("then", "else", "if") else frozenset())
        if isinstance(schema.get("items"), list):
            out["prefixItems"] = [self.translate(each) for each in schema["items"]]
        for key in _LISTS:
            branches = _sequence(schema.get(key))
            if key == "prefixItems":
                if branches:
                    out[key] = [self.translate(each) for each in branches]
            elif key == "allOf" and branches:
                out[key] = [self.translate(each, hidden, part=True) for each in branches] + self._kind(schema, own)
            elif branches:
                out[key] = [self._tagged(each, schema, hidden) for each in branches]
        for key in _MAPS:
            table = _mapping(schema.get(key))
            if table:
                out[key] = {
                    str(name): self.translate(child)
                    for name, child in table.items()
                    if not (key == "properties" and self._narrow and str(name) in hidden)
                    and (key != "patternProperties" or readable(str(name)))
                }
        required = [str(name) for name in _sequence(schema.get("required")) if str(name) not in hidden]
        if required:
            out["required"] = list(dict.fromkeys(required))
        depends = {**_mapping(schema.get("dependencies")), **_mapping(schema.get("dependentRequired"))}
        lists = {str(name): [str(each) for each in needs] for name, needs in depends.items() if isinstance(needs, list)}
        if lists:
            out["dependentRequired"] = lists
        for name, needs in depends.items():
            if isinstance(needs, Mapping):
                out.setdefault("dependentSchemas", {})[str(name)] = self.translate(needs)
        return out

    def _scalars(self, schema: Mapping[str, Any], out: dict[str, Any]) -> None:
        """The keywords that hold no schema; what has not the shape that the keyword asks for is left out."""
        kinds = schema.get("type")
        named = [kinds] if isinstance(kinds, str) else _sequence(kinds)
        types = ["string" if each == "file" else each for each in named]
        types = [each for each in types if each in _TYPES and not (self._textual and each == "null" and len(types) > 1)]
        if types:
            out["type"] = list(dict.fromkeys(types))
        for key in _COUNTS:
            value = schema.get(key)
            if value is not None and _is_number(value) and value >= 0 and int(value) == value:
                out[key] = int(value)
        for key, other in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            limit, exclusive = schema.get(key), schema.get(other)
            if _is_number(exclusive):
                out[other] = _plain(exclusive)
            if _is_number(limit):
                out[other if exclusive is True else key] = _plain(limit)
        if _is_number(schema.get("multipleOf")) and schema["multipleOf"] > 0:
            out["multipleOf"] = _plain(schema["multipleOf"])
        if isinstance(schema.get("uniqueItems"), bool):
            out["uniqueItems"] = schema["uniqueItems"]
        if isinstance(schema.get("format"), str):
            out["format"] = str(schema["format"])
        if isinstance(schema.get("pattern"), str):
            pattern = _ecma(schema["pattern"])
            out["pattern" if readable(pattern) else UNREADABLE] = pattern
        if isinstance(schema.get("enum"), list):
            out["enum"] = [_plain(each) for each in schema["enum"]]
        if "const" in schema:
            out["const"] = _plain(schema["const"])
        examples = [_plain(each) for each in _sequence(schema.get("examples"))]
        for key in ("default", "example"):
            if key in schema:
                examples.insert(0, _plain(schema[key]))
        if examples:
            out["examples"] = examples

    # Discriminators (OpenAPI 3.1.1, section 4.8.25): the value of one property names the schema that applies.

    def _children(self, schema: Mapping[str, Any], own: str) -> list[dict[str, str]]:
        """The mapped schemas of a parent that carries a discriminator but lists no alternatives itself."""
        mapping = _mapping(_mapping(schema.get("discriminator")).get("mapping"))
        if not mapping or "oneOf" in schema or "anyOf" in schema:
            return []
        refs = [
            str(each) if "/" in str(each) or "#" in str(each) else _sibling(own, str(each)) for each in mapping.values()
        ]
        if any(_tail(ref) == _tail(own) for ref in refs):
            return []
        try:
            for ref in refs:
                self._target(ref)
        except Unsatisfiable:
            return []  # A mapping that leads nowhere narrows nothing; the parent itself is still a valid value.
        return [{"$ref": ref} for ref in dict.fromkeys(refs)]

    def _tagged(self, branch: Any, parent: Mapping[str, Any], hidden: frozenset[str]) -> Schema:
        """A branch of `oneOf`/`anyOf`, its discriminator's property fixed to the value that names the branch."""
        body = self.translate(branch, hidden)
        rule = _mapping(parent.get("discriminator"))
        if not self._narrow or not isinstance(branch, Mapping) or not isinstance(branch.get("$ref"), str):
            return body
        tag = self._tag(rule, branch["$ref"], branch)
        return {"allOf": [body, tag]} if tag else body

    def _kind(self, schema: Mapping[str, Any], own: str) -> list[Schema]:
        """What a child joined by `allOf` to a parent with a discriminator must say of itself."""
        if not self._narrow or not own:
            return []
        tags: list[Schema] = []
        for part in self._parts(schema):
            if part is not schema and isinstance(part.get("discriminator"), Mapping):
                tag = self._tag(part["discriminator"], own, schema)
                if tag:
                    tags.append(tag)
        return tags

    def _tag(self, rule: Mapping[str, Any], ref: str, branch: Any) -> dict[str, Any] | None:
        name = rule.get("propertyName")
        if not isinstance(name, str):
            return None
        for part in self._parts(branch):
            for each in self._parts(_mapping(part.get("properties")).get(name)):
                if "enum" in each or "const" in each:
                    return None  # The branch says itself what it is called.
        mapping = _mapping(rule.get("mapping"))
        names = [str(key) for key, value in mapping.items() if _tail(str(value)) == _tail(ref)] or [_tail(ref)]
        return {"properties": {name: {"enum": names}}, "required": [name]}


@functools.lru_cache(maxsize=4096)
def readable(pattern: str) -> bool:
    """Whether the validator can compile the regular expression."""
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (ValueError, jsonschema_rs.ValidationError):
        return False
    return True


def refs_in(schema: Schema) -> Iterator[str]:
    """Every `$ref` inside a translated schema."""
    waiting: list[Any] = [schema]
    while waiting:
        here = waiting.pop()
        if not isinstance(here, dict):
            continue
        if "$ref" in here:
            yield here["$ref"]
        for key in _LISTS:
            waiting.extend(here.get(key, ()))
        waiting.extend(here.get(key) for key in _SINGLES)
        for key in _MAPS:
            waiting.extend(here.get(key, {}).values())


def _ecma(pattern: str) -> str:
    """Python's spellings of named groups and of the ends of text, as ECMA-262 spells them."""
    return pattern.replace("(?P<", "(?<").replace("\\A", "^").replace("\\Z", "$").replace("\\z", "$")


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _tail(ref: str) -> str:
    name = ref.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
    return name.rsplit(".", 1)[0] if name.endswith((".json", ".yaml", ".yml")) else name


def _sibling(own: str, name: str) -> str:
    return f"{own.rsplit('/', 1)[0]}/{name}" if "/" in own else f"#/components/schemas/{name}"


def _plain(value: Any) -> Any:
    """A value of a YAML document as plain JSON."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value)
