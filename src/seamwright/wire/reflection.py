"""Asks a gRPC server for its descriptors: server reflection, v1 and v1alpha (grpc/doc/server-reflection.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from seamwright.model.errors import ContractError, TargetError
from seamwright.wire.grpc import Call, Channel, Ended
from seamwright.wire.protobuf import needed

__all__ = ["INFRASTRUCTURE", "VERSIONS", "reflected"]

INFRASTRUCTURE = ("grpc.reflection.", "grpc.health.", "grpc.channelz.", "grpc.admin.", "envoy.service.status.")
"""Beginnings of the names of services that frameworks offer beside those that were written for a system."""

VERSIONS = ("v1", "v1alpha")
"""Versions of the protocol; both send the very same messages."""

_PATIENCE = 60.0
"""Seconds for one answer; the time for all of it ends long before."""

_INSTEAD = (
    "give the contract by hand: a manifest with the boundary's 'contract', a .proto file or a descriptor set "
    "(protoc --include_imports --descriptor_set_out=api.binpb, or buf build -o api.binpb)"
)


async def reflected(url: str, *, metadata: Sequence[tuple[str, str]] = (), timeout: float = 10.0) -> bytes:
    """The descriptors of all services of the server at `grpc://host:port`, as a serialised FileDescriptorSet.

    Raises TargetError where nothing answers, ContractError where reflection is off or tells too little.
    """
    channel = Channel(url)
    try:
        async with asyncio.timeout(timeout):
            last = ""
            for version in VERSIONS:
                path = f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
                call = channel.start(path, (), metadata, hold=True)
                try:
                    return await _Reflection(url, call).files()
                except _NotHere as error:
                    # That one version is not there says less than how the other was refused.
                    last = str(error) if not last or last.startswith("UNIMPLEMENTED") else last
                finally:
                    await call.stop()
            raise ContractError(f"{url} does not offer server reflection ({last}); {_INSTEAD}")
    except TimeoutError:
        raise TargetError(f"{url} did not tell its services within {timeout:g} s; {_INSTEAD}") from None
    finally:
        await channel.close()


class _NotHere(Exception):
    pass


class _Reflection:
    """One conversation with a server about what it offers."""

    def __init__(self, url: str, call: Call) -> None:
        try:
            from grpc_reflection.v1alpha import reflection_pb2  # type: ignore[import-untyped]
        except ImportError:
            raise needed("server reflection") from None
        self._url = url
        self._call = call
        self._messages = reflection_pb2
        self._found: dict[str, Any] = {}

    async def files(self) -> bytes:
        from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]

        listed = await self._asked(list_services="")
        for service in listed.list_services_response.service:
            described = await self._take(file_containing_symbol=service.name)
            if not described and not service.name.startswith(INFRASTRUCTURE):
                raise ContractError(f"{self._url} names the service {service.name} and cannot describe it; {_INSTEAD}")
        await self._imports()
        self._call.say(None)
        found = sorted(self._found.values(), key=lambda file: str(file.name))
        data: bytes = descriptor_pb2.FileDescriptorSet(file=found).SerializeToString()
        return data

    async def _imports(self) -> None:
        """Ask for imported files that were not sent along.

        What the server lacks is taken out of the imports: mostly it only declares options, and nothing is missed.
        """
        lacking: set[str] = set()
        while asked := {name for file in self._found.values() for name in file.dependency} - set(self._found) - lacking:
            for name in sorted(asked):
                if not await self._take(file_by_filename=name):
                    lacking.add(name)
        for file in self._found.values():
            names = list(file.dependency)
            kept = [name for name in names if name not in lacking or name.startswith("google/protobuf/")]
            if kept != names:
                public = [kept.index(names[i]) for i in file.public_dependency if names[i] in kept]
                del file.dependency[:], file.public_dependency[:], file.weak_dependency[:]
                file.dependency.extend(kept)
                file.public_dependency.extend(public)

    async def _asked(self, **what: str) -> Any:
        self._call.say(self._messages.ServerReflectionRequest(**what).SerializeToString())
        ended = await self._call.read(1, _PATIENCE, _PATIENCE)
        if not ended.messages:
            raise _reason(self._url, ended)
        return self._messages.ServerReflectionResponse.FromString(ended.messages[0])

    async def _take(self, **what: str) -> bool:
        """Ask for a file and what comes with it; False where the server does not have it."""
        from google.protobuf import descriptor_pb2

        answer = await self._asked(**what)
        for data in answer.file_descriptor_response.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(data)
            self._found.setdefault(file.name, file)
        return bool(answer.file_descriptor_response.file_descriptor_proto)


def _reason(url: str, ended: Ended) -> Exception:
    if ended.failure is not None:
        return TargetError(f"nothing usable answers at {url} ({ended.failure[1]}): start it, or correct the address")
    return _NotHere(f"{ended.code}: {ended.text}" if ended.text else ended.code)
