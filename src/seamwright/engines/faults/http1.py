"""Where the messages of HTTP/1.1 begin and end (RFC 9112), without changing or copying a byte.

httptools tells that a message has ended but not at which byte, which is what a fault needs; and heads come again and
again, byte for byte, so remembering them costs less than parsing them.
"""

from __future__ import annotations

import re
from collections import deque
from functools import lru_cache
from typing import NamedTuple

from seamwright.engines.faults.framing import Head, NotUnderstood, Piece

__all__ = ["Http1"]

_MAX_HEAD = 64 * 1024
_SIZE = re.compile(rb"0*[0-9A-Fa-f]{1,15}")
_BARE = re.compile(rb"(?<!\r)\n")
_SHORT = 16
_DIGITS = 18
"""Of a Content-Length, at most."""
_REMEMBERED = 4096
_MANY = 2048
_SPECIAL = (b"HEAD", b"CONNECT")
_FRAMING = (b"content-length", b"transfer-encoding")
_WHOLE: dict[bytes, bytes] = {}
"""Requests without a body that were read, and their methods."""

_UNTIL_CLOSE = -1
_CHUNKED = -2
_TUNNEL = -3


class _Message(NamedTuple):
    head: Head
    length: int
    """Bytes of its body; or one of the negative numbers above."""
    method: bytes
    status: int


class _Body:
    """What is left of the body that is under way."""

    __slots__ = ("chunk", "left", "trailers")

    def __init__(self) -> None:
        self.left = 0
        self.chunk = 0
        """Bytes left of a chunk, with the line end behind it."""
        self.trailers = False

    def take(self, data: bytes, at: int) -> tuple[int, bool]:
        """Where the bytes of this body end in `data`, and whether the body does."""
        size = len(data)
        if self.left > 0:
            taken = min(self.left, size - at)
            self.left -= taken
            return at + taken, self.left == 0
        if self.left != _CHUNKED:
            return size, False
        while at < size:
            if self.chunk:
                taken = min(self.chunk, size - at)
                self.chunk -= taken
                at += taken
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                if size - at > _MAX_HEAD or data.find(b"\n", at) >= 0:
                    raise NotUnderstood("a line of a chunked body has no end")
                break
            line = data[at:end]
            at = end + 2
            if self.trailers:
                if not line:
                    self.trailers, self.left = False, 0
                    return at, True
                continue
            self.chunk = _size(line) if len(line) <= _SHORT else _size_of(line)
            if self.chunk:
                self.chunk += 2
            else:
                self.trailers = True
        return at, False


def _size_of(line: bytes) -> int:
    """What the first line of a chunk says that it holds."""
    digits = line.partition(b";")[0].strip(b" \t")
    if _SIZE.fullmatch(digits) is None:  # int() would take a sign, too, and go backwards
        raise NotUnderstood(f"{line[:40]!r} is no size of a chunk")
    return int(digits, 16)


_size = lru_cache(maxsize=1024)(_size_of)


