"""Mocks of gRPC services, by `.proto` files, sets of descriptors and server reflection."""

from __future__ import annotations

from urllib.parse import urlsplit

from seamwright.contracts.protobuf.sources import SUFFIXES
from seamwright.services.mock.kind import MockKind, Running, Settings, Source

__all__ = ["MOCK"]


async def _open(source: Source, settings: Settings) -> Running:
    from seamwright.services.mock.rpc import RpcServer

    return await RpcServer.start(source, settings)


def _takes(contract: str) -> bool:
    return contract.lower().endswith((".proto", *SUFFIXES)) or urlsplit(contract).scheme in ("grpc", "grpcs")


MOCK = MockKind(name="grpc", takes=_takes, open=_open)
