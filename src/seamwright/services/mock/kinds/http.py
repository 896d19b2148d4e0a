"""Mocks of HTTP APIs, by OpenAPI 3.0 and 3.1 and Swagger 2.0."""

from __future__ import annotations

from seamwright.services.mock.documents import ContractDocument, Source
from seamwright.services.mock.kind import MockKind, Running, Settings

__all__ = ["MOCK"]


async def _open(source: Source, settings: Settings, document: ContractDocument) -> Running:
    from seamwright.services.mock.server import MockServer

    return await MockServer.start(source, settings, document)


MOCK = MockKind(name="http", language="openapi", open=_open)
