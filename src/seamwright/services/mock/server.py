"""A running mock of an HTTP contract: requests become calls of the engine, its answers go out, faults included."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Any
from urllib.parse import urlsplit

from seamwright.contracts.conformance import ContractValidator
from seamwright.engines.mock import Disturbance, Entry, HttpMock, Journal, Profile, Reply, Routed
from seamwright.engines.mock.credentials import secret_names
from seamwright.model.errors import SeamwrightError, UsageError
from seamwright.model.exchange import Request, Response
from seamwright.model.operation import Contract
from seamwright.services.mock.control import PREFIX, Control
from seamwright.services.mock.documents import ContractDocument, read_document
from seamwright.services.mock.kind import Settings, Source
from seamwright.services.mock.listener import Delivery, Listener
from seamwright.services.mock.requests import arrival_of

__all__ = ["MockServer"]

LOOKS_EVERY = 0.25
"""Seconds between two looks at the contract's files."""

_DOCUMENT = "/openapi.json"
_SIMPLE = "accept, accept-language, content-language, content-type, authorization, prefer"


class MockServer:
    """A mock of one HTTP contract on a port of its own."""

    def __init__(self, source: Source, settings: Settings, document: ContractDocument) -> None:
        self._source = source
        self._settings = settings
        self._document = document
        self._mock = self._engine(document.contract)
        self._prefixes = _prefixes(document.contract)
        self._profile = Profile(settings.latencies, settings.faults, settings.seed)
        self._journal = Journal()
        self._file: IO[str] | None = _opened(settings)
        self._control = Control(lambda: self._mock, self._journal, lambda: self._document.json())
        self._listener = Listener(self._handle)
        self._watching: asyncio.Task[None] | None = None
        self._address = ("", 0)

    @staticmethod
    async def start(source: Source, settings: Settings) -> MockServer:
        """Read the contract and listen. Raises ContractError, TargetError and UsageError."""
        server = MockServer(source, settings, await read_document(source))
        server._address = await server._listener.start(settings.host, settings.port)
        server._watching = asyncio.ensure_future(server._watch())
        return server

    @property
    def title(self) -> str:
        """What the contract calls itself."""
        return " ".join(self._mock.contract.title.split()) or self._source.name or self._source.contract

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self._address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def facts(self) -> Mapping[str, Any]:
        """What else is worth telling."""
        contract = self._mock.contract
        return {
            "contract": contract.source,
            "operations": len(contract.operations),
            "base": f"{self.url}{self._prefixes[0]}",
            "document": f"{self.url}{_DOCUMENT}",
            "seed": self._settings.seed,
        }

    async def close(self) -> None:
        """End it; may be called twice."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        await self._listener.close()
        if self._file is not None:
            self._file.close()
            self._file = None

    # -- requests ---

    async def _handle(self, request: Request) -> Delivery:
        if urlsplit(request.url).path.startswith(PREFIX):
            return Delivery(self._control.answer(request))
        at, clock = time.time(), time.perf_counter()
        try:
            delivery, reply, operation, fault = self._answered(request)
        except Exception as error:  # noqa: BLE001 - a bug of ours must be told to the client, and end nothing else
            self._settings.say(f"error: {request.method} {request.url}: {type(error).__name__}: {error}")
            delivery, reply, operation, fault = _failed(error)
        delivery = _for_browsers(request, delivery)
        seconds = time.perf_counter() - clock + delivery.delay
        self._told(self._journal.add(at, seconds, request, reply, operation, fault))
        return delivery

    def _answered(self, request: Request) -> tuple[Delivery, Reply | None, str | None, str | None]:
        routed, path, prefix = self._routed(request)
        if isinstance(routed, Response):
            return Delivery(routed), Reply(routed), None, None
        operation = routed.operation
        base = f"{self._origin(request)}{prefix}"
        arrival = arrival_of(self._mock.contract, routed, request, path, base)
        struck = self._profile.draw(operation)
        fault = struck.fault
        if fault is not None and fault.kind in ("reset", "hang"):
            ends = "reset" if fault.kind == "reset" else "hang"
            return Delivery(None, struck.delay, ends), None, operation.id, fault.kind  # type: ignore[arg-type]
        if fault is not None and fault.kind == "status":
            reply = self._mock.failing(operation, arrival, fault.status)
            return Delivery(reply.response, struck.delay), reply, operation.id, str(fault.status)
        reply = self._mock.answer(operation, arrival)
        return _disturbed(reply.response, struck), reply, operation.id, fault.kind if fault else None

    def _routed(self, request: Request) -> tuple[Routed | Response, str, str]:
        """The operation that a request names below one of the contract's bases, the path below it, and the base."""
        whole = urlsplit(request.url).path or "/"
        found: Routed | Response | None = None
        for prefix in self._prefixes:
            path = whole.removeprefix(prefix) or "/"
            if prefix and not (whole == prefix or whole.startswith(f"{prefix}/")):
                continue
            routed = self._mock.route(request.method, path)
            if isinstance(routed, Routed) or routed.status != 404:
                return routed, path, prefix
            found = found or routed
        if whole == _DOCUMENT and request.method in ("GET", "HEAD"):
            return Response(200, (("content-type", "application/json"),), self._document.json()), whole, ""
        return found or self._mock.route(request.method, whole), whole, ""

    def _origin(self, request: Request) -> str:
        host = request.header("host")
        return f"http://{host}" if host else self.url

    def _told(self, entry: Entry) -> None:
        self._settings.say(str(entry))
        if self._file is not None:
            told = entry.to_json(secret_names(self._mock.contract))
            self._file.write(json.dumps(told, ensure_ascii=False) + "\n")
            self._file.flush()

    # -- the contract's files ---

    def _engine(self, contract: Contract) -> HttpMock:
        return HttpMock(contract, ContractValidator(contract), seed=self._settings.seed, auth=self._settings.auth)

    async def _watch(self) -> None:
        """Take the contract up again whenever its files change; what was kept of its resources stays."""
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            if not self._document.changed():
                continue
            try:
                document = await read_document(self._source)
                mock = HttpMock(
                    document.contract,
                    ContractValidator(document.contract),
                    seed=self._settings.seed,
                    auth=self._settings.auth,
                    store=self._mock.store,
                )
            except SeamwrightError as error:
                self._settings.say(f"the contract was not taken up, the one from before still answers: {error}")
                continue
            mock.store.retain(mock.resources.kinds)
            self._document, self._mock, self._prefixes = document, mock, _prefixes(document.contract)
            self._settings.say(f"the contract was taken up again: {len(document.contract.operations)} operations")


