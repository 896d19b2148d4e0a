"""A document as the rules see it: whatever is written in it, with the place of each part, and never an error.

A document with wrong types everywhere can be walked too; what is not of its type is not there. References are followed,
and what is found behind one has the place where it is written, so that a mistake in a shared part is told once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from seamwright.contracts.bundle import Bundle, escaped, pointed, tokens
from seamwright.contracts.lint._rule import Edit, Found
from seamwright.contracts.lint._structure import malformed
from seamwright.contracts.lint._swagger import as_written
from seamwright.contracts.lint._values import mapping, sequence, text
from seamwright.contracts.schemas import IN_PLACE, MAPS, parts
from seamwright.contracts.source import Located, Source
from seamwright.model.operation import Contract, Dialect

__all__ = ["METHODS", "SHARED", "Body", "Call", "Item", "Medium", "Part", "Reading"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
SHARED = (
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "links",
    "callbacks",
    "pathItems",
)
"""The sections of `components` whose parts are referred to."""

_TEMPLATE = re.compile(r"{([^{}]*)}")


@dataclass(frozen=True, slots=True)
class Part:
    """A mapping of the document and its place."""

    node: dict[str, Any]
    place: str

    def below(self, *steps: str | int) -> str:
        """The place of something below it."""
        return self.place + "".join(f"/{escaped(str(step))}" for step in steps)

    def text(self, key: str) -> str:
        """A child that is text, or nothing."""
        return text(self.node.get(key))


@dataclass(frozen=True, slots=True)
class Medium:
    """One entry of a `content` map."""

    type: str
    part: Part

    @property
    def schema(self) -> tuple[Any, str]:
        """Its schema (None where there is none) and the place of it."""
        return self.part.node.get("schema"), self.part.below("schema")

    @property
    def json(self) -> bool:
        """Whether it is JSON (RFC 6839 for the suffix)."""
        base = self.type.partition(";")[0].strip().lower()
        return base in ("application/json", "text/json") or base.endswith("+json")


@dataclass(frozen=True, slots=True)
class Body:
    """A request body or an answer, with what it may hold."""

    part: Part
    media: tuple[Medium, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A path with its item."""

    path: str
    part: Part

    @property
    def segments(self) -> list[str]:
        """The segments of the path."""
        return [segment for segment in self.path.split("/") if segment]

    @property
    def names(self) -> list[str]:
        """The names in the braces of the path."""
        return _TEMPLATE.findall(self.path)


@dataclass(frozen=True, slots=True)
class Call:
    """An operation: a method on a path, with its own parameters and those that all methods of the path share."""

    item: Item
    method: str
    part: Part
    parameters: tuple[Part, ...]
    body: Body | None
    answers: dict[str, Body] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.item.path}"

    @property
    def path(self) -> str:
        """The path as it is written."""
        return self.item.path

    @property
    def safe(self) -> bool:
        """Whether the method is safe (RFC 9110, section 9.2.1)."""
        return self.method in ("get", "head", "options", "trace", "query")

    def at(self, location: str) -> tuple[Part, ...]:
        """The parameters of one location."""
        return tuple(parameter for parameter in self.parameters if parameter.node.get("in") == location)

    def success(self) -> dict[str, Body]:
        """The answers of status 2XX."""
        return {status: answer for status, answer in self.answers.items() if status.startswith("2")}

    def answer(self, status: str) -> Body | None:
        """The answer that is described for a status by itself, or by its range."""
        return self.answers.get(status) or self.answers.get(f"{status[0]}XX")


