"""Where requests and answers begin and end in the bytes of a connection; and how that is told when nothing is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["GREETING", "REQUEST", "Framing", "Head", "NotUnderstood", "Piece", "Turns"]


class NotUnderstood(Exception):
    """The bytes are not what the framing takes them for; turns are all that can be told of them."""


@dataclass(frozen=True, slots=True)
class Head:
    """What begins a request or an answer."""

    operation: str = ""
    """Method and path, or statement; empty where it is not known."""
    trace: str | None = None
    """The id that the client gave the request: its trace of `traceparent`, or its `X-Request-Id`."""
    size: int = 0
    """Bytes before its body."""
    greeting: bool = False
    """The upstream speaks first: it answers no request."""
    preamble: bool = False
    """It opens the connection, and is struck only by a fault that names its operation."""
    http: bool = False
    bodiless: bool = False
    """Its answer has a head only (HEAD)."""
    last: bool = False
    """The client wants no more on this connection behind its answer."""
    interim: bool = False
    """The answer itself is still to come (100 Continue, 103 Early Hints)."""


REQUEST = Head()
GREETING = Head(greeting=True)

Piece = tuple[Head | None, int, int, bool]
"""Head where it begins something; from and to, as offsets; whether that is its last byte."""


class Framing(Protocol):
    """Reads along. Each method gives the pieces that follow each other from 0, and how many bytes they are; the rest is
    given again with what comes after it. Raises NotUnderstood."""

    @property
    def alternates(self) -> bool:
        """A request ends the answer before it, because nothing else tells its end."""
        ...

    def requests(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the client."""
        ...

    def answers(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the upstream."""
        ...

    def withdraw(self, later: int) -> None:
        """A request is not passed on, and no answer to it will come; so many requests have begun after it."""
        ...

    def bulk(self, asking: bool) -> int | None:
        """How many more bytes of the request or answer under way will certainly come; None for any number."""
        ...


class Turns:
    """Who speaks after the other has spoken begins something."""

    alternates = True

    def __init__(self, *, spoken: bool = False) -> None:
        self.asking = False
        self.spoken = spoken

    def requests(self, data: bytes) -> tuple[list[Piece], int]:
        """A request begins unless one is being sent."""
        begins = None if self.asking else REQUEST
        self.asking = self.spoken = True
        return [(begins, 0, len(data), False)], len(data)

    def answers(self, data: bytes) -> tuple[list[Piece], int]:
        """An answer begins, or goes on; before any request it is a greeting."""
        begins = REQUEST if self.asking else None if self.spoken else GREETING
        self.asking = False
        self.spoken = True
        return [(begins, 0, len(data), False)], len(data)

    def withdraw(self, later: int) -> None:
        """Nothing is counted here."""

    def bulk(self, asking: bool) -> int | None:
        """As many as come, until the other side speaks."""
        return None if asking is self.asking else 0
