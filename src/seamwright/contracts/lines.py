"""Finds the line that a place of a JSON or YAML text stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from seamwright.contracts.bundle import escaped, tokens
from seamwright.contracts.yaml_text import yaml_events

__all__ = ["Found", "find_lines", "is_json", "repeated_keys"]

_JSON = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|\n|[^\s{}\[\],:"]+')


@dataclass(frozen=True, slots=True)
class Found:
    """Where a place is, or the nearest one above it that is there; the line counts from 1."""

    place: str
    line: int


@dataclass(slots=True)
class _Wanted:
    """A place, as a tree of the tokens that lead to all that are wanted."""

    below: dict[str, _Wanted] = field(default_factory=dict)
    line: int | None = None


def find_lines(text: str, places: Iterable[str], source: str) -> dict[str, Found]:
    """Find JSON pointers (`#/paths/~1orders/get`) in a text that is known to be good JSON or YAML, in one pass.

    The line is that of the key, or of the item in a list. What lies inside a YAML alias is found where it stands.
    """
    top = _Wanted(line=1)
    wanted = {place: tokens(place) for place in places}
    for steps in wanted.values():
        node = top
        for step in steps:
            node = node.below.setdefault(step, _Wanted())
    _walk(_steps(text, source), top)
    return {place: _nearest(top, steps) for place, steps in wanted.items()}


def repeated_keys(text: str) -> Iterator[tuple[str, int]]:
    """The places of keys that stand in one mapping again, each with the line where it does so; of JSON alone.

    YAML with such a key is not read at all.
    """
    if not is_json(text):
        return
    above: list[tuple[set[str] | None, str]] = []
    keys: set[str] | None = None
    place, index, key = "#", 0, ""
    waits = False
    for kind, value, line in _json_steps(text):
        if kind in "}]":
            keys, place = above.pop()
            waits = False
            continue
        if keys is not None and not waits:
            key, waits = value, True
            if key in keys:
                yield f"{place}/{escaped(key)}", line
            keys.add(key)
            continue
        waits = False
        if kind in "{[":
            step = escaped(key) if keys is not None else str(index)
            above.append((keys, place))
            place = f"{place}/{step}" if len(above) > 1 else "#"
            keys = set() if kind == "{" else None


def _nearest(top: _Wanted, steps: list[str]) -> Found:
    node, line, place = top, 1, "#"
    for step in steps:
        node = node.below[step]
        if node.line is None:
            break
        line, place = node.line, f"{place}/{escaped(step)}"
    return Found(place, line)


def _walk(steps: Iterator[tuple[str, str, int]], top: _Wanted) -> None:
    """Follow the text through the tree; where nothing is wanted only the depth is counted."""
    node: _Wanted | None = top
    above: list[tuple[_Wanted | None, int | None, str | None]] = []
    index: int | None = None
    key: str | None = None
    begun = False
    for kind, value, line in steps:
        if kind in "}]":
            node, index, key = above.pop()
            if index is not None:
                index += 1
            key = None
            continue
        here: _Wanted | None = node
        if begun:
            if index is None and key is None:
                key = value
                if node is not None and key in node.below and node.below[key].line is None:
                    node.below[key].line = line
                continue
            here = node.below.get(str(index) if index is not None else str(key)) if node is not None else None
            if index is not None and here is not None and here.line is None:
                here.line = line
        begun = True
        if kind in "{[":
            above.append((node, index, key))
            node, index, key = here, (0 if kind == "[" else None), None
        elif index is not None:
            index += 1
        else:
            key = None


def _steps(text: str, source: str) -> Iterator[tuple[str, str, int]]:
    """(kind, value, line) for each bracket, key and scalar; `"` stands for keys and scalars."""
    if is_json(text):
        yield from _json_steps(text)
        return
    for event in yaml_events(text, source):
        yield event.kind if event.kind in "{}[]" else '"', event.value, event.line + 1


def is_json(text: str) -> bool:
    """Whether a text is JSON; what begins with a brace may be YAML too."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _json_steps(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for match in _JSON.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
        elif token in "{}[]":
            yield token, "", line
        elif token not in ",:":
            value: Any = orjson.loads(token) if "\\" in token else token.strip('"')
            yield '"', value, line
