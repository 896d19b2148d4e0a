"""A running mock of an HTTP contract: requests become calls of the engine, its answers go out, faults included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from seamwright.contracts.conformance import ContractValidator
from seamwright.engines.mock import HttpMock, Profile, Reply, Routed, Store
from seamwright.engines.mock.credentials import secret_names
from seamwright.engines.mock.http import refusal_alone
from seamwright.model.exchange import Request, Response
from seamwright.model.operation import Contract
from seamwright.services.mock.control import PREFIX, Control, Inside
from seamwright.services.mock.disturbing import disturbed
from seamwright.services.mock.documents import ContractDocument, Source
from seamwright.services.mock.door import Answered, Door
from seamwright.services.mock.journals import KeptJournal
from seamwright.services.mock.kind import Settings
from seamwright.services.mock.listener import Delivery
from seamwright.services.mock.requests import arrival_of
from seamwright.services.mock.watching import Watch

__all__ = ["MockServer"]

_DOCUMENT = "/openapi.json"


class MockServer:
    """A mock of one HTTP contract on a port of its own."""

    def __init__(self, source: Source, settings: Settings, document: ContractDocument) -> None:
        self._source = source
        self._settings = settings
        self._document = document
        self._mock = self._engine(document.contract)
        self._prefixes = _prefixes(document.contract)
        self._profile = Profile(settings.latencies, settings.faults, settings.seed)
        self._journal = KeptJournal(settings, lambda: secret_names(self._mock.contract))
        inside = Inside(
            reset=lambda: self._mock.reset(),
            state=lambda: self._mock.store.dump(),
            contract=lambda: self._document.told(),
            operations=lambda: _operations(self._mock),
        )
        self._door = Door(settings, self._journal, Control(inside, self._journal), self._answered)
        self._watch = Watch(source, document, self._taken_up, settings.say)

    @staticmethod
    async def start(source: Source, settings: Settings, document: ContractDocument) -> MockServer:
        """Listen for a document that was read. Raises UsageError."""
        server = MockServer(source, settings, document)
        await server._door.start(settings.port)
        server._watch.start()
        return server

    @property
    def title(self) -> str:
        """What the contract calls itself."""
        return " ".join(self._mock.contract.title.split()) or self._source.name or self._source.contract

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._door.url

    def facts(self) -> Mapping[str, Any]:
        """What else is worth telling."""
        contract = self._mock.contract
        return {
            "contract": contract.source,
            "operations": len(contract.operations),
            "base": f"{self.url}{self._prefixes[0]}",
            "document": f"{self.url}{_DOCUMENT}",
            "control": f"{self.url}{PREFIX}",
            "seed": self._settings.seed,
        }

    async def close(self) -> None:
        """End it; may be called twice."""
        await self._watch.close()
        await self._door.close()
        self._journal.close()

    # -- requests ---

    def _answered(self, request: Request) -> Answered:
        routed, path, prefix = self._routed(request)
        if isinstance(routed, Response):
            return Answered(Delivery(routed), Reply(routed))
        operation = routed.operation
        base = f"{self._origin(request)}{prefix}"
        arrival = arrival_of(self._mock.contract, routed, request, path, base)
        struck = self._profile.draw(operation)
        fault = struck.fault
        if fault is not None and fault.kind in ("reset", "hang"):
            return Answered(disturbed(None, struck), None, operation.id, fault.name)
        if fault is not None and fault.kind == "status":
            reply = self._mock.failing(operation, arrival, fault.status)
        else:
            reply = self._mock.answer(operation, arrival)
        return Answered(disturbed(reply.response, struck), reply, operation.id, fault.name if fault else None)

    def _routed(self, request: Request) -> tuple[Routed | Response, str, str]:
        """The operation that a request names below one of the contract's bases, the path below it, and the base."""
        whole = urlsplit(request.url).path or "/"
        found: Routed | Response | None = None
        for prefix in self._prefixes:
            path = whole.removeprefix(prefix) or "/"
            if prefix and not (whole == prefix or whole.startswith(f"{prefix}/")):
                continue
            routed = self._mock.route(request.method, path)
            if isinstance(routed, Routed) and not prefix and self._prefixes[0] and _vague(routed):
                continue  # Whatever is asked for beside the contract's base would be found below it.
            if isinstance(routed, Routed) or routed.status != 404:
                return routed, path, prefix
            found = found or routed
        if whole == _DOCUMENT and request.method in ("GET", "HEAD"):
            return Response(200, (("content-type", "application/json"),), self._document.json()), whole, ""
        return found or refusal_alone(404, f"the contract has no path {whole}"), whole, ""

    def _origin(self, request: Request) -> str:
        host = request.header("host")
        return f"http://{host}" if host else self.url

    # -- the contract, and one that takes its place ---

    def _engine(self, contract: Contract, store: Store | None = None) -> HttpMock:
        settings = self._settings
        return HttpMock(contract, ContractValidator(contract), seed=settings.seed, auth=settings.auth, store=store)

    def _taken_up(self, document: ContractDocument) -> None:
        """Answer for another document from now on; what is kept of resources that it has, too, stays."""
        mock = self._engine(document.contract, self._mock.store)
        mock.store.retain(mock.resources.kinds)
        self._document, self._mock, self._prefixes = document, mock, _prefixes(document.contract)


def _prefixes(contract: Contract) -> tuple[str, ...]:
    """What may stand before the contract's paths: the paths of its servers, and nothing."""
    paths = [urlsplit(server).path.rstrip("/") for server in contract.servers]
    return tuple(dict.fromkeys([*(path for path in paths if path.startswith("/")), ""]))


def _vague(routed: Routed) -> bool:
    """Whether an operation's path begins with a parameter, which every path fits."""
    return routed.operation.path.startswith("/{")


def _operations(mock: HttpMock) -> Sequence[Mapping[str, Any]]:
    """What each operation is taken to do."""
    parts = [(operation, mock.resources.part(operation)) for operation in mock.contract.operations]
    return [
        {
            "id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "role": str(part.role),
            "resource": part.kind.name,
            "id_at": ".".join(part.kind.id_at),
            "answers": list(operation.answers),
        }
        for operation, part in parts
    ]
