"""What a relay's connections may speak, and how that is told from their first bytes."""

from __future__ import annotations

from collections.abc import Callable

from seamwright.engines.faults.framing import Framing, Piece, Turns
from seamwright.engines.faults.http1 import Http1
from seamwright.engines.faults.postgres import Postgres, begins_postgres
from seamwright.engines.faults.redis import Redis

__all__ = ["PROTOCOLS", "Auto", "framing_of"]

_METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"PATCH ", b"DELETE ", b"OPTIONS ", b"TRACE ", b"CONNECT ", b"QUERY ")
_LONGEST = max(map(len, _METHODS))


class Auto:
    """Waits for the first bytes of the client, and is then what they look like; turns where that is nothing known."""

    def __init__(self) -> None:
        self.known: Framing | None = None

    @property
    def alternates(self) -> bool:
        """As what it is taken for."""
        return self.known.alternates if self.known is not None else True

    def requests(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the client."""
        if self.known is None:
            begin = data[:_LONGEST]
            if any(method.startswith(begin) for method in _METHODS) and begin not in _METHODS:
                return [], 0
            self.known = _looks_like(data)
        return self.known.requests(data)

    def answers(self, data: bytes) -> tuple[list[Piece], int]:
        """Bytes from the upstream; where it speaks first, turns are all that is told."""
        if self.known is None:
            self.known = Turns()
        return self.known.answers(data)

    def withdraw(self, later: int) -> None:
        """A request is not passed on."""
        if self.known is not None:
            self.known.withdraw(later)

    def bulk(self, asking: bool) -> int | None:
        """See Framing."""
        return self.known.bulk(asking) if self.known is not None else 0


def _looks_like(data: bytes) -> Framing:
    if data.startswith(_METHODS):
        return Http1()
    if begins_postgres(data):
        return Postgres()
    if data[:1] == b"*" and data[1:2].isdigit():
        return Redis()
    return Turns()


PROTOCOLS: dict[str, Callable[[], Framing]] = {
    "tcp": Turns,
    "http": Http1,
    "postgres": Postgres,
    "redis": Redis,
    "auto": Auto,
}
"""Names, and what reads along."""


def framing_of(protocol: str) -> Framing:
    """Something that reads one connection along."""
    return PROTOCOLS[protocol]()
