"""Correlation: values out of one answer, for the requests after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson

from seamwright.wire.http1 import Response

__all__ = ["MISSING", "Keeps", "Pick", "pick"]

MISSING: Any = object()
"""What a pick gives where nothing lies there; null counts as nothing."""

_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>[0-9]+)\]|\['(?P<quoted>[^']*)'\]")
_HEADER = re.compile(r"header:\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)")


class Pick:
    """Takes one value out of an answer: of its JSON body by the names on the way there, or by `other` of the answer."""

    __slots__ = ("other", "path", "text")

    def __init__(self, text: str, path: tuple[str, ...], other: Callable[[Response], Any] | None) -> None:
        self.text = text
        self.path = path
        self.other = other

    def of(self, body: Any) -> Any:
        """What lies in this JSON value; MISSING where nothing does."""
        value = body
        for step in self.path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                return MISSING
        return MISSING if value is None else value


def pick(text: str) -> Pick:
    """Read where a value lies: `$.lines[0].id`, `/lines/0/id` (RFC 6901), `header:ETag` or `status`.

    Raises ValueError with what is wrong.
    """
    if text == "status":
        return Pick(text, (), lambda answer: answer.status)
    header = _HEADER.fullmatch(text)
    if header is not None:
        name = header[1].encode()
        return Pick(text, (), lambda answer: _decoded(answer.header(name)))
    if text.startswith("/"):
        return Pick(text, tuple(t.replace("~1", "/").replace("~0", "~") for t in text[1:].split("/")), None)
    if text.startswith("$"):
        path: list[str] = []
        at = 1
        while at < len(text):
            step = _STEP.match(text, at)
            if step is None:
                raise ValueError(f"{text!r} is no JSON path at {text[at:]!r}; write it like $.lines[0].id")
            path.append(next(part for part in step.groups() if part is not None))
            at = step.end()
        return Pick(text, tuple(path), None)
    raise ValueError(f"{text!r} names no place of an answer; write $.id, /id, header:ETag or status")


def _decoded(value: bytes | None) -> Any:
    return MISSING if value is None else value.decode("latin-1")


class Keeps:
    """All that one step keeps of its answer: (index of the variable, its name, where it lies)."""

    __slots__ = ("_in_body", "_others")

    def __init__(self, wanted: tuple[tuple[int, str, Pick], ...]) -> None:
        self._in_body = tuple(item for item in wanted if item[2].other is None)
        self._others = tuple(item for item in wanted if item[2].other is not None)

    def take(self, answer: Response, values: list[Any]) -> str | None:
        """Put the values where they belong; a sentence about the first that is missing, None where all are there."""
        for variable, name, where in self._others:
            assert where.other is not None
            value = where.other(answer)
            if value is MISSING:
                return f"{name}: the answer has no {where.text}"
            values[variable] = value
        if self._in_body:
            try:
                body = orjson.loads(answer.body)
            except orjson.JSONDecodeError:
                return f"{self._in_body[0][1]}: the answer's body is not JSON"
            for variable, name, where in self._in_body:
                value = where.of(body)
                if value is MISSING:
                    return f"{name}: the answer has nothing at {where.text}"
                values[variable] = value
        return None
