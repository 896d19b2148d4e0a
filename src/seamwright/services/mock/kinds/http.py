"""Mocks of HTTP APIs, by OpenAPI 3.0 and 3.1 and Swagger 2.0."""

from __future__ import annotations

from seamwright.services.mock.kind import MockKind, Running, Settings, Source

__all__ = ["MOCK"]


async def _open(source: Source, settings: Settings) -> Running:
    from seamwright.services.mock.server import MockServer

    return await MockServer.start(source, settings)


def _takes(contract: str) -> bool:
    return contract.rpartition("?")[0].endswith((".json", ".yaml", ".yml")) or contract.endswith(
        (".json", ".yaml", ".yml")
    )


MOCK = MockKind(name="http", takes=_takes, open=_open)
