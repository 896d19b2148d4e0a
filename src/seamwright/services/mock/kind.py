"""What a mock of any kind is given, and what it is once it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from seamwright.engines.mock import Fault, Latency
from seamwright.services.mock.documents import ContractDocument, Source

__all__ = ["MockKind", "Running", "Settings"]


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
