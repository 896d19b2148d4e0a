"""Finds which operations a path names, and the values of its parameters; and fills paths with values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from seamwright.model.operation import Operation

__all__ = ["Found", "Routes", "Segment", "filled", "parameters", "segments"]

_PARAMETER = re.compile(r"{([^{}]+)}")
_SUFFIX = re.compile(r"\.(json|xml)$")


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path: a literal, or one or more parameters (`{base}...{head}`)."""

    literal: str
    parameters: tuple[str, ...] = ()

    @property
    def shape(self) -> str:
        """The literal, or `{}` for a step that is filled in."""
        return "{}" if self.parameters else self.literal


def segments(path: str) -> tuple[Segment, ...]:
    """The steps of a path as resources are read off it.

    A format at its end (`/Calls/{Sid}.json`) says nothing of the resource and is left out; a custom method
    (`/orders/{id}:cancel`) is a step of its own.
    """
    found: list[Segment] = []
    parts = [part for part in path.split("/") if part]
    for index, part in enumerate(parts):
        text = _SUFFIX.sub("", part) if index == len(parts) - 1 else part
        text, colon, verb = text.rpartition(":") if ":" in text.rpartition("}")[2] else (text, "", "")
        names = tuple(_PARAMETER.findall(text))
        found.append(Segment("" if names else text, names))
        if colon:
            found.append(Segment(f":{verb}"))
    return tuple(found)


def parameters(path: str) -> tuple[str, ...]:
    """The names of a path's parameters, from left to right."""
    return tuple(_PARAMETER.findall(path))


def filled(path: str, values: Mapping[str, str]) -> str:
    """A path with its parameters filled in, percent-encoded. Raises KeyError where one is missing."""
    return _PARAMETER.sub(lambda match: quote(values[match[1]], safe=""), path)


@dataclass(frozen=True, slots=True)
class Found:
    """The operations of a path template by method, and what the parameters of the template are in this path."""

    template: str
    operations: Mapping[str, Operation]
    values: Mapping[str, str]


class Routes:
    """Finds operations by path; literal steps win over parameters (OpenAPI 3.1, section 4.8.8.2)."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        templates: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            templates.setdefault(operation.path, {})[operation.method] = operation
        self._by_length: dict[int, list[tuple[re.Pattern[str], tuple[str, ...], str, dict[str, Operation]]]] = {}
        for path in sorted(templates, key=_vagueness):
            pattern, names = _pattern(path)
            length = path.count("/")
            self._by_length.setdefault(length, []).append((pattern, names, path, templates[path]))

    def find(self, path: str) -> Iterator[Found]:
        """Every template that covers a path (percent-encoded, without its query), the most exact first.

        A slash too many or too few at the end is forgiven where no template is exact.
        """
        exact = list(self._matches(path))
        if not exact:
            exact = list(self._matches(path.rstrip("/") if path.endswith("/") else f"{path}/"))
        yield from exact

    def _matches(self, path: str) -> Iterator[Found]:
        for pattern, names, template, operations in self._by_length.get(path.count("/"), ()):
            match = pattern.fullmatch(path)
            if match is not None:
                texts = (unquote(text) for text in match.groups())
                yield Found(template, operations, dict(zip(names, texts, strict=True)))


def _pattern(path: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    parts = _PARAMETER.split(path)
    text = "".join("([^/]+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    return re.compile(text), tuple(parts[1::2])


def _vagueness(path: str) -> tuple[tuple[int, int], ...]:
    """How little each step says: a literal says all, a parameter inside a literal more than one alone."""
    return tuple((0, 0) if "{" not in part else (1, -len(_PARAMETER.sub("", part))) for part in path.split("/"))
