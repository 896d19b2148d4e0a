"""A driver: one file for each protocol; turns calls into exchanges."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from seamwright.model.boundary import Boundary
from seamwright.model.exchange import Exchange, Request
from seamwright.model.operation import Contract

__all__ = ["Connection", "Conversing", "Describe", "Driver", "SqlConnection", "Talk"]


class Connection(Protocol):
    """An open way to a boundary that speaks in requests and responses."""

    async def send(self, request: Request, *, timeout: float, fresh: bool = False) -> Exchange:
        """Send one request. Redirects are not followed; a failed transport is an exchange with `failure`."""

    async def close(self) -> None:
        """Close what is open; may be called twice."""


class Conversing(Protocol):
    """An open way to a boundary that also speaks in messages, both ways at any time."""

    async def open(self, request: Request, *, timeout: float) -> Talk:
        """Begin a conversation. Raises ValueError for a request that cannot be sent."""


class Talk(Protocol):
    """One conversation; see `model.bench.Dialogue` for what its parts promise."""

    opening: Exchange | None

    async def say(self, message: str | bytes | None, *, wait: float, most: int) -> Exchange:
        """Send a message and read what comes."""

    async def put(self, data: bytes, *, wait: float, most: int) -> Exchange:
        """Put bytes on the connection as they are. Raises ValueError where the protocol has none of its own."""

    async def end(self, *, wait: float) -> Exchange:
        """End our side and read what comes."""

    async def close(self) -> None:
        """Let go of it, whatever became of it; may be called twice."""


class SqlConnection(Protocol):
    """An open way to a SQL database."""

    async def query(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Run one statement in a transaction of its own that is rolled back, and give its rows."""

    async def close(self) -> None:
        """Close what is open; may be called twice."""


Describe = Callable[[Boundary, Sequence[Mapping[str, str]]], Awaitable[bytes]]
"""Asks a boundary for its own contract, and gives the bytes of a document. The headers are those of callers who may be
told, nobody first. Raises TargetError where no answer comes, ContractError where the boundary does not tell."""


@dataclass(frozen=True, slots=True)
class Driver:
    """Opens boundaries of one kind; `open` may import heavy libraries, the module may not.

    `describe` asks a boundary that has no contract document for its contract; None where the protocol has no way.
    `speaking` opens a boundary in place of `open` where messages can be told only by the contract.
    """

    kind: str
    speaks: str
    open: Callable[[Boundary], Any]
    describe: Describe | None = None
    speaking: Callable[[Boundary, Contract], Any] | None = None

    def opened(self, boundary: Boundary, contract: Contract | None) -> Any:
        """Open a boundary that is spoken to by this contract."""
        if self.speaking is None or contract is None:
            return self.open(boundary)
        return self.speaking(boundary, contract)
