"""Where the queries of a PostgreSQL connection and their answers begin and end (Frontend/Backend Protocol 3.0).

A request is what one ReadyForQuery answers: a simple query, or the messages of the extended protocol up to a Sync. What
only prepares a statement executes nothing, and is struck only by a fault that names it (`PREPARE …`); the same goes for
opening the connection (`CONNECT`). Texts within statements are not told, because a log is no place for them.
"""

from __future__ import annotations

import re

from seamwright.engines.faults.framing import REQUEST, Head, NotUnderstood, Piece

__all__ = ["Postgres", "begins_postgres"]

_TLS, _GSS, _CANCEL, _START = 80877103, 80877104, 80877102, 196608
_MAX_STARTUP = 10_000
_LOOKED_AT = 1024
"""Bytes of a message within which its statement is looked for."""
_HELD = 64 * 1024
"""Bytes of one request that are held back to see whether it executes anything."""

_TOKEN = re.compile(
    r"""
    (?P<name>"(?:[^"]|"")*"?)
    |(?P<text>
        \b[eE]'(?:\\.|''|[^'\\])*(?:'|\\?\Z)
        |'(?:[^']|'')*'?
        |(?<![\w$])\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
        |(?<![\w$])\$\d+\b
    )
    |--[^\n]*
    |/\*
    """,
    re.VERBOSE | re.DOTALL,
)
"""What is not looked into (PostgreSQL, section 4.1): names in quotes, texts, parameters, comments."""

_COMMENT = re.compile(r"/\*|\*/")
_REQUEST_TYPES = b"QPBDCEHSFdcfpX"
_ANSWER_TYPES = b"123AcCdDEGHIKNnRSstTvVWZ"


def begins_postgres(data: bytes) -> bool:
    """Whether a connection that begins so speaks PostgreSQL."""
    if len(data) < 8:
        return False
    length, code = _two(data, 0)
    return 8 <= length <= _MAX_STARTUP and code in (_TLS, _GSS, _CANCEL, _START, _START + 2)


