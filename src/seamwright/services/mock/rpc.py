"""A running mock of a protobuf contract: a gRPC server with reflection, over the engine that answers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from typing import IO, Any
from urllib.parse import urlsplit

from seamwright.contracts.protobuf.operations import load_protobuf
from seamwright.contracts.protobuf.parts import part_of
from seamwright.contracts.reading import read_contract
from seamwright.engines.mock import Disturbance, Entry, Journal, Profile, Reply
from seamwright.engines.mock.grpc import GrpcMock, Outcome
from seamwright.model.bench import Violation
from seamwright.model.errors import UsageError
from seamwright.model.exchange import Request, Response
from seamwright.model.operation import Contract, Operation
from seamwright.services.mock.kind import Settings, Source
from seamwright.wire.grpc import CODES, STATUSES, library
from seamwright.wire.protobuf import Descriptors, Method, described
from seamwright.wire.reflection import VERSIONS, reflected

__all__ = ["RpcServer"]

HANG = 3600.0
"""Seconds after which a call that was to hang ends after all."""

_SECRETS = frozenset({"authorization", "cookie", "x-api-key", "api-key"})

_FAULTS = {400: "INVALID_ARGUMENT", 409: "ABORTED", 500: "INTERNAL"}
"""HTTP status → the code meant by it, where several have it."""


class RpcServer:
    """A mock of one protobuf contract on a port of its own."""

    def __init__(self, source: Source, settings: Settings, contract: Contract) -> None:
        self._source = source
        self._settings = settings
        self._contract = contract
        self._told: Descriptors = described(contract)
        self._operations = {operation.path: operation for operation in contract.operations}
        parts = {operation.id: part_of(contract, operation) for operation in contract.operations}
        self.mock = GrpcMock(contract, parts, seed=settings.seed)
        self.journal = Journal()
        self._profile = Profile(settings.latencies, settings.faults, settings.seed)
        self._file: IO[str] | None = None
        self._server: Any = None
        self._port = 0

    @staticmethod
    async def start(source: Source, settings: Settings) -> RpcServer:
        """Read the contract and listen. Raises ContractError, TargetError and UsageError."""
        server = RpcServer(source, settings, await _read(source))
        await server._listen()
        return server

    async def _listen(self) -> None:
        grpc = library("a mock of a gRPC service")
        settings = self._settings
        if settings.journal is not None:
            try:
                self._file = settings.journal.open("a", encoding="utf-8")
            except OSError as error:
                raise UsageError(
                    f"--journal: {settings.journal} cannot be written: {error.strerror or error}"
                ) from None
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((*self._reflection(grpc), _Handler(grpc, self._handler)))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        try:
            self._port = self._server.add_insecure_port(f"{host}:{settings.port}")
        except RuntimeError:
            raise UsageError(
                f"{settings.host}:{settings.port} cannot be listened on; somebody else may: choose another --port"
            ) from None
        await self._server.start()

    def _reflection(self, grpc: Any) -> list[Any]:
        from grpc_reflection.v1alpha import _async, reflection_pb2  # type: ignore[import-untyped]

        names = [*self._contract.document["services"], *(f"grpc.reflection.{v}.ServerReflection" for v in VERSIONS)]
        servicer = _async.ReflectionServicer(names, pool=self._told.pool)
        handler = grpc.stream_stream_rpc_method_handler(
            servicer.ServerReflectionInfo,
            request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
            response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
        )
        return [
            grpc.method_handlers_generic_handler(
                f"grpc.reflection.{version}.ServerReflection", {"ServerReflectionInfo": handler}
            )
            for version in VERSIONS
        ]

    @property
    def title(self) -> str:
        """What the contract calls itself."""
        return self._contract.title or self._source.name or self._source.contract

    @property
    def url(self) -> str:
        """Where it answers."""
        host = self._settings.host
        return f"grpc://[{host}]:{self._port}" if ":" in host else f"grpc://{host}:{self._port}"

    def facts(self) -> Mapping[str, Any]:
        """What else is worth telling."""
        return {
            "contract": self._contract.source,
            "operations": len(self._contract.operations),
            "services": list(self._contract.document["services"]),
            "seed": self._settings.seed,
        }

    async def close(self) -> None:
        """End it; may be called twice."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop(None)
        if self._file is not None:
            self._file.close()
            self._file = None

    # -- calls ---

    def _handler(self, path: str) -> Any:
        """What answers the rpc at a path, as grpcio wants it: messages in bytes, a context; None for no such rpc."""
        operation, method = self._operations.get(path), self._told.method(path)
        if operation is None or method is None:
            return None

        async def handle(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
            async for message in self._call(operation, method, requests, context):
                yield message

        return handle

    async def _call(
        self, operation: Operation, method: Method, requests: AsyncIterator[bytes], context: Any
    ) -> AsyncIterator[bytes]:
        at, clock = time.time(), time.perf_counter()
        struck = self._profile.draw(operation)
        headers = tuple((key, value) for key, value in context.invocation_metadata() if isinstance(value, str))
        asked: list[Any] = []
        outcome = Outcome()
        before = await _before(struck)
        if before is None and operation.method == "BIDI_STREAM":
            async for data in requests:
                one = self._answered(operation, method, [data], asked)
                if one.code != "OK":
                    outcome = one
                    break
                for message in one.messages:
                    yield self._told.encode(method.gives, message)
        else:
            whole = [data async for data in requests]
            outcome = before or self._answered(operation, method, whole, asked)
            outcome = _after(struck, outcome)
            for message in outcome.messages:
                yield _spoilt(struck, self._told.encode(method.gives, message))
        self._remember(at, time.perf_counter() - clock, operation, headers, asked, outcome, struck)
        if outcome.code != "OK":
            await context.abort(_status(outcome.code), outcome.text)

    def _answered(self, operation: Operation, method: Method, data: list[bytes], asked: list[Any]) -> Outcome:
        try:
            messages = [self._told.decode(method.takes, each) for each in data]
        except ValueError as error:
            return Outcome((), "INVALID_ARGUMENT", str(error))
        asked += messages
        try:
            return self.mock.answer(operation, messages)
        except Exception as error:  # noqa: BLE001 - a bug of ours must be told to the client, and end nothing else
            self._settings.say(f"error: {operation.id}: {type(error).__name__}: {error}")
            return Outcome((), "INTERNAL", f"Seamwright's mock failed: {error!r}")

    def _remember(
        self,
        at: float,
        seconds: float,
        operation: Operation,
        headers: tuple[tuple[str, str], ...],
        asked: list[Any],
        outcome: Outcome,
        struck: Disturbance,
    ) -> None:
        body = asked[0] if len(asked) == 1 else asked
        request = Request("GRPC", self.url + operation.path, headers, json.dumps(body, ensure_ascii=False).encode())
        shown: Any = outcome.messages[0] if len(outcome.messages) == 1 else list(outcome.messages)
        if outcome.code != "OK":
            shown = {"code": outcome.code, "message": outcome.text}
        status = (("grpc-status", str(CODES.index(outcome.code))),)
        response = Response(STATUSES[outcome.code], status, json.dumps(shown, ensure_ascii=False).encode())
        broken = tuple(Violation(*each) for each in outcome.broken)
        fault = struck.fault.kind if struck.fault else None
        entry = self.journal.add(at, seconds, request, Reply(response, broken), operation.id, fault)
        self._settings.say(_line(entry, outcome))
        if self._file is not None:
            self._file.write(json.dumps(entry.to_json(_SECRETS), ensure_ascii=False) + "\n")
            self._file.flush()


def _Handler(grpc: Any, find: Any) -> Any:  # noqa: N802 - it makes a class that grpcio's own must be the base of
    class Handler(grpc.GenericRpcHandler):  # type: ignore[misc]
        def service(self, details: Any) -> Any:
            handle = find(details.method)
            return None if handle is None else grpc.stream_stream_rpc_method_handler(handle)

    return Handler()


async def _before(struck: Disturbance) -> Outcome | None:
    """What befalls a call before anything is done: delay, a status in place of the work, or silence."""
    if struck.delay:
        await asyncio.sleep(struck.delay)
    fault = struck.fault
    if fault is None:
        return None
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    elif fault.kind == "hang":
        await asyncio.sleep(HANG)
    elif fault.kind == "reset":
        return Outcome((), "UNAVAILABLE", "the mock was asked to drop this call before doing anything")
    elif fault.kind == "status":
        return Outcome((), _code(fault.status), "the mock was asked to fail")
    return None


def _after(struck: Disturbance, outcome: Outcome) -> Outcome:
    """What is left of an answer after the work was done."""
    if struck.fault is not None and struck.fault.kind == "drop":
        return Outcome((), "UNAVAILABLE", "the mock was asked to lose this answer")
    return outcome


def _spoilt(struck: Disturbance, data: bytes) -> bytes:
    if struck.fault is None or struck.fault.kind not in ("truncate", "malformed"):
        return data
    return data[: len(data) // 2] + b"\x0a\x7f"


def _code(status: int) -> str:
    return _FAULTS.get(status) or next((code for code, known in STATUSES.items() if known == status), "UNKNOWN")


def _status(code: str) -> Any:
    return getattr(library("a mock of a gRPC service").StatusCode, code)


def _line(entry: Entry, outcome: Outcome) -> str:
    path = urlsplit(entry.request.url).path
    told = f" ({outcome.text})" if outcome.text else ""
    return f"{path} {outcome.code} {entry.seconds * 1000:.0f} ms{told}"


async def _read(source: Source) -> Contract:
    if urlsplit(source.contract).scheme in ("grpc", "grpcs"):
        return load_protobuf(await reflected(source.contract), source=source.contract)
    fetched: dict[str, bytes] = {}
    if urlsplit(source.contract).scheme in ("http", "https"):
        fetched[source.contract] = await source.fetch(source.contract)
    contract = read_contract(source.contract, base=source.base, fetch=fetched.__getitem__)
    if contract.kind != "protobuf":
        raise UsageError(f"{source.contract}: is no protobuf contract; name a .proto file or a set of descriptors")
    return contract
