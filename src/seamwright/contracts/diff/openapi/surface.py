"""What a contract's document says of each operation, with references followed and shared parameters put in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwright.contracts.diff.sunset import stability_of
from seamwright.model.operation import Contract

__all__ = ["Body", "Entry", "Surface", "shape_of"]

Values = Mapping[str, Any]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
# OpenAPI 3.1, parameter object: other parts of the document say these.
_ELSEWHERE = frozenset({"accept", "content-type", "authorization"})
_MANY_SLASHES = re.compile(r"/{2,}")


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request or of an answer: media type → its media type object."""

    required: bool
    content: Mapping[str, Values]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One operation of a document: of a path, of a webhook, or of a callback."""

    method: str
    path: str
    values: Values
    shared: Values
    """The path item that it stands in."""
    parameters: Mapping[tuple[str, str], Values] = field(default_factory=dict)
    """By location and name; names of headers in small letters."""

    @property
    def place(self) -> str:
        """How changes name it."""
        return f"{self.method} {self.path}"

    @property
    def stability(self) -> str | None:
        """What it says of its stability; None where it says something unknown."""
        return stability_of(self.values.get("x-stability-level"))


class Surface:
    """The operations and the other parts of one document, in the form of OpenAPI 3."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.root: Values = contract.document
        self._targets: dict[str, Any] = {}

    def entries(self) -> list[Entry]:
        """The operations of the paths."""
        return [
            entry
            for path, item in self.mapped(self.root.get("paths"))
            if not path.startswith("x-")
            for entry in self.of_item(path if path.startswith("/") else f"/{path}", item)
        ]

    def webhooks(self) -> dict[str, list[Entry]]:
        """The operations of the webhooks, by the webhook's name."""
        return {name: list(self.of_item(name, item)) for name, item in self.mapped(self.root.get("webhooks"))}

    def callbacks(self, entry: Entry) -> dict[tuple[str, str], list[Entry]]:
        """The operations that the system calls back for one of its own, by the callback's name and expression."""
        return {
            (name, expression): list(self.of_item(f"{name} {expression}", item))
            for name, callback in self.mapped(entry.values.get("callbacks"))
            for expression, item in self.mapped(callback)
            if not expression.startswith("x-")
        }

    def of_item(self, path: str, item: Any) -> Iterator[Entry]:
        """The operations of one path item."""
        shared = self.values(item)
        for method in _METHODS:
            if isinstance(shared.get(method), Mapping):
                operation = self.values(shared[method])
                parameters = dict(self._parameters(shared)) | dict(self._parameters(operation))
                yield Entry(method.upper(), path, operation, shared, parameters)

    def body(self, entry: Entry) -> Body | None:
        """The body that an operation takes; None where it takes none."""
        told = self.values(entry.values.get("requestBody"))
        return Body(told.get("required") is True, dict(self.mapped(told.get("content")))) if told else None

    def answers(self, entry: Entry) -> dict[str, Values]:
        """The answers of an operation by status; ranges such as `2XX` in capitals."""
        told = dict(self.mapped(entry.values.get("responses")))
        return {k if k == "default" else k.upper(): values for k, values in told.items() if not k.startswith("x-")}

    def mapped(self, value: Any) -> Iterator[tuple[str, Values]]:
        """The children of a mapping whose values are objects, each with its reference followed."""
        for name, child in self.values(value).items():
            if isinstance(child, Mapping):
                yield name, self.values(child)

    def values(self, value: Any) -> Values:
        """An object with its reference followed; what stands beside the reference wins. Empty for anything else."""
        seen: set[str] = set()
        while isinstance(value, Mapping):
            ref = value.get("$ref")
            if not isinstance(ref, str):
                return value
            target = self._target(ref)
            if ref in seen or not isinstance(target, Mapping):
                return {}
            seen.add(ref)
            beside = {k: v for k, v in value.items() if k != "$ref"}
            value = {**target, **beside} if beside else target
        return {}

    def _target(self, ref: str) -> Any:
        if ref not in self._targets:
            try:
                self._targets[ref] = self.contract.resolve(ref)
            except KeyError:
                self._targets[ref] = None
        return self._targets[ref]

    def _parameters(self, holder: Values) -> Iterator[tuple[tuple[str, str], Values]]:
        told = holder.get("parameters")
        for raw in told if isinstance(told, list) else ():
            values = self.values(raw)
            location, name = str(values.get("in", "")), str(values.get("name", ""))
            if location == "header":
                if name.lower() in _ELSEWHERE:
                    continue
                name = name.lower()
            yield (location, name), values


def shape_of(path: str) -> str:
    """A path without the names in its template: two paths with one shape are one to callers."""
    return _MANY_SLASHES.sub("/", re.sub(r"{[^{}]*}", "{}", path))