@dataclass(frozen=True)
class Reading:
    """One document, walked. `document` has the form of OpenAPI 3 also where a Swagger 2.0 document was read."""

    source: Source
    document: dict[str, Any]
    dialect: Dialect
    bundle: Bundle
    refused: str = ""
    """Why the document cannot be used to verify a system; empty where it can."""
    refused_at: str = "#"

    @cached_property
    def contract(self) -> Contract:
        """As much of a contract as schemas need, to be translated and followed."""
        return Contract("openapi", "", "", self.dialect, self.source.shown, "", (), {}, self.document)

    @cached_property
    def top(self) -> Part:
        """The whole document."""
        return Part(self.document, "#")

    def child(self, part: Part, key: str) -> Part:
        """A child that is a mapping, references followed; an empty one where there is none."""
        return self.followed(part.node.get(key), part.below(key))

    def children(self, part: Part, *, extensions: bool = False) -> Iterator[tuple[str, Part]]:
        """The children that are mappings, references followed, `x-` extensions left out."""
        for key, value in part.node.items():
            if isinstance(value, dict) and (extensions or not key.startswith("x-")):
                yield key, self.followed(value, part.below(key))

    def followed(self, node: Any, place: str) -> Part:
        """A mapping with its references followed; an empty one where they lead nowhere, away, or in a circle."""
        seen: set[str] = set()
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            ref = node["$ref"]
            if ref in seen or not ref.startswith("#"):
                return Part({}, place)
            seen.add(ref)
            try:
                node, place = pointed(self.document, ref), ref
            except KeyError:
                return Part({}, place)
        return Part(mapping(node), place)

    @cached_property
    def malformed(self) -> tuple[Found, ...]:
        """What breaks the specification; the library that tells it is loaded only when it is asked."""
        return tuple(malformed(self.bundle, len(self.calls)))

    def located(self, places: Iterable[str]) -> dict[str, Located]:
        """Where places are in the files that the document was read from."""
        if self.dialect != "2.0":
            return self.source.locate(places)
        written = {place: as_written(place, self.bundle.document) for place in places}
        found = self.source.locate(written.values())
        return {place: found[here] for place, here in written.items()}

    def written(self, edit: Edit) -> Edit | None:
        """An edit of the document as it is written; None where that place has no counterpart there."""
        if self.dialect != "2.0":
            return edit
        *above, last = tokens(edit.place)
        place = as_written("#" + "".join(f"/{escaped(step)}" for step in above), self.bundle.document)
        place = f"{place}/{escaped(last)}"
        if edit.remove and as_written(edit.place, self.bundle.document) != place:
            return None
        return replace(edit, place=place)

    @cached_property
    def components(self) -> Part:
        """The shared parts."""
        return self.child(self.top, "components")

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The paths with their items, references followed."""
        paths = self.child(self.top, "paths")
        return tuple(Item(path, part) for path, part in self.children(paths))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The operations of all paths."""
        return tuple(
            self._call(item, method)
            for item in self.items
            for method in METHODS
            if isinstance(item.part.node.get(method), dict)
        )

    def _call(self, item: Item, method: str) -> Call:
        part = self.child(item.part, method)
        body = self.child(part, "requestBody")
        return Call(
            item,
            method,
            part,
            self._parameters(item.part, part),
            self._body(body) if "requestBody" in part.node else None,
            {status: self._body(answer) for status, answer in self.children(self.child(part, "responses"))},
        )

    def _parameters(self, item: Part, own: Part) -> tuple[Part, ...]:
        found: dict[tuple[str, str], Part] = {}
        for part in (item, own):
            for index, node in enumerate(sequence(part.node.get("parameters"))):
                parameter = self.followed(node, part.below("parameters", index))
                found[text(parameter.node.get("in")), text(parameter.node.get("name"))] = parameter
        return tuple(found.values())

    def _body(self, part: Part) -> Body:
        return Body(part, tuple(self.media(part)))

    def media(self, part: Part) -> Iterator[Medium]:
        """The entries of the `content` of a body, an answer, a parameter or a header."""
        for key, medium in self.children(self.child(part, "content"), extensions=True):
            yield Medium(key, medium)

    # -- schemas ---

    def schema_of(self, parameter: Part) -> tuple[Any, str]:
        """The schema of a parameter or header, of its `content` where it has one; None where there is none."""
        medium = next(self.media(parameter), None)
        if medium is not None:
            return medium.schema
        return parameter.node.get("schema"), parameter.below("schema")

    def target(self, schema: Any, place: str) -> tuple[Any, str]:
        """A schema with its references followed, and its place; an empty one where they lead nowhere."""
        if not isinstance(schema, dict):
            return schema, place
        part = self.followed(schema, place)
        return part.node, part.place

    @cached_property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """Every schema that a request can reach, by its place."""
        return self._reached([root for call in self.calls for root in self._asked(call)])

    @cached_property
    def outputs(self) -> dict[str, dict[str, Any]]:
        """Every schema that an answer can reach, by its place."""
        roots = [medium.schema for call in self.calls for answer in call.answers.values() for medium in answer.media]
        roots += [
            self.schema_of(header)
            for call in self.calls
            for answer in call.answers.values()
            for _, header in self.children(self.child(answer.part, "headers"), extensions=True)
        ]
        return self._reached(roots)

    @cached_property
    def schemas(self) -> dict[str, dict[str, Any]]:
        """Every schema of the document by its place, those in `components` that nothing refers to as well."""
        found = {**self.inputs, **self.outputs}
        roots = [
            (schema, place)
            for section in ("schemas",)
            for part in (self.child(self.components, section), self.child(self.top, "definitions"))
            for key, schema in part.node.items()
            for place in (part.below(key),)
        ]
        for name in ("parameters", "headers"):
            roots += [self.schema_of(part) for _, part in self.children(self.child(self.components, name))]
        for name in ("responses", "requestBodies"):
            for _, part in self.children(self.child(self.components, name)):
                roots += [medium.schema for medium in self.media(part)]
        return {**found, **self._reached(roots)}

    def _asked(self, call: Call) -> Iterator[tuple[Any, str]]:
        for parameter in call.parameters:
            yield self.schema_of(parameter)
        for medium in call.body.media if call.body else ():
            yield medium.schema

    def _reached(self, roots: list[tuple[Any, str]]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        waiting = list(roots)
        while waiting:
            root, place = waiting.pop()
            if not isinstance(root, dict) or place in found:
                continue
            for part, here in parts(root, place):
                if here in found or not isinstance(part, dict):
                    continue
                found[here] = part
                ref = part.get("$ref")
                if isinstance(ref, str) and ref.startswith("#") and ref not in found:
                    try:
                        waiting.append((pointed(self.document, ref), ref))
                    except KeyError:
                        continue
        return dict(sorted(found.items()))

    def in_place(
        self, schema: Any, place: str, keys: frozenset[str] = IN_PLACE
    ) -> Iterator[tuple[dict[str, Any], str]]:
        """A schema and all that holds for the same value with it, through references and these keywords."""
        waiting = [(schema, place)]
        seen: set[str] = set()
        while waiting:
            node, here = waiting.pop(0)
            node, here = self.target(node, here)
            if not isinstance(node, dict) or here in seen:
                continue
            seen.add(here)
            yield node, here
            for key in keys:
                inner = node.get(key)
                if isinstance(inner, list):
                    waiting += [(each, f"{here}/{key}/{index}") for index, each in enumerate(inner)]
                elif isinstance(inner, dict) and key not in MAPS:
                    waiting.append((inner, f"{here}/{key}"))

    def types(self, schema: Any, place: str) -> set[str]:
        """The types that a schema names, itself or through references and `allOf`, `anyOf`, `oneOf`."""
        found: set[str] = set()
        for node, _ in self.in_place(schema, place, _COMBINED):
            told = node.get("type")
            found.update(each for each in (told if isinstance(told, list) else [told]) if isinstance(each, str))
            if told is None and ("properties" in node or "additionalProperties" in node):
                found.add("object")
            if told is None and "items" in node:
                found.add("array")
        return found

    def properties(self, schema: Any, place: str) -> dict[str, tuple[Any, str]]:
        """The properties of an object by name, each with its place; references and combinations followed."""
        found: dict[str, tuple[Any, str]] = {}
        for node, here in self.in_place(schema, place, _COMBINED):
            for name, child in mapping(node.get("properties")).items():
                found.setdefault(name, (child, f"{here}/properties/{escaped(name)}"))
        return found

    def items_of(self, schema: Any, place: str) -> tuple[Any, str] | None:
        """What an array's items look like, and where that is written; None where the schema is no array."""
        for node, here in self.in_place(schema, place, _COMBINED):
            if "items" in node:
                return node["items"], f"{here}/items"
            if node.get("type") == "array":
                return {}, here
        return None

    def called(self, place: str) -> str:
        """What people call the value that a schema is about, as far as its place tells."""
        steps, each = tokens(place), ""
        while steps[-1:] == ["items"]:
            steps, each = steps[:-1], "each item of "
        if steps[-2:-1] == ["properties"]:
            return f"{each}the property {steps[-1]}"
        if steps[:-1] in (["components", "schemas"], ["definitions"]):
            return f"{each}{steps[-1]}"
        above = self.followed(self.document, "#").node
        for step in steps[:-1]:
            inner: Any = above
            above = inner.get(step, {}) if isinstance(inner, dict) else inner[int(step)]
        if isinstance(above, dict) and text(above.get("in")):
            return f"{each}the {text(above['in'])} parameter {text(above.get('name'))}"
        return f"{each}what comes in"

    # -- security ---

    @cached_property
    def schemes(self) -> dict[str, Part]:
        """The security schemes by name."""
        return dict(self.children(self.child(self.components, "securitySchemes")))

    def security(self, call: Call) -> list[Mapping[str, Any]] | None:
        """What an operation asks of its callers, its own or the document's; None where nothing is said anywhere."""
        told = call.part.node.get("security", self.document.get("security"))
        return None if told is None else [mapping(each) for each in sequence(told)]

    def protected(self, call: Call) -> bool:
        """Whether a caller must authenticate."""
        asked = self.security(call)
        return bool(asked) and all(asked or ())


_COMBINED = frozenset({"allOf", "anyOf", "oneOf"})