def _prefixes(contract: Contract) -> tuple[str, ...]:
    """What may stand before the contract's paths: the paths of its servers, and nothing."""
    paths = [urlsplit(server).path.rstrip("/") for server in contract.servers]
    return tuple(dict.fromkeys([*(path for path in paths if path.startswith("/")), ""]))


def _opened(settings: Settings) -> IO[str] | None:
    if settings.journal is None:
        return None
    try:
        return settings.journal.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--journal: {settings.journal} cannot be written: {error.strerror or error}") from None


def _disturbed(response: Response, struck: Disturbance) -> Delivery:
    """An answer after the work was done, with what the fault makes of it."""
    if struck.fault is None:
        return Delivery(response, struck.delay)
    match struck.fault.kind:
        case "drop":
            return Delivery(None, struck.delay, "reset")
        case "slow":
            return Delivery(response, struck.delay + struck.fault.seconds)
        case "truncate":
            return Delivery(response, struck.delay, "truncate")
        case _:
            return Delivery(replace(response, body=response.body[: len(response.body) // 2]), struck.delay)


def _failed(error: Exception) -> tuple[Delivery, Reply, None, None]:
    body = json.dumps(
        {"type": "about:blank", "title": "Seamwright's mock failed", "status": 500, "detail": repr(error)}
    )
    response = Response(500, (("content-type", "application/problem+json"),), body.encode())
    return Delivery(response), Reply(response), None, None


def _for_browsers(request: Request, delivery: Delivery) -> Delivery:
    """Let pages of any origin read answers, without credentials of the browser's own (Fetch standard, CORS)."""
    if request.header("origin") is None or delivery.response is None:
        return delivery
    response = delivery.response
    there = {name for name, _ in response.headers}
    added = [("access-control-allow-origin", "*"), ("access-control-expose-headers", "*")]
    if request.method == "OPTIONS" and request.header("access-control-request-method"):
        asked = request.header("access-control-request-headers") or _SIMPLE
        allowed = next((value for name, value in response.headers if name == "allow"), "*")
        added += [("access-control-allow-methods", allowed), ("access-control-allow-headers", asked)]
    pairs = tuple((name, value) for name, value in added if name not in there)
    return replace(delivery, response=replace(response, headers=(*response.headers, *pairs)))
