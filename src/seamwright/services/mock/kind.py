"""What a mock of any kind is given, and what it is once it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from seamwright.engines.mock import Fault, Latency

if TYPE_CHECKING:
    from seamwright.services.mock.documents import ContractDocument

__all__ = ["Fetch", "MockKind", "Running", "Settings", "Source"]

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets a document by URL; raises TargetError when its host does not give it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A contract to be mocked: its path or URL, and where it was named.

    `name` is that of the boundary, or the contract itself; `kind` that of the boundary, where there is one.
    """

    contract: str
    base: Path
    fetch: Fetch
    name: str = ""
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How mocks behave. `port` 0 is any free one; `say` is told what people should know, line by line."""

    host: str = "127.0.0.1"
    port: int = 0
    seed: int = 0
    auth: bool = True
    latencies: tuple[Latency, ...] = ()
    faults: tuple[Fault, ...] = ()
    journal: Path | None = None
    say: Callable[[str], None] = field(default=lambda line: None)


class Running(Protocol):
    """A mock that answers."""

    @property
    def title(self) -> str:
        """What the contract calls itself."""

    @property
    def url(self) -> str:
        """Where it answers."""

    def facts(self) -> Mapping[str, Any]:
        """What else is worth telling about it, as JSON values."""

    async def close(self) -> None:
        """End it; may be called twice."""


@dataclass(frozen=True, slots=True)
class MockKind:
    """A kind of mock: `name` is that of the boundaries that it stands for, `language` what their contracts are written
    in (`Contract.kind`). `open` starts one for a document that was read."""

    name: str
    language: str
    open: Callable[[Source, Settings, ContractDocument], Awaitable[Running]]
