"""Where the commands of a Redis connection and their replies begin and end (RESP2 and RESP3).

A reply of any depth is one; what a server pushes belongs to no command. After a subscription, and after `CLIENT REPLY`,
commands and replies no longer go one by one, and nothing is told apart.
"""

from __future__ import annotations

from collections.abc import Callable

from seamwright.engines.faults.framing import REQUEST, Head, NotUnderstood, Piece

__all__ = ["Redis"]

_MAX_LINE = 64 * 1024
_DIGITS = 18
_LINES = b"+-:_#,("
_BULKS = b"$!="
_MANY = {b"*": 1, b"~": 1, b">": 1, b"%": 2, b"|": 2}
_SECRET = frozenset({"AUTH", "HELLO", "MIGRATE", "CONFIG", "ACL"})
_NO_MORE = frozenset({"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "SYNC", "PSYNC"})


class _Values:
    """What is still to come of a command or a reply."""

    __slots__ = ("count", "left")

    def __init__(self) -> None:
        self.count = 0
        """Values that have not begun."""
        self.left = 0
        """Bytes of the one that has, with its line end."""

    @property
    def ended(self) -> bool:
        return not (self.count or self.left)

    def take(self, data: bytes, at: int, weigh: Callable[[bytes], tuple[int, int]]) -> int:
        """Where these values end in `data`. `weigh` tells of a line how many values follow it, and how many bytes."""
        while at < len(data) and (self.left or self.count):
            if self.left:
                taken = min(self.left, len(data) - at)
                self.left -= taken
                at += taken
                continue
            found = _line(data, at)
            if found is None:
                break
            line, at = found
            more, self.left = weigh(line)
            self.count += more - 1
        return at


class Redis:
    """The two streams of one connection."""

    alternates = False

    def __init__(self) -> None:
        self._tunnel = False
        self._command = _Values()
        self._reply = _Values()
        self._pushed = False

    def requests(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the client."""
        pieces: list[Piece] = []
        command, at, size = self._command, 0, len(data)
        while at < size:
            if self._tunnel:
                pieces.append((None, at, size, False))
                return pieces, size
            start, head = at, None
            if command.ended:
                found = _command(data, at)
                if found is None:
                    break
                head, at, command.count = found
            at = command.take(data, at, _argument)
            if at == start:
                break
            pieces.append((head, start, at, command.ended))
            if head is not None and _ends_order(head.operation):
                self._tunnel = True
        return pieces, at

    def answers(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the upstream."""
        pieces: list[Piece] = []
        reply, at, size = self._reply, 0, len(data)
        while at < size:
            if self._tunnel:
                pieces.append((None, at, size, False))
                return pieces, size
            start, begins = at, reply.ended
            if begins:
                reply.count, self._pushed = 1, data[at : at + 1] == b">"
            at = reply.take(data, at, _value)
            if at == start:
                if begins:
                    reply.count = 0
                break
            told = not self._pushed
            pieces.append((REQUEST if begins and told else None, start, at, reply.ended and told))
        return pieces, at

    def withdraw(self, later: int) -> None:
        """No fault answers in the place of a server."""

    def bulk(self, asking: bool) -> int | None:
        """What is left of the argument or value under way."""
        if self._tunnel:
            return None
        return (self._command if asking else self._reply).left


def _argument(line: bytes) -> tuple[int, int]:
    if not line.startswith(b"$"):
        raise NotUnderstood(f"{line[:40]!r} is no argument of a command")
    return 0, _number(line[1:]) + 2


def _value(line: bytes) -> tuple[int, int]:
    kind = line[:1]
    if kind in _MANY:
        # An attribute comes in front of the value that it is about.
        return (_MANY[kind] * _number(line[1:]) if line[1:] != b"-1" else 0) + (kind == b"|"), 0
    if kind and kind in _BULKS:
        return 0, _number(line[1:]) + 2 if line[1:] != b"-1" else 0
    if kind and kind in _LINES:
        return 0, 0
    raise NotUnderstood(f"{line[:40]!r} begins no reply")


def _command(data: bytes, at: int) -> tuple[Head, int, int] | None:
    """What a command begins with: name and key, where they end, and how many arguments follow; None for more bytes."""
    if data[at : at + 1] != b"*":
        found = _line(data, at, b"\n")  # typed by hand, it may end without a CR
        if found is None:
            return None
        line, at = found
        words = line.decode("latin-1").split()
        if not words or not words[0].isalnum():
            raise NotUnderstood(f"{line[:40]!r} is no command")
        return Head(_named(words)), at, 0
    found = _line(data, at)
    if found is None:
        return None
    line, at = found
    count, words = (_number(line[1:]) if line != b"*-1" else 0), []
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
    return Head(_named(words)), at, count - taken


def _named(words: list[str]) -> str:
    name = words[0].upper() if words else ""
    return name if name in _SECRET or len(words) < 2 else f"{name} {words[1]}"[:200]


def _ends_order(operation: str) -> bool:
    return operation.partition(" ")[0] in _NO_MORE or operation.upper() == "CLIENT REPLY"


def _line(data: bytes, at: int, mark: bytes = b"\r\n") -> tuple[bytes, int] | None:
    end = data.find(mark, at)
    if end < 0:
        if len(data) - at > _MAX_LINE:
            raise NotUnderstood("a line has no end")
        return None
    return data[at:end], end + len(mark)


def _number(text: bytes) -> int:
    if not text.isdigit() or len(text) > _DIGITS:
        raise NotUnderstood(f"{text[:40]!r} is no number")
    return int(text)
