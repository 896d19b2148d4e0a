"""Mocks of GraphQL endpoints, by their schema."""

from __future__ import annotations

from seamwright.services.mock.kind import MockKind, Running, Settings, Source

__all__ = ["MOCK"]


async def _open(source: Source, settings: Settings) -> Running:
    from seamwright.services.mock.graphql import GraphqlServer

    return await GraphqlServer.start(source, settings)


def _takes(contract: str) -> bool:
    return contract.rpartition("?")[0].endswith(_SUFFIXES) or contract.endswith(_SUFFIXES)


_SUFFIXES = (".graphql", ".graphqls", ".gql")

MOCK = MockKind(name="graphql", takes=_takes, open=_open)
