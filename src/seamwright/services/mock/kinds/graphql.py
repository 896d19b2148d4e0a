"""Mocks of GraphQL endpoints, by their schema: its definition, or what introspection tells."""

from __future__ import annotations

from seamwright.services.mock.documents import ContractDocument, Source
from seamwright.services.mock.kind import MockKind, Running, Settings

__all__ = ["MOCK"]


async def _open(source: Source, settings: Settings, document: ContractDocument) -> Running:
    from seamwright.services.mock.graphql import GraphqlServer

    return await GraphqlServer.start(source, settings, document)


MOCK = MockKind(name="graphql", language="graphql", open=_open)
