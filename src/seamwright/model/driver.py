"""A driver: one file for each protocol; turns calls into exchanges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from seamwright.model.boundary import Boundary
from seamwright.model.exchange import Exchange, Request

__all__ = ["Connection", "Driver", "SqlConnection"]


class Connection(Protocol):
    """An open way to a boundary that speaks in requests and responses."""

    async def send(self, request: Request, *, timeout: float, fresh: bool = False) -> Exchange:
        """Send one request. Redirects are not followed; a failed transport is an exchange with `failure`."""

    async def close(self) -> None:
        """Close what is open; may be called twice."""


class SqlConnection(Protocol):
    """An open way to a SQL database."""

    async def query(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Run one statement in a transaction of its own that is rolled back, and give its rows."""

    async def close(self) -> None:
        """Close what is open; may be called twice."""


@dataclass(frozen=True, slots=True)
class Driver:
    """Opens boundaries of one kind; `open` may import heavy libraries, the module may not."""

    kind: str
    speaks: str
    open: Callable[[Boundary], Any]
