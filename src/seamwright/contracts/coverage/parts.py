"""An operation compiled: the parts of its calls with their spots, and the points of its answers."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from seamwright.contracts.bundle import escaped
from seamwright.contracts.coverage.compiling import Document, Reader, compiled, reader
from seamwright.contracts.coverage.judging import Where
from seamwright.contracts.coverage.points import ANSWERED, BROKEN, LEFT_OUT, SENT, USED, Points, Universe
from seamwright.contracts.coverage.spots import Spot
from seamwright.contracts.dialect import translated
from seamwright.contracts.media import declared, is_form, is_json, is_text
from seamwright.model.operation import Contract, Operation, Parameter, Schema, SecurityScheme

__all__ = ["MOST", "BodyPart", "Compiled", "ParameterPart", "compile_operation"]

MOST = 1_000
"""Points of one operation at most; the deepest are left out."""


_PLACES = {"header": "headers", "cookie": "cookies"}


class _Judged:
    """A part whose values a validator can judge; it is made when it is first asked."""

    document: Document

    @functools.cached_property
    def validator(self) -> jsonschema_rs.Validator:
        """Holds a whole value of the part against its schema."""
        return jsonschema_rs.Draft202012Validator(self.document, validate_formats=True, offline=True)


@dataclass
class ParameterPart(_Judged):
    """One parameter: whether it was sent, and what its values were."""

    where: Where
    name: str
    """As it is looked up in a call; header names in lower case."""
    violation: str
    """The place under which a call that breaks the contract here is told of."""
    presence: Points
    missing: str
    """The point of a call without it: `broken` where it is required, else `left out`; empty where that is none."""
    root: Spot
    read: Reader | None
    document: Document

    @property
    def live(self) -> bool:
        """Whether anything is still looked for."""
        return bool(self.presence.pending) or self.root.live


@dataclass
class BodyPart(_Judged):
    """What a body looks like in the media types of the same schema; without a root, what it holds is not looked at."""

    keys: tuple[str, ...]
    root: Spot
    syntax: Points | None
    """A body that is no JSON, where it has to be some."""
    document: Document

    @property
    def live(self) -> bool:
        """Whether anything is still looked for."""
        return self.root.live or bool(self.syntax and self.syntax.pending)


@dataclass(slots=True)
class Compiled:
    """All that can be exercised of one operation."""

    operation: Operation
    universe: Universe
    success: Points
    statuses: dict[str, Points] = field(default_factory=dict)
    contents: dict[tuple[str, str], Points] = field(default_factory=dict)
    headers: dict[tuple[str, str], Points] = field(default_factory=dict)
    security: list[tuple[tuple[SecurityScheme, ...], Points]] = field(default_factory=list)
    """Alternatives, each with the schemes that are needed together."""
    open: Points | None = None
    """A call without any credentials."""
    parameters: list[ParameterPart] = field(default_factory=list)
    presence: Points | None = None
    """Whether a body was sent; None where the operation takes none."""
    missing: str = LEFT_OUT
    media_types: dict[str, Points] = field(default_factory=dict)
    bodies: list[BodyPart] = field(default_factory=list)
    seen: set[tuple[int, str]] = field(default_factory=set)
    told: set[tuple[int, str]] = field(default_factory=set)
    """Statuses and media types of answers that came, and those that have no more to tell."""
    matched: dict[str, tuple[str | None, BodyPart | None]] = field(default_factory=dict)
    """Content types that were sent: which declared one it is, and what a body looks like there."""
    answers_live: bool = True
    security_live: bool = True
    body_live: bool = True
    """Whether anything about answers, credentials, bodies is still looked for."""

    def prune(self) -> None:
        """Drop what has been found."""
        groups = (self.statuses.values(), self.contents.values(), self.headers.values(), (self.success,))
        self.answers_live = any(points.pending for group in groups for points in group)
        self.security_live = any(points.pending for _, points in self.security) or _open(self.open)
        self.parameters = [part for part in self.parameters if part.live]
        self.body_live = (
            _open(self.presence)
            or any(points.pending for points in self.media_types.values())
            or any(body.live for body in self.bodies)
        )

    def match(self, content_type: str) -> None:
        """Find out what a body of this content type is by the contract."""
        found = declared(self.media_types, content_type) if content_type else None
        key = found[0] if found is not None else None
        part = next((body for body in self.bodies if key in body.keys), None)
        self.matched[content_type] = (key, part)


def _open(points: Points | None) -> bool:
    return points is not None and bool(points.pending)


def compile_operation(contract: Contract, operation: Operation) -> Compiled:
    """Enumerate and compile everything that can be exercised of an operation."""
    universe = Universe(MOST)
    made = Compiled(operation, universe, universe.at("operation", "response", "success", ANSWERED))
    for status, answer in operation.answers.items():
        place = f"response/{status}"
        made.statuses[status] = universe.at("status", place, "status", ANSWERED)
        for key in answer.content:
            made.contents[status, key] = universe.at("media type", place, key, ANSWERED)
        for name in answer.headers:
            made.headers[status, name.lower()] = universe.at("header", place, name, ANSWERED)
    _security(made, contract)
    for parameter in operation.parameters:
        made.parameters.append(_parameter(universe, contract, parameter))
    _bodies(made, contract)
    made.prune()
    return made


def _security(made: Compiled, contract: Contract) -> None:
    for names in made.operation.security:
        schemes = tuple(contract.schemes[name] for name in sorted(names) if name in contract.schemes)
        if names and len(schemes) == len(names) and all(scheme.type != "mutualTLS" for scheme in schemes):
            word = " and ".join(sorted(names))
            made.security.append((schemes, made.universe.at("security", "security", word, USED)))
    if made.operation.security:
        aspect = LEFT_OUT if made.operation.protected else USED
        made.open = made.universe.at("security", "security", "no credentials", aspect)


def _parameter(universe: Universe, contract: Contract, parameter: Parameter) -> ParameterPart:
    where: Where = parameter.location
    place = f"{where}/{escaped(parameter.name)}"
    word = "required" if parameter.required else "optional"
    missing = "" if where == "path" else BROKEN if parameter.required else LEFT_OUT
    presence = universe.at("parameter", place, word, SENT, *([missing] if missing else []))
    document = translated(contract, parameter.schema, "request")
    typed = parameter.media_type is not None  # described by `content`: its text is a value of that media type
    root = compiled(universe, document, place, textual="" if typed else where)
    read = _json if typed else reader(contract, parameter.schema, document, explode=parameter.explode)
    name = parameter.name.lower() if where == "header" else parameter.name
    violation = f"/{_PLACES.get(where, where)}/{escaped(parameter.name)}"
    return ParameterPart(where, name, violation, presence, missing, root, read, document)


def _json(value: Any) -> Any:
    import orjson

    try:
        return orjson.loads(value) if type(value) is str else value
    except orjson.JSONDecodeError:
        return value


def _bodies(made: Compiled, contract: Contract) -> None:
    body, universe = made.operation.body, made.universe
    if body is None:
        return
    made.missing = BROKEN if body.required else LEFT_OUT
    made.presence = universe.at("property", "body", "required" if body.required else "optional", SENT, made.missing)
    alike: list[tuple[Schema, list[str]]] = []
    for key, media in body.content.items():
        made.media_types[key] = universe.at("media type", "request", key, SENT)
        if not (is_json(key) or is_form(key) or is_text(key)):
            continue  # what its bytes mean is not known here
        group = next((keys for schema, keys in alike if schema == media.schema), None)
        if group is None:
            alike.append((media.schema, [key]))
        else:
            group.append(key)
    for number, (schema, keys) in enumerate(alike):
        place = "body" if number == 0 else f"body[{keys[0]}]"
        json = any(is_json(key) for key in keys)
        document = translated(contract, schema, "request")
        syntax = universe.at("keyword", place, "json", BROKEN) if json else None
        root = compiled(
            universe,
            document,
            place,
            textual="" if json or is_form(keys[0]) else "body",
            form=not json and is_form(keys[0]),
        )
        made.bodies.append(BodyPart(tuple(keys), root, syntax, document))
