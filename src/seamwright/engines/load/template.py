"""A request with places for values: cut into byte pieces once, and put together again for each sending."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import orjson

__all__ = ["Hole", "Template", "Unfit"]

_CONTENT_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)(?=\r\n)")
_CONTENT_TYPE = re.compile(rb"(?i)\r\ncontent-type: *([^;\r]*)")
_NO_HEADER = re.compile(r"[\r\n\0]")

Encode = Callable[[Any], bytes]


class Unfit(ValueError):
    """A value that cannot stand in its place; the message says why."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a value goes: its index among the variables, the name that it is shown by, and whether it is all there is
    of its text (then it keeps its type in a JSON body)."""

    variable: int
    name: str
    whole: bool


class Template:
    """A rendered HTTP/1.1 request in which marks stand for values.

    How a value is written depends on where its mark stands: percent-encoded in path and query, as one line in a header,
    and as its media type wants it in a body, whose length is told anew each time. Without marks it is `constant`, and
    `data` is what is sent; otherwise `data` shows `${name}` in place of each value.
    """

    __slots__ = ("_body", "_head", "_length", "_pieces", "_size", "constant", "data")

    def __init__(self, data: bytes, marks: Mapping[bytes, Hole]) -> None:
        self.constant = not any(mark in data for mark in marks)
        self._pieces: list[bytes] = []
        self._head: list[tuple[int, int, Encode, str]] = []
        self._body: list[tuple[int, int, Encode, str]] = []
        self._length = -1
        self._size = 0
        self.data = data
        if not self.constant:
            self.data = self._cut(data, marks)

    def render(self, values: Sequence[Any]) -> bytes:
        """The request with these values, by the index of their variable. Raises Unfit."""
        if self.constant:
            return self.data
        pieces = self._pieces.copy()
        try:
            for place, variable, encode, _ in self._head:
                pieces[place] = encode(values[variable])
            if self._body:
                size = self._size
                for place, variable, encode, _ in self._body:
                    piece = pieces[place] = encode(values[variable])
                    size += len(piece)
                pieces[self._length] = b"%d" % size
        except Unfit as error:
            raise Unfit(f"${{{self._unfit(values)}}} {error}") from None
        return b"".join(pieces)

    def _unfit(self, values: Sequence[Any]) -> str:
        """The name of the first value that cannot stand in its place."""
        for _, variable, encode, name in (*self._head, *self._body):
            try:
                encode(values[variable])
            except Unfit:
                return name
        raise AssertionError("all of them fit")

    def _cut(self, data: bytes, marks: Mapping[bytes, Hole]) -> bytes:
        """Fill pieces and holes; gives the request as it is shown."""
        split = data.index(b"\r\n\r\n") + 4
        head, body = data[:split], data[split:]
        line = head.index(b"\r\n")
        question = head.find(b"?", 0, line)
        media = _CONTENT_TYPE.search(head)
        in_body = _in_body(media[1].strip().lower().decode("latin-1") if media else "")
        told = _CONTENT_LENGTH.search(head)
        pattern = re.compile(b"|".join(re.escape(mark) for mark in marks))
        shown: list[bytes] = []

        def encode_head(at: int, _: bool) -> Encode:
            if at > line:
                return _header
            return _path if question < 0 or at < question else _query

        first = len(head) if told is None or not pattern.search(body) else told.start(1)
        self._take(pattern, marks, head[:first], 0, encode_head, self._head, shown)
        if first < len(head) and told is not None:
            self._length = len(self._pieces)
            self._pieces.append(b"")
            shown.append(told[1])
            self._take(pattern, marks, head[told.end(1) :], told.end(1), encode_head, self._head, shown)
        elif pattern.search(body):
            raise ValueError("a body with values needs a Content-Length in its head")
        begin = len(self._pieces)
        self._take(pattern, marks, body, 0, lambda _, whole: in_body(whole), self._body, shown, body=True)
        self._size = sum(len(piece) for piece in self._pieces[begin:])
        return b"".join(shown)

    def _take(
        self,
        pattern: re.Pattern[bytes],
        marks: Mapping[bytes, Hole],
        part: bytes,
        offset: int,
        encode: Callable[[int, bool], Encode],
        holes: list[tuple[int, int, Encode, str]],
        shown: list[bytes],
        *,
        body: bool = False,
    ) -> None:
        at = 0
        for match in pattern.finditer(part):
            hole = marks[match[0]]
            start, end = match.span()
            way = encode(offset + start, hole.whole)
            if body and way is _json_value:
                # The mark is a JSON text; the value comes instead of it, quotes and all.
                start, end = start - 1, end + 1
            self._pieces += (part[at:start], b"")
            holes.append((len(self._pieces) - 1, hole.variable, way, hole.name))
            shown += (part[at:start], f"${{{hole.name}}}".encode())
            at = end
        self._pieces.append(part[at:])
        shown.append(part[at:])


def _in_body(media_type: str) -> Callable[[bool], Encode]:
    if media_type == "application/json" or media_type.endswith("+json"):
        return lambda whole: _json_value if whole else _json_text
    if media_type == "application/x-www-form-urlencoded":
        return lambda _: _form
    if media_type in ("application/xml", "text/xml") or media_type.endswith("+xml"):
        return lambda _: _xml
    return lambda _: _plain


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    what = "null" if value is None else "an object" if isinstance(value, dict) else "a list"
    raise Unfit(f"is {what}, and can only stand in JSON, as a value of its own")


def _path(value: Any) -> bytes:
    text = _text(value)
    if not text:
        raise Unfit("is empty, and would ask for another path")
    if text in (".", ".."):
        return text.replace(".", "%2E").encode()  # clients take them out of a path (RFC 3986, section 5.2.4)
    return _quoted(text)


def _query(value: Any) -> bytes:
    return _quoted(_text(value))


def _quoted(text: str) -> bytes:
    # Most ids are letters and digits alone, and need no look at each of them.
    return text.encode() if text.isascii() and text.isalnum() else quote(text, safe="").encode()


def _header(value: Any) -> bytes:
    text = _text(value)
    if _NO_HEADER.search(text):
        raise Unfit("has a line break, and cannot stand in a header")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise Unfit("has characters that cannot stand in a header") from None


def _json_value(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()  # an integer of more than 64 bits


def _json_text(value: Any) -> bytes:
    return _json_value(_text(value))[1:-1]


def _form(value: Any) -> bytes:
    return quote_plus(_text(value)).encode()


def _xml(value: Any) -> bytes:
    return escape(_text(value), {'"': "&quot;"}).encode()


def _plain(value: Any) -> bytes:
    return _text(value).encode()
