"""Reads YAML 1.2 text into plain values, as JSON would have them.

Scalars are resolved by the core schema (YAML 1.2.2, section 10.3.2): `on` and `yes` are text, `0o17` is octal and `017`
is 17. A date stays the text that was written, and so does every key. libyaml parses where it is installed, at about a
tenth of the time that a parser in Python takes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from seamwright.model.errors import ContractError

__all__ = ["MAX_DEPTH", "YamlEvent", "fast", "yaml_events", "yaml_value"]

MAX_DEPTH = 400
"""Levels of lists and mappings inside each other that are read."""

SECOND_OPINION = 1024 * 1024
"""Characters up to which text that libyaml refuses is given to the slower parser, which knows more of YAML 1.2."""

MAX_MERGED = 1_000_000
"""Keys that `<<` may take in: a few lines of it could stand for more than any memory holds."""

_MERGE: Any = object()
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FIRST_OF_NUMBERS = frozenset("0123456789+-.")
_YAML = "tag:yaml.org,2002:"
_AS_WRITTEN = frozenset({f"{_YAML}{name}" for name in ("str", "timestamp", "binary")})
_BY_CONTENT = frozenset({f"{_YAML}{name}" for name in ("int", "float", "bool", "null")})
_COLLECTIONS = frozenset({f"{_YAML}{name}" for name in ("map", "seq", "set", "omap", "pairs")})


class YamlEvent(NamedTuple):
    """One step through a text: `kind` is `scalar`, `alias`, `[`, `]`, `{` or `}`; line and column count from 0."""

    kind: str
    line: int
    column: int
    value: str = ""
    """What a scalar says, or the name of an alias."""
    plain: bool = False
    """Whether a scalar stands without quotes and without a tag, so that its text says its type."""
    anchor: str | None = None
    tag: str | None = None
    start: int = 0
    """Where it begins in the text, in characters from 0."""
    end: int = 0
    flow: bool = False
    """Whether a list or mapping stands in brackets or braces."""


def fast() -> bool:
    """Whether the fast parser is there."""
    try:
        import yaml  # type: ignore[import-untyped]
    except ImportError:
        return False
    return bool(yaml.__with_libyaml__)


def yaml_value(text: str, source: str) -> Any:
    """Give the one document of a text. Aliases are shared, so a value may contain itself.

    Raises ContractError with line and column.
    """
    return _Builder(source).value(yaml_events(text, source))


def yaml_events(text: str, source: str) -> Iterator[YamlEvent]:
    """Step through the one document of a text. Raises ContractError with line and column, on the way."""
    if not fast():
        yield from _slow_events(text, source)
    elif len(text) > SECOND_OPINION:
        yield from _fast_events(text, source)
    else:
        yield from _either(text, source)


def _either(text: str, source: str) -> list[YamlEvent]:
    """The events of the fast parser, or of the slow one where only that knows what to make of the text."""
    try:
        return list(_fast_events(text, source))
    except ContractError:
        try:
            return list(_slow_events(text, source))
        except ContractError:
            pass
        raise


def _fast_events(text: str, source: str) -> Iterator[YamlEvent]:
    import yaml

    try:
        yield from _translated(yaml.parse(text, Loader=yaml.CSafeLoader), source)
    except yaml.MarkedYAMLError as error:
        raise _told(error, source) from None
    except yaml.reader.ReaderError as error:
        raise _unreadable(error, text, source) from None


def _slow_events(text: str, source: str) -> Iterator[YamlEvent]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        yield from _translated(YAML(typ="safe", pure=True).parse(text), source)
    except MarkedYAMLError as error:
        raise _told(error, source) from None
    except ReaderError as error:
        raise _unreadable(error, text, source) from None


def _translated(events: Iterator[Any], source: str) -> Iterator[YamlEvent]:
    """The events of either library, whose classes have the same names, as ours."""
    documents = 0
    for event in events:
        mark = event.start_mark
        match type(event).__name__:
            case "ScalarEvent":
                tag = _tag(event.tag)
                plain = bool(event.implicit[0]) and tag is None
                at = (mark.line, mark.column, event.value, plain, event.anchor, tag)
                yield YamlEvent("scalar", *at, mark.index, event.end_mark.index)
            case "MappingStartEvent" | "SequenceStartEvent" as name:
                at = (mark.line, mark.column, "", False, event.anchor, _tag(event.tag))
                kind = "{" if name[0] == "M" else "["
                yield YamlEvent(kind, *at, mark.index, event.end_mark.index, bool(event.flow_style))
            case "MappingEndEvent":
                yield YamlEvent("}", mark.line, mark.column, start=mark.index, end=event.end_mark.index)
            case "SequenceEndEvent":
                yield YamlEvent("]", mark.line, mark.column, start=mark.index, end=event.end_mark.index)
            case "AliasEvent":
                yield YamlEvent(
                    "alias", mark.line, mark.column, event.anchor, False, None, None, mark.index, event.end_mark.index
                )
            case "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise _wrong(source, mark.line, mark.column, "a second document begins here; keep one in a file")


def _tag(tag: Any) -> str | None:
    return None if tag is None or str(tag) == "!" else str(tag)


class _Builder:
    """Puts values together from events; a list and no recursion, so that no depth can exhaust the stack."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._anchors: dict[str, Any] = {}
        self._merges: dict[int, list[tuple[Any, YamlEvent]]] = {}
        self._merged = 0

    def value(self, events: Iterator[YamlEvent]) -> Any:
        top: list[Any] = []
        node: Any = top
        key: Any = None
        above: list[Any] = []
        for event in events:
            if event.kind in ("}", "]"):
                if id(node) in self._merges:
                    self._merge(node)
                node = above.pop()
                continue
            if isinstance(node, dict) and key is None:
                key = self._key(event, node)
                continue
            value = self._made(event)
            if isinstance(node, list):
                node.append(value)
            elif key is _MERGE:
                self._merges.setdefault(id(node), []).append((value, event))
            else:
                node[key] = value
            key = None
            if event.kind in ("{", "["):
                if len(above) >= MAX_DEPTH:
                    raise self._wrong(event, "is nested too deep to be read; flatten it")
                above.append(node)
                node = value
        return top[0] if top else None

    def _key(self, event: YamlEvent, node: dict[str, Any]) -> Any:
        key: Any
        if event.kind == "scalar":
            if event.plain and event.value == "<<":
                return _MERGE
            key = self._whole(event)
            if event.anchor:
                self._anchors[event.anchor] = key
        elif event.kind == "alias":
            key = self._anchors.get(event.value)
            if not isinstance(key, str):
                raise self._wrong(event, f"the key *{event.value} is no text")
        else:
            raise self._wrong(event, "a key must be text, and this one is a list or a mapping")
        if key in node:
            raise self._wrong(event, f'the key "{key}" stands here a second time; remove one of the two')
        return key

    def _made(self, event: YamlEvent) -> Any:
        value: Any
        match event.kind:
            case "scalar":
                value = self._scalar(event)
            case "alias":
                if event.value not in self._anchors:
                    raise self._wrong(event, f"nothing is called &{event.value} before this place")
                return self._anchors[event.value]
            case _:
                if event.tag and event.tag.startswith("tag:") and event.tag not in _COLLECTIONS:
                    raise self._wrong(event, f"the tag {event.tag} is not read; write plain YAML")
                value = {} if event.kind == "{" else []
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _scalar(self, event: YamlEvent) -> Any:
        text = event.value
        if not event.plain:
            if event.tag is None or event.tag in _AS_WRITTEN or not event.tag.startswith("tag:"):
                return self._whole(event)
            if event.tag not in _BY_CONTENT:
                raise self._wrong(event, f"the tag {event.tag} is not read; write plain YAML")
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in _FIRST_OF_NUMBERS:
            return self._whole(event)
        if _INTEGER.fullmatch(text):
            return self._integer(event)
        if _FLOAT.fullmatch(text):
            return float(text)
        if _SPECIAL.fullmatch(text):
            return math.nan if "n" in text[1:2].lower() else math.copysign(math.inf, -1 if text[0] == "-" else 1)
        return self._whole(event)

    def _integer(self, event: YamlEvent) -> int | float:
        base = {"0o": 8, "0x": 16}.get(event.value[:2], 10)
        if len(event.value) > 400:
            raise self._wrong(event, f"a number of {len(event.value)} digits is more than can be read")
        number = int(event.value[2:] if base != 10 else event.value, base)
        # The readers of JSON do the same: an integer has 64 bits.
        return number if -(2**63) <= number < 2**64 else float(number)

    def _whole(self, event: YamlEvent) -> str:
        text = event.value
        if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            try:
                return text.encode("utf-16", "surrogatepass").decode("utf-16")
            except UnicodeDecodeError:
                raise self._wrong(event, "holds half of a surrogate pair, which is no character") from None
        return text

    def _merge(self, node: dict[str, Any]) -> None:
        """Take in what stands under `<<`: keys that are written out win, then the first (yaml.org/type/merge.html)."""
        for value, event in self._merges.pop(id(node)):
            for each in value if isinstance(value, list) else [value]:
                if not isinstance(each, dict):
                    raise self._wrong(event, "`<<` takes a mapping in, and this is none")
                self._merged += len(each)
                if self._merged > MAX_MERGED:
                    raise self._wrong(event, f"`<<` takes in more than {MAX_MERGED} keys; write fewer of them")
                for name, child in list(each.items()):
                    node.setdefault(name, child)

    def _wrong(self, event: YamlEvent, text: str) -> ContractError:
        return _wrong(self._source, event.line, event.column, text)


def _wrong(source: str, line: int, column: int, text: str) -> ContractError:
    return ContractError(f"{source}:{line + 1}:{column + 1}: is no valid YAML: {text}")


def _told(error: Any, source: str) -> ContractError:
    mark = error.problem_mark or error.context_mark
    text = " ".join((error.problem or error.context or "it cannot be parsed").split())
    if mark is None:
        return ContractError(f"{source}: is no valid YAML: {text}")
    return _wrong(source, mark.line, mark.column, text)


def _unreadable(error: Any, text: str, source: str) -> ContractError:
    """For a character that YAML forbids; the libraries tell its number and not always where it stands."""
    character = error.character if isinstance(error.character, str) else chr(error.character)
    at = max(text.find(character), 0)
    line = text.count("\n", 0, at)
    column = at - (text.rfind("\n", 0, at) + 1)
    return _wrong(source, line, column, f"the character U+{ord(character):04X} is not allowed; write it as an escape")
