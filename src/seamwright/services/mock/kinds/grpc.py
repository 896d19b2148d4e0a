"""Mocks of gRPC services, by `.proto` files, sets of descriptors and server reflection."""

from __future__ import annotations

from seamwright.services.mock.documents import ContractDocument, Source
from seamwright.services.mock.kind import MockKind, Running, Settings

__all__ = ["MOCK"]


async def _open(source: Source, settings: Settings, document: ContractDocument) -> Running:
    from seamwright.services.mock.rpc import RpcServer

    return await RpcServer.start(source, settings, document)


MOCK = MockKind(name="grpc", language="protobuf", open=_open)