class Postgres:
    """The two streams of one connection."""

    alternates = False

    def __init__(self) -> None:
        self._starting = True
        self._asks_for_a_byte = False
        self._tunnel = False
        self._prepared: dict[bytes, str] = {}
        self._in_unit = False
        """A request of the extended protocol has begun and its Sync has not come."""
        self._left = 0
        """Bytes that are left of a client's message."""
        self._ends = False
        """That message is the last of its request."""
        self._answer_left = 0
        self._answering = False

    def requests(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the client."""
        pieces: list[Piece] = []
        at, size = 0, len(data)
        while at < size:
            if self._tunnel:
                pieces.append((None, at, size, False))
                return pieces, size
            if self._left:
                end = min(size, at + self._left)
                self._left -= end - at
                pieces.append((None, at, end, self._ends and not self._left))
                at = end
                continue
            before = at
            at = self._start(data, at, pieces) if self._starting else self._message(data, at, pieces)
            if at == before:
                break
        return pieces, at

    def answers(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the upstream."""
        pieces: list[Piece] = []
        at, start, size = 0, 0, len(data)
        begins = None if self._answering else REQUEST
        while at < size:
            if self._tunnel:
                at = size
                break
            if self._answer_left:
                end = min(size, at + self._answer_left)
                self._answer_left -= end - at
                at = end
                continue
            if self._asks_for_a_byte:
                self._asks_for_a_byte = False
                self._tunnel = data[at : at + 1] != b"N"
                pieces.append((begins, at, at + 1, True))
                at = start = at + 1
                continue
            if size - at < 5:
                break
            kind = data[at : at + 1]
            length = int.from_bytes(data[at + 1 : at + 5])
            if kind not in _ANSWER_TYPES or length < 4:
                raise NotUnderstood(f"{data[at : at + 5]!r} begins no message of a PostgreSQL server")
            if kind == b"Z":
                if size - at < 6:
                    break
                at += 6
                pieces.append((begins, start, at, True))
                start, begins, self._answering = at, REQUEST, False
                continue
            self._answering = True
            at += 5
            self._answer_left = length - 4
        if at > start:
            pieces.append((begins, start, at, False))
        return pieces, at

    def withdraw(self, later: int) -> None:
        """No fault answers in the place of a database."""

    def bulk(self, asking: bool) -> int | None:
        """What is left of the message under way."""
        if self._tunnel:
            return None
        return self._left if asking else self._answer_left

    def _start(self, data: bytes, at: int, pieces: list[Piece]) -> int:
        if len(data) - at < 8:
            return at
        length, code = _two(data, at)
        if not begins_postgres(data[at : at + 8]):
            raise NotUnderstood(f"{data[at : at + 8]!r} begins no PostgreSQL connection")
        if len(data) - at < length:
            return at
        if code in (_TLS, _GSS):
            self._asks_for_a_byte = True
            head = Head("TLS" if code == _TLS else "GSS", preamble=True)
        elif code == _CANCEL:
            head = Head("CANCEL", preamble=True)
        else:
            self._starting = False
            head = Head("CONNECT", preamble=True)
        pieces.append((head, at, at + length, True))
        return at + length

    def _message(self, data: bytes, at: int, pieces: list[Piece]) -> int:
        """The piece that begins at `at`; where it ends, or `at` where more is needed to tell."""
        found = _header(data, at)
        if found is None:
            return at
        kind, end = found
        if self._in_unit or kind in b"dcfpXH":
            if kind == b"P" and not self._learned(data, at, end):
                return at
            return self._passed(data, at, end, None, kind == b"S", pieces)
        if kind == b"Q":
            text = _text(data, at + 5, end)
            if text is None:
                return at
            return self._passed(data, at, end, Head(_told(text)), True, pieces)
        if kind == b"F":
            return self._passed(data, at, end, Head("FUNCTION CALL"), True, pieces)
        return self._unit(data, at, pieces)

    def _unit(self, data: bytes, first: int, pieces: list[Piece]) -> int:
        """A request of the extended protocol: held back until it is known whether it executes anything."""
        operation, executes, at = "", False, first
        while True:
            found = _header(data, at)
            if found is None:
                if len(data) - first < _HELD:
                    return first
                executes = True  # it is too long to be held; what prepares only is short
                break
            kind, end = found
            if kind == b"P":
                if not self._learned(data, at, end):
                    return first
                name = data[at + 5 : data.find(b"\0", at + 5)]
                operation = operation or self._prepared.get(name, "")
            elif kind == b"B":
                parts = data[at + 5 : min(end, at + 5 + _LOOKED_AT)].split(b"\0", 2)
                if len(parts) == 3:
                    operation = operation or self._prepared.get(parts[1], "")
                elif len(data) < min(end, at + 5 + _LOOKED_AT):
                    return first
            elif kind == b"E":
                executes = True
                break
            elif kind in b"SH":
                break
            at = end
        head = Head(operation) if executes else Head(f"PREPARE {operation}".strip(), preamble=True)
        found = _header(data, first)
        assert found is not None
        kind, end = found
        self._in_unit = True
        return self._passed(data, first, end, head, kind == b"S", pieces)

    def _passed(self, data: bytes, at: int, end: int, head: Head | None, ends: bool, pieces: list[Piece]) -> int:
        there = min(end, len(data))
        self._left, self._ends = end - there, ends
        if ends:
            self._in_unit = False
        pieces.append((head, at, there, ends and not self._left))
        return there

    def _learned(self, data: bytes, at: int, end: int) -> bool:
        """Remember the statement of a Parse; False where it is not there yet."""
        looked_at = min(end, at + 5 + _LOOKED_AT)
        name_end = data.find(b"\0", at + 5, looked_at)
        if name_end < 0:
            return len(data) >= looked_at
        text = _text(data, name_end + 1, end)
        if text is None:
            return False
        if len(self._prepared) > 10_000:
            self._prepared.clear()
        self._prepared[data[at + 5 : name_end]] = _told(text)
        return True


def _header(data: bytes, at: int) -> tuple[bytes, int] | None:
    if len(data) - at < 5:
        return None
    kind = data[at : at + 1]
    length = int.from_bytes(data[at + 1 : at + 5])
    if kind not in _REQUEST_TYPES or length < 4:
        raise NotUnderstood(f"{data[at : at + 5]!r} begins no message of a PostgreSQL client")
    return kind, at + 1 + length


def _text(data: bytes, at: int, end: int) -> bytes | None:
    """A string up to its NUL, or as much of it as is looked at; None where that is not there yet."""
    stop = data.find(b"\0", at, min(end, at + _LOOKED_AT))
    if stop >= 0:
        return data[at:stop]
    return data[at : at + _LOOKED_AT] if len(data) >= min(end, at + _LOOKED_AT) else None


def _told(text: bytes) -> str:
    """A statement on one line, without comments, and with a question mark for each text and parameter."""
    line, told, at = text.decode("utf-8", "replace"), list[str](), 0
    while (found := _TOKEN.search(line, at)) is not None:
        told.append(line[at : found.start()])
        at = found.end()
        if found["name"] is not None:
            told.append(found[0])
        elif found["text"] is not None:
            told.append("?")
        else:
            told.append(" ")
            at = _after_comment(line, at) if found[0] == "/*" else at
    return " ".join("".join([*told, line[at:]]).split())[:200]


def _after_comment(line: str, at: int) -> int:
    """Where a comment ends that began before; there may be others in it."""
    depth = 1
    while depth:
        found = _COMMENT.search(line, at)
        if found is None:
            return len(line)
        depth += 1 if found[0] == "/*" else -1
        at = found.end()
    return at


def _two(data: bytes, at: int) -> tuple[int, int]:
    """Length and code of a message without a type."""
    return int.from_bytes(data[at : at + 4]), int.from_bytes(data[at + 4 : at + 8])