class Http1:
    """The two streams of one connection."""

    alternates = False

    def __init__(self) -> None:
        self._asked: deque[bytes] = deque()
        """Methods of the requests whose answers have not begun."""
        self._request = _Body()
        self._answer = _Body()
        self._tunnel = False

    def requests(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the client."""
        if self._tunnel:
            return [(None, 0, len(data), False)], len(data)
        pieces: list[Piece] = []
        body, at, size = self._request, 0, len(data)
        while at < size:
            if body.left:
                end, ended = body.take(data, at)
                if end == at:
                    break
                pieces.append((None, at, end, ended))
                at = end
                continue
            if data.startswith(b"\r\n", at):  # an empty line before a request is to be passed over (section 2.2)
                pieces.append((None, at, at + 2, False))
                at += 2
                continue
            end = data.find(b"\r\n\r\n", at) + 4
            if end < 4:
                if data[at:] != b"\r":
                    _unended(data, at)
                break
            message = (_asked if end - at <= _REMEMBERED else _request_of)(data[at:end])
            self._asked.append(message.method)
            start, at, ended = at, end, message.length == 0
            if not ended:
                body.left = message.length
                at, ended = body.take(data, end)
            elif end - start == size <= _REMEMBERED:
                if len(_WHOLE) >= _MANY:
                    _WHOLE.clear()
                _WHOLE[data] = message.method
            pieces.append((message.head, start, at, ended))
        return pieces, at

    def answers(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the upstream."""
        if self._tunnel:
            return [(None, 0, len(data), False)], len(data)
        pieces: list[Piece] = []
        body, at, size = self._answer, 0, len(data)
        while at < size:
            if body.left:
                end, ended = body.take(data, at)
                if end == at:
                    break
                pieces.append((None, at, end, ended))
                at = end
                continue
            end = data.find(b"\r\n\r\n", at) + 4
            if end < 4:
                _unended(data, at)
                break
            message = (_answered if end - at <= _REMEMBERED else _answer_of)(data[at:end])
            if message.head.interim:
                pieces.append((message.head, at, end, False))
                at = end
                continue
            method = self._asked.popleft() if self._asked else b""
            if message.status == 101 or (method == b"CONNECT" and message.status < 300):
                self._tunnel = True
                pieces.append((message.head, at, size, False))
                return pieces, size
            start, at = at, end
            ended = message.length == 0 or method == b"HEAD" or message.status in (204, 304)
            if not ended:
                body.left = message.length
                at, ended = body.take(data, end)
            pieces.append((message.head, start, at, ended))
        return pieces, at

    def whole_request(self, data: bytes) -> bool:
        """Read these bytes if they are one request without a body that was read before; whether they are."""
        method = _WHOLE.get(data)
        if method is None or self._request.left or self._tunnel:
            return False
        self._asked.append(method)
        return True

    def whole_answer(self, data: bytes) -> bool:
        """Read these bytes if they are one answer, and nothing is special about it; whether they are."""
        asked = self._asked
        if self._answer.left or not asked or asked[0] in _SPECIAL or self._tunnel:
            return False
        end = data.find(b"\r\n\r\n") + 4
        if end < 4:
            return False
        message = (_answered if end <= _REMEMBERED else _answer_of)(data[:end])
        if message.length != len(data) - end or message.status < 200 or message.status in (204, 304):
            return False
        asked.popleft()
        return True

    def waiting(self) -> int:
        """How many requests have begun whose answers have not ended."""
        return len(self._asked) + (self._answer.left != 0)

    def withdraw(self, later: int) -> None:
        """The request before so many later ones is not passed on."""
        del self._asked[len(self._asked) - 1 - later]

    def bulk(self, asking: bool) -> int | None:
        """What is left of a body whose length is known."""
        if self._tunnel:
            return None
        left = (self._request if asking else self._answer).left
        return None if left == _UNTIL_CLOSE else max(left, 0)

    def skipped(self, asking: bool, count: int) -> None:
        """So many bytes of a body went by unseen."""
        body = self._request if asking else self._answer
        if body.left > 0:
            body.left -= count


def _unended(data: bytes, at: int) -> None:
    """Raise where what begins here, and has not come to the end of its head, is no head that is waited for."""
    begin = data[at : at + 40]
    if len(data) - at > _MAX_HEAD:
        raise NotUnderstood(f"{begin!r} and no end of a head")
    first = begin.split(b" ", 1)[0].split(b"\n", 1)[0].rstrip(b"\r")
    if not first.replace(b"/", b"").replace(b".", b"").replace(b"-", b"").isalnum():
        raise NotUnderstood(f"{begin!r} does not begin as HTTP does")
    if _BARE.search(data, at) is not None:  # some take it for the end of a line, so that more may never come
        raise NotUnderstood(f"{begin!r} has lines that end without a CR")


def _request_of(head: bytes) -> _Message:
    lines = _lines(head)
    words = lines[0].split(b" ")
    if len(words) != 3 or not words[2].startswith(b"HTTP/1.") or not words[0].isalpha():
        raise NotUnderstood(f"{lines[0][:40]!r} is no request line of HTTP/1.1")
    method, target, _ = words
    if not target.startswith(b"/") and b"://" in target:
        target = b"/" + target.partition(b"://")[2].partition(b"/")[2]
    path = target.partition(b"?")[0].decode("latin-1")
    headers = _headers(lines)
    length = _framed(headers)
    if length == _UNTIL_CLOSE:
        raise NotUnderstood("a request whose body has no end")
    operation = f"{method.decode('latin-1')} {path}"
    last = _last(words[2], headers.get(b"connection", b""))
    told = Head(operation, _trace(headers), len(head), http=True, bodiless=method == b"HEAD", last=last)
    return _Message(told, length or 0, method, 0)


def _answer_of(head: bytes) -> _Message:
    lines = _lines(head)
    words = lines[0].split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not (words[1].isdigit() and len(words[1]) == 3):
        raise NotUnderstood(f"{lines[0][:40]!r} is no status line of HTTP/1.1")
    length = _framed(_headers(lines))
    status = int(words[1])
    told = Head(size=len(head), http=True, interim=100 <= status < 200 and status != 101)
    return _Message(told, _UNTIL_CLOSE if length is None else length, b"", status)


_asked = lru_cache(maxsize=2048)(_request_of)
_answered = lru_cache(maxsize=2048)(_answer_of)


def _lines(head: bytes) -> list[bytes]:
    lines = head[:-4].split(b"\r\n")
    if head.count(b"\n") != len(lines) + 1:
        raise NotUnderstood(f"{lines[0][:40]!r} has lines that end without a CR")
    return lines


def _headers(lines: list[bytes]) -> dict[bytes, bytes]:
    """By lower-case name; what says where a body ends is joined where it comes more than once."""
    headers: dict[bytes, bytes] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if not colon:
            raise NotUnderstood(f"{line[:40]!r} is no header")
        name, value = name.strip().lower(), value.strip()
        if name in _FRAMING and name in headers:
            value = headers[name] + b", " + value
        headers[name] = value
    return headers


def _framed(headers: dict[bytes, bytes]) -> int | None:
    """The length of the body that these headers announce (RFC 9112, section 6.3); None where they say nothing."""
    coding = headers.get(b"transfer-encoding", b"").rpartition(b",")[2].strip().lower()
    if coding == b"chunked":
        return _CHUNKED
    if coding and coding != b"identity":
        return _UNTIL_CLOSE
    length = headers.get(b"content-length")
    if length is None:
        return None
    if not length.isdigit() or len(length) > _DIGITS:
        raise NotUnderstood(f"Content-Length {length[:40]!r} is no number")
    return int(length)


def _last(version: bytes, connection: bytes) -> bool:
    """Whether the connection ends behind the answer (RFC 9112, section 9.3)."""
    options = [option.strip() for option in connection.lower().split(b",")]
    return b"close" in options or (version == b"HTTP/1.0" and b"keep-alive" not in options)


def _trace(headers: dict[bytes, bytes]) -> str | None:
    """Trace Context, section 3.2: version, trace id, parent id, flags."""
    parts = headers.get(b"traceparent", b"").split(b"-")
    found = parts[1] if len(parts) >= 4 and len(parts[1]) == 32 else headers.get(b"x-request-id")
    return found.decode("latin-1")[:200] if found else None
