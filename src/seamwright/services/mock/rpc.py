"""A running mock of a protobuf contract: a gRPC server with reflection, over the engine that answers.

What it tells about itself (journal, state, contract) is asked for over HTTP, at a port beside.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from seamwright.contracts.protobuf.parts import Part, part_of
from seamwright.engines.mock import Disturbance, Entry, Profile, Reply
from seamwright.engines.mock.grpc import GrpcMock, Outcome
from seamwright.engines.mock.http import refusal_alone
from seamwright.model.bench import Violation
from seamwright.model.errors import UsageError
from seamwright.model.exchange import Request, Response
from seamwright.model.operation import Contract, Operation
from seamwright.services.mock.control import PREFIX, Control, Inside
from seamwright.services.mock.documents import ContractDocument, Source
from seamwright.services.mock.door import Answered, Door
from seamwright.services.mock.journals import KeptJournal
from seamwright.services.mock.kind import Settings
from seamwright.services.mock.listener import Delivery
from seamwright.services.mock.watching import Watch
from seamwright.wire.grpc import CODES, STATUSES, library
from seamwright.wire.protobuf import Descriptors, Method, described
from seamwright.wire.reflection import VERSIONS

__all__ = ["RpcServer"]

HANG = 3600.0
"""Seconds after which a call that was to hang ends after all."""

_SECRETS = frozenset({"authorization", "cookie", "x-api-key", "api-key"})

_FAULTS = {400: "INVALID_ARGUMENT", 409: "ABORTED", 500: "INTERNAL"}
"""HTTP status → the code meant by it, where several have it."""


@dataclass(frozen=True, slots=True)
class _Served:
    """One state of the contract, with all that answers for it."""

    document: ContractDocument
    told: Descriptors
    operations: Mapping[str, Operation]
    parts: Mapping[str, Part]
    mock: GrpcMock
    reflection: Any

    @property
    def contract(self) -> Contract:
        return self.document.contract


class RpcServer:
    """A mock of one protobuf contract on a port of its own, and what it tells about itself on another one."""

    def __init__(self, source: Source, settings: Settings, document: ContractDocument) -> None:
        self._source = source
        self._settings = settings
        self._served = _serving(document, settings)
        self._journal = KeptJournal(settings, lambda: _SECRETS)
        self._profile = Profile(settings.latencies, settings.faults, settings.seed)
        inside = Inside(
            reset=lambda: self._served.mock.reset(),
            state=lambda: self._served.mock.store.dump(),
            contract=lambda: self._served.document.told(),
            operations=self._operations,
        )
        self._door = Door(settings, self._journal, Control(inside, self._journal), _elsewhere)
        self._watch = Watch(source, document, self._taken_up, settings.say)
        self._server: Any = None
        self._port = 0

    @staticmethod
    async def start(source: Source, settings: Settings, document: ContractDocument) -> RpcServer:
        """Listen for a contract that was read. Raises UsageError."""
        server = RpcServer(source, settings, document)
        await server._listen()
        server._watch.start()
        return server

    async def _listen(self) -> None:
        grpc = library("a mock of a gRPC service")
        settings = self._settings
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((_Handler(grpc, self._handler),))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        try:
            self._port = self._server.add_insecure_port(f"{host}:{settings.port}")
        except RuntimeError:
            raise UsageError(
                f"{settings.host}:{settings.port} cannot be listened on; somebody else may: choose another --port"
            ) from None
        await self._server.start()
        await self._door.start(0)
        settings.say(f"the journal and the state of {self.title} are at {self._door.url}{PREFIX}")

    @property
    def title(self) -> str:
        """What the contract calls itself."""
        return self._served.contract.title or self._source.name or self._source.contract

    @property
    def url(self) -> str:
        """Where it answers."""
        host = self._settings.host
        return f"grpc://[{host}]:{self._port}" if ":" in host else f"grpc://{host}:{self._port}"

    def facts(self) -> Mapping[str, Any]:
        """What else is worth telling."""
        contract = self._served.contract
        return {
            "contract": contract.source,
            "operations": len(contract.operations),
            "services": list(contract.document["services"]),
            "control": f"{self._door.url}{PREFIX}",
            "seed": self._settings.seed,
        }

    async def close(self) -> None:
        """End it; may be called twice."""
        await self._watch.close()
        await self._door.close()
        server, self._server = self._server, None
        if server is not None:
            await server.stop(None)
        self._journal.close()

    def _operations(self) -> Sequence[Mapping[str, Any]]:
        """What each rpc is taken to do."""
        parts = [(operation, self._served.parts[operation.id]) for operation in self._served.contract.operations]
        return [{"id": operation.id, "role": part.role, "resource": part.noun} for operation, part in parts]

    def _taken_up(self, document: ContractDocument) -> None:
        """Answer for another contract from now on; what is kept of things stays, as far as they are in it."""
        self._served = _serving(document, self._settings, self._served.mock)

    # -- calls ---

    def _handler(self, path: str) -> Any:
        """What answers the rpc at a path, as grpcio wants it: a stream of messages, a context; None for no such rpc."""
        served = self._served
        if path in _REFLECTION:
            return served.reflection
        operation, method = served.operations.get(path), served.told.method(path)
        if operation is None or method is None:
            return None

        async def handle(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
            async for message in self._call(served, operation, method, requests, context):
                yield message

        return handle

    async def _call(
        self, served: _Served, operation: Operation, method: Method, requests: AsyncIterator[bytes], context: Any
    ) -> AsyncIterator[bytes]:
        at, clock = time.time(), time.perf_counter()
        struck = self._profile.draw(operation)
        headers = tuple((key, value) for key, value in context.invocation_metadata() if isinstance(value, str))
        asked: list[Any] = []
        outcome = Outcome()
        before = await _before(struck)
        if before is None and operation.method == "BIDI_STREAM":
            async for data in requests:
                one = self._answered(served, operation, method, [data], asked)
                if one.code != "OK":
                    outcome = one
                    break
                for message in one.messages:
                    yield served.told.encode(method.gives, message)
        else:
            whole = [data async for data in requests]
            outcome = before or self._answered(served, operation, method, whole, asked)
            outcome = _after(struck, outcome)
            for message in outcome.messages:
                yield _spoilt(struck, served.told.encode(method.gives, message))
        self._remember(at, time.perf_counter() - clock, operation, headers, asked, outcome, struck)
        if outcome.code != "OK":
            await context.abort(_status(outcome.code), outcome.text)

    def _answered(
        self, served: _Served, operation: Operation, method: Method, data: list[bytes], asked: list[Any]
    ) -> Outcome:
        try:
            messages = [served.told.decode(method.takes, each) for each in data]
        except ValueError as error:
            return Outcome((), "INVALID_ARGUMENT", str(error))
        asked += messages
        try:
            return served.mock.answer(operation, messages)
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
        reply = Reply(response, tuple(Violation(*each) for each in outcome.broken))
        fault = struck.fault.name if struck.fault else None
        self._journal.add(at, seconds, request, reply, operation.id, fault, line=partial(_line, outcome))


def _serving(document: ContractDocument, settings: Settings, before: GrpcMock | None = None) -> _Served:
    """What answers for a document; `before` is the mock whose things go over to it."""
    contract = document.contract
    told = described(contract)
    parts = {operation.id: part_of(contract, operation) for operation in contract.operations}
    return _Served(
        document,
        told,
        {operation.path: operation for operation in contract.operations},
        parts,
        GrpcMock(contract, parts, seed=settings.seed, before=before),
        _reflecting(contract, told),
    )


_REFLECTION = frozenset(f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo" for version in VERSIONS)


def _reflecting(contract: Contract, told: Descriptors) -> Any:
    """What answers server reflection, in bytes: it is looked up anew for every call, as the contract may change."""
    from grpc_reflection.v1alpha import _async, reflection_pb2  # type: ignore[import-untyped]

    names = [*contract.document["services"], *(f"grpc.reflection.{version}.ServerReflection" for version in VERSIONS)]
    servicer = _async.ReflectionServicer(names, pool=told.pool)

    async def handle(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        asked = (reflection_pb2.ServerReflectionRequest.FromString(data) async for data in requests)
        async for answer in servicer.ServerReflectionInfo(asked, context):
            yield answer.SerializeToString()

    return handle


def _Handler(grpc: Any, find: Any) -> Any:  # noqa: N802 - it makes a class that grpcio's own must be the base of
    class Handler(grpc.GenericRpcHandler):  # type: ignore[misc]
        def service(self, details: Any) -> Any:
            handle = find(details.method)
            return None if handle is None else grpc.stream_stream_rpc_method_handler(handle)

    return Handler()


def _elsewhere(request: Request) -> Answered:
    """Over HTTP there is nothing here but what the mock tells about itself."""
    refused = refusal_alone(404, f"calls are answered by gRPC, on another port; here are {PREFIX}journal and others")
    return Answered(Delivery(refused), Reply(refused))


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


def _line(outcome: Outcome, entry: Entry) -> str:
    path = urlsplit(entry.request.url).path
    told = f" ({outcome.text})" if outcome.text else ""
    return f"{path} {outcome.code} {entry.seconds * 1000:.0f} ms{told}"
