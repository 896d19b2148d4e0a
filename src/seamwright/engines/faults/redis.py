"""Where the commands of a Redis connection and their replies begin and end (RESP2 and RESP3).

A reply of any depth is one; what a server pushes belongs to no command. After a subscription, and after `CLIENT REPLY`,
commands and replies no longer go one by one, and nothing is told apart.
"""

from __future__ import annotations

from seamwright.engines.faults.framing import REQUEST, Head, NotUnderstood, Piece

__all__ = ["Redis"]

_MAX_LINE = 64 * 1024
_LINES = b"+-:_#,("
_BULKS = b"$!="
_MANY = {b"*": 1, b"~": 1, b">": 1, b"%": 2, b"|": 2}
_SECRET = frozenset({"AUTH", "HELLO", "MIGRATE", "CONFIG", "ACL"})
_NO_MORE = frozenset({"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "SYNC", "PSYNC"})


class Redis:
    """The two streams of one connection."""

    alternates = False

    def __init__(self) -> None:
        self._tunnel = False
        self._arguments = 0
        """Arguments of a command that are still to come."""
        self._left = 0
        """Bytes that are left of one of them, with its line end."""
        self._values = 0
        """Values that are still to come of a reply."""
        self._value_left = 0
        self._pushed = False

    def requests(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the client."""
        pieces: list[Piece] = []
        at, size = 0, len(data)
        while at < size:
            if self._tunnel:
                pieces.append((None, at, size, False))
                return pieces, size
            start, head = at, None
            if not (self._arguments or self._left):
                found = _command(data, at)
                if found is None:
                    break
                head, at, self._arguments = found
            at = self._rest(data, at)
            if at == start:
                break
            done = not (self._arguments or self._left)
            pieces.append((head, start, at, done))
            if head is not None and _ends_order(head.operation):
                self._tunnel = True
        return pieces, at

    def answers(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the upstream."""
        pieces: list[Piece] = []
        at, size = 0, len(data)
        while at < size:
            if self._tunnel:
                pieces.append((None, at, size, False))
                return pieces, size
            start, begins = at, not (self._values or self._value_left)
            if begins:
                self._values, self._pushed = 1, data[at : at + 1] == b">"
            at = self._reply(data, at)
            if at == start:
                if begins:
                    self._values = 0
                break
            ended = not (self._values or self._value_left)
            pieces.append((REQUEST if begins and not self._pushed else None, start, at, ended and not self._pushed))
        return pieces, at

    def withdraw(self, later: int) -> None:
        """No fault answers in the place of a server."""

    def bulk(self, asking: bool) -> int | None:
        """What is left of the argument or value under way."""
        if self._tunnel:
            return None
        return self._left if asking else self._value_left

    def _rest(self, data: bytes, at: int) -> int:
        """Where the bytes of the arguments that are still to come end in `data`."""
        while at < len(data) and (self._left or self._arguments):
            if self._left:
                taken = min(self._left, len(data) - at)
                self._left -= taken
                at += taken
                continue
            found = _line(data, at)
            if found is None:
                break
            line, at = found
            if not line.startswith(b"$"):
                raise NotUnderstood(f"{line[:40]!r} is no argument of a command")
            self._left = _number(line[1:]) + 2
            self._arguments -= 1
        return at

    def _reply(self, data: bytes, at: int) -> int:
        while at < len(data) and (self._value_left or self._values):
            if self._value_left:
                taken = min(self._value_left, len(data) - at)
                self._value_left -= taken
                at += taken
                continue
            found = _line(data, at)
            if found is None:
                break
            line, at = found
            kind = line[:1]
            if kind in _MANY:
                # An attribute comes in front of the value that it is about.
                self._values += _MANY[kind] * max(_number(line[1:]), 0) - (kind != b"|")
            elif kind and kind in _BULKS:
                self._values -= 1
                self._value_left = max(_number(line[1:]) + 2, 0) if line[1:] != b"-1" else 0
            elif kind and kind in _LINES:
                self._values -= 1
            else:
                raise NotUnderstood(f"{line[:40]!r} begins no reply")
        return at


def _command(data: bytes, at: int) -> tuple[Head, int, int] | None:
    """What a command begins with: name and key, where they end, and how many arguments follow; None for more bytes."""
    found = _line(data, at)
    if found is None:
        return None
    line, at = found
    if not line.startswith(b"*"):
        words = line.decode("latin-1").split()
        if not words or not words[0].isalnum():
            raise NotUnderstood(f"{line[:40]!r} is no command")
        return Head(_named(words)), at, 0
    count, words = _number(line[1:]), []
    taken = 0
    while taken < min(count, 2):
        found = _line(data, at)
        if found is None:
            return None
        line, start = found
        if not line.startswith(b"$"):
            raise NotUnderstood(f"{line[:40]!r} is no argument of a command")
        size = _number(line[1:])
        if size > _MAX_LINE:
            break
        if len(data) < start + size + 2:
            return None
        words.append(data[start : start + size].decode("latin-1"))
        at = start + size + 2
        taken += 1
    return Head(_named(words)), at, max(count, 0) - taken


def _named(words: list[str]) -> str:
    name = words[0].upper() if words else ""
    return name if name in _SECRET or len(words) < 2 else f"{name} {words[1]}"[:200]


def _ends_order(operation: str) -> bool:
    return operation.partition(" ")[0] in _NO_MORE or operation.upper() == "CLIENT REPLY"


def _line(data: bytes, at: int) -> tuple[bytes, int] | None:
    end = data.find(b"\r\n", at)
    if end < 0:
        if len(data) - at > _MAX_LINE:
            raise NotUnderstood("a line has no end")
        return None
    return data[at:end], end + 2


def _number(text: bytes) -> int:
    try:
        return int(text)
    except ValueError:
        raise NotUnderstood(f"{text[:40]!r} is no number") from None
