"""Changes JSON and YAML where they stand: whatever is not changed keeps every blank and every comment of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from seamwright.contracts.bundle import tokens
from seamwright.contracts.lines import is_json
from seamwright.contracts.lint._rule import Edit
from seamwright.contracts.yaml_text import yaml_events

__all__ = ["edited"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


class _Step(NamedTuple):
    """One step through a text, as JSON and YAML have it alike."""

    kind: str
    value: str
    start: int
    end: int
    column: int = 0
    block: bool = False


@dataclass(slots=True)
class _Node:
    """A value and the text that it takes; `begin` is where its key begins, or its item."""

    begin: int
    start: int
    end: int
    column: int = 0
    block: bool = False
    members: dict[str, _Node] | None = None
    items: list[_Node] | None = None

    @property
    def parts(self) -> list[_Node]:
        return list(self.members.values()) if self.members is not None else self.items or []


@dataclass(slots=True)
class _Changes:
    cuts: list[tuple[int, int]] = field(default_factory=list)
    puts: list[tuple[int, int, str]] = field(default_factory=list)


def edited(text: str, edits: Iterable[Edit], source: str) -> str:
    """Apply edits to a text that is known to be JSON or YAML. Raises KeyError for a place that is not there."""
    json_text = is_json(text)
    top = _tree(_json_steps(text) if json_text else _yaml_steps(text, source))
    changes = _Changes()
    removed: dict[int, tuple[_Node, set[int]]] = {}
    for edit in edits:
        *above, last = tokens(edit.place)
        node = top
        for step in above:
            node = _child(node, step)
        if edit.remove:
            gone = removed.setdefault(id(node), (node, set()))[1]
            gone.add([id(part) for part in node.parts].index(id(_child(node, last))))
        else:
            _put(text, node, last, edit.value, changes, json_text=json_text)
    for node, gone in removed.values():
        _cut(text, node, gone, changes)
    return _applied(text, changes)


def _put(text: str, node: _Node, key: str, value: Any, changes: _Changes, *, json_text: bool) -> None:
    """Set a member: in its place where it is there, else before the first one."""
    if node.members is None:
        raise KeyError(key)
    written = json.dumps(value, ensure_ascii=False)
    name = json.dumps(key, ensure_ascii=False)
    if not json_text:
        written, name = (_plain(each) if isinstance(each, str) else each for each in (written, name))
    if key in node.members:
        old = node.members[key]
        changes.puts.append((old.start, old.end, written))
        return
    first = node.parts[0].begin if node.members else None
    if first is None:
        changes.puts.append((node.start + 1, node.start + 1, f"{name}: {written}"))
    elif node.block:
        line = "\r\n" if "\r\n" in text else "\n"
        changes.puts.append((first, first, f"{name}: {written}{line}{' ' * node.column}"))
    else:
        blank = text[node.start + 1 : first]
        changes.puts.append((first, first, f"{name}: {written},{blank or ' '}"))


def _plain(quoted: str) -> str:
    bare = quoted[1:-1]
    return bare if quoted[:1] == '"' and _PLAIN.fullmatch(bare) and bare.lower() not in _RESERVED else quoted


def _cut(text: str, node: _Node, gone: set[int], changes: _Changes) -> None:
    """Take parts out: in a block whole lines, else each with one of the commas beside it."""
    parts = node.parts
    kept = [index for index in range(len(parts)) if index not in gone]
    if not kept:
        empty = "{}" if node.members is not None else "[]"
        start = node.start if node.block else node.start + 1
        changes.puts.append((start, node.end if node.block else node.end - 1, empty if node.block else ""))
        return
    for index in sorted(gone):
        part = parts[index]
        if node.block:
            line = text.rfind("\n", 0, part.begin) + 1
            after = text.find("\n", part.end)
            changes.cuts.append((line, len(text) if after < 0 else after + 1))
        elif index < kept[-1]:
            changes.cuts.append((part.begin, parts[index + 1].begin))
        else:
            changes.cuts.append((parts[kept[-1]].end, part.end))


def _applied(text: str, changes: _Changes) -> str:
    made = [(start, end, "") for start, end in changes.cuts] + changes.puts
    out: list[str] = []
    at = 0
    for start, end, value in sorted(made, key=lambda change: change[:2]):
        if end <= at and start < at:
            continue  # It lies in what was cut already.
        out += [text[at : max(start, at)], value]
        at = max(end, at)
    return "".join([*out, text[at:]])


def _child(node: _Node, step: str) -> _Node:
    if node.members is not None:
        return node.members[step]
    if node.items is not None and step.isdigit() and int(step) < len(node.items):
        return node.items[int(step)]
    raise KeyError(step)


def _tree(steps: Iterator[_Step]) -> _Node:
    above: list[_Node] = []
    key: _Step | None = None
    node = _Node(0, 0, 0)
    end = 0
    for step in steps:
        if step.kind in "}]":
            node = above.pop()
            # A block ends where its last value does; the event of its end comes with the next thing in the text.
            node.end = end = end if node.block else step.end
            continue
        if above and above[-1].members is not None and key is None:
            key, end = step, step.end
            continue
        node = _Node(key.start if key else step.start, step.start, step.end, step.column, step.block)
        end = step.end if step.kind == '"' or not step.block else end
        if above:
            parent = above[-1]
            if parent.members is not None and key is not None:
                parent.members[key.value] = node
            elif parent.items is not None:
                parent.items.append(node)
        key = None
        if step.kind == "{":
            node.members = {}
            above.append(node)
        elif step.kind == "[":
            node.items = []
            above.append(node)
    return node


def _json_steps(text: str) -> Iterator[_Step]:
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{}[]":
            yield _Step(token, "", match.start(), match.end())
        elif token not in ",:":
            value = json.loads(token) if token[0] == '"' else token
            yield _Step('"', value, match.start(), match.end())


def _yaml_steps(text: str, source: str) -> Iterator[_Step]:
    for event in yaml_events(text, source):
        kind = event.kind if event.kind in "{}[]" else '"'
        block = event.kind in "{[" and not event.flow
        yield _Step(kind, event.value, event.start, event.end, event.column, block)
