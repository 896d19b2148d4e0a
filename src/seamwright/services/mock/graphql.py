"""A running mock of a GraphQL schema: GraphQL over HTTP outside, the engine inside, faults included."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

from seamwright.engines.mock import Disturbance, Fault, Journal, Profile, Reply
from seamwright.model.errors import ContractError, UsageError
from seamwright.model.exchange import Request, Response
from seamwright.model.operation import Contract, Operation
from seamwright.services.mock.documents import ContractDocument, read_document
from seamwright.services.mock.kind import Settings, Source
from seamwright.services.mock.listener import Delivery, Listener

__all__ = ["GraphqlServer"]

PREFIX = "/__seamwright/"
ENDPOINT = "/graphql"
_SCHEMA = "/schema.graphql"
_RESPONSE = "application/graphql-response+json"
_HIDDEN = frozenset({"authorization", "cookie", "x-api-key"})


class GraphqlServer:
    """A mock of one schema on a port of its own."""

    def __init__(self, source: Source, settings: Settings, document: ContractDocument) -> None:
        from seamwright.contracts.graphql.links import links_of
        from seamwright.contracts.graphql.parts import Part, part_of
        from seamwright.engines.mock.graphql.mock import GraphqlMock

        contract = document.contract
        if contract.kind != "graphql":
            raise ContractError(f"{contract.source}: is no GraphQL schema; name one, or another kind of boundary")
        links = links_of(contract)
        parts: dict[str, Part] = {o.id: part_of(links, o) for o in contract.operations}
        self._parts = parts
        self._contract: Contract = contract
        self._mock = GraphqlMock(contract, parts.__getitem__, seed=settings.seed)
        self._settings = settings
        self._source = source
        self._profile = Profile(settings.latencies, settings.faults, settings.seed)
        self._journal = Journal()
        self._file: IO[str] | None = _opened(settings)
        self._listener = Listener(self._handle)
        self._address = ("", 0)

    @staticmethod
    async def start(source: Source, settings: Settings) -> GraphqlServer:
        """Read the schema and listen. Raises ContractError, TargetError and UsageError."""
        server = GraphqlServer(source, settings, await read_document(source))
        server._address = await server._listener.start(settings.host, settings.port)
        return server

    @property
    def title(self) -> str:
        """What the boundary, or the file, is called."""
        return self._source.name or self._source.contract.rpartition("/")[2]

    @property
    def url(self) -> str:
        """Where it answers queries."""
        host, port = self._address
        return f"http://{f'[{host}]' if ':' in host else host}:{port}{ENDPOINT}"

    def facts(self) -> Mapping[str, Any]:
        """What else is worth telling."""
        return {
            "contract": self._contract.source,
            "operations": len(self._contract.operations),
            "document": self.url.removesuffix(ENDPOINT) + _SCHEMA,
            "seed": self._settings.seed,
        }

    async def close(self) -> None:
        """End it; may be called twice."""
        await self._listener.close()
        if self._file is not None:
            self._file.close()
            self._file = None

    # -- requests --

    async def _handle(self, request: Request) -> Delivery:
        path = urlsplit(request.url).path
        if path.startswith(PREFIX):
            return Delivery(self._control(request, path.removeprefix(PREFIX).strip("/")))
        if path == _SCHEMA and request.method in ("GET", "HEAD"):
            return Delivery(_text(200, self._contract.document["sdl"]))
        if path not in (ENDPOINT, f"{ENDPOINT}/", "/"):
            return Delivery(_text(404, f"queries are answered at {ENDPOINT}, and the schema is at {_SCHEMA}\n"))
        at, clock = time.time(), time.perf_counter()
        body, wrong = _read(request)
        operation = None if wrong else self._operation(body)
        struck = self._profile.draw(operation) if operation is not None else Disturbance()
        fault = struck.fault
        if wrong is not None:
            response = wrong
        elif fault is not None and fault.kind == "status":
            response = _json(request, {"errors": [{"message": "the mock was told to fail"}]}, fault.status)
        elif fault is not None and fault.kind in ("reset", "hang"):
            response = Response(0)
        else:
            response = _json(request, self._mock.answer(body, only_queries=request.method == "GET"))
        seconds = time.perf_counter() - clock + struck.delay
        reply = Reply(response) if response.status else None
        ident = operation.id if operation is not None else None
        entry = self._journal.add(at, seconds, request, reply, ident, fault.kind if fault else None)
        self._settings.say(str(entry))
        if self._file is not None:
            self._file.write(json.dumps(entry.to_json(_HIDDEN), ensure_ascii=False) + "\n")
            self._file.flush()
        return _delivered(response, struck, fault)

    def _operation(self, body: Any) -> Operation | None:
        """The first operation that a document asks for, for faults and the journal."""
        from graphql import FieldNode, get_operation_ast, parse
        from graphql.error import GraphQLError

        if not isinstance(body, Mapping) or not isinstance(body.get("query"), str):
            return None
        name = body.get("operationName")
        try:
            node = get_operation_ast(parse(body["query"]), name if isinstance(name, str) else None)
        except (GraphQLError, RecursionError):
            return None
        for selected in node.selection_set.selections if node is not None else ():
            if isinstance(selected, FieldNode) and node is not None:
                return self._contract.operation(f"{node.operation.value.capitalize()}.{selected.name.value}")
        return None

    def _control(self, request: Request, name: str) -> Response:
        """What the mock tells about itself."""
        match "GET" if request.method == "HEAD" else request.method, name:
            case "GET", "journal":
                return _plain({"entries": [entry.to_json(_HIDDEN) for entry in self._journal.entries()]})
            case "DELETE", "journal":
                self._journal.clear()
                return Response(204)
            case "POST", "reset":
                self._mock.reset()
                return Response(204)
            case "GET", "state":
                return _plain(self._mock.store.dump())
            case "GET", "contract":
                return _text(200, self._contract.document["sdl"])
            case "GET", "operations":
                parts = [(o, self._parts[o.id]) for o in self._contract.operations]
                return _plain({"operations": [{"id": o.id, "role": p.act, "resource": p.kind} for o, p in parts]})
        return _text(404, f"there are {PREFIX}journal, reset, state, contract and operations\n")


def _read(request: Request) -> tuple[Any, Response | None]:
    """The body of a request by POST, or the parameters of one by GET (GraphQL over HTTP, section 5), or the refusal."""
    if request.method == "GET":
        given = {name: values[-1] for name, values in parse_qs(urlsplit(request.url).query).items()}
        if "query" not in given:
            return None, _text(400, 'send a query by POST, as JSON: {"query": "{ __typename }"}\n')
        try:
            variables = json.loads(given.get("variables") or "{}")
        except ValueError:
            return None, _json(request, {"errors": [{"message": "'variables' are no JSON"}]}, 400)
        return {**given, "variables": variables}, None
    if request.method != "POST":
        return None, replace(_text(405, "queries are sent by POST\n"), headers=(("allow", "GET, POST"),))
    kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if kind not in ("application/json", ""):
        return None, _text(415, "queries are sent as application/json\n")
    try:
        return json.loads(request.body), None
    except (ValueError, RecursionError):
        return None, _json(request, {"errors": [{"message": "the body is no JSON"}]}, 400)


def _json(request: Request, body: Mapping[str, Any], status: int | None = None) -> Response:
    """An answer in the media type that the client takes; without data it is a 400 (GraphQL over HTTP, section 6)."""
    accepted = request.header("accept") or ""
    kind = _RESPONSE if _RESPONSE in accepted else "application/json"
    if status is None:
        status = 200 if "data" in body or kind == "application/json" else 400
    return Response(status, (("content-type", f"{kind}; charset=utf-8"),), json.dumps(body, default=str).encode())


def _delivered(response: Response, struck: Disturbance, fault: Fault | None) -> Delivery:
    """An answer, with what a fault makes of it."""
    match fault.kind if fault is not None else "":
        case "reset" | "drop":
            return Delivery(None, struck.delay, "reset")
        case "hang":
            return Delivery(None, struck.delay, "hang")
        case "slow":
            return Delivery(response, struck.delay + (fault.seconds if fault else 0.0))
        case "truncate":
            return Delivery(response, struck.delay, "truncate")
        case "malformed":
            return Delivery(replace(response, body=response.body[: len(response.body) // 2]), struck.delay)
    return Delivery(response, struck.delay)


def _opened(settings: Settings) -> IO[str] | None:
    if settings.journal is None:
        return None
    try:
        return settings.journal.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--journal: {settings.journal} cannot be written: {error.strerror or error}") from None


def _text(status: int, text: str) -> Response:
    return Response(status, (("content-type", "text/plain; charset=utf-8"),), text.encode())


def _plain(value: Any) -> Response:
    return Response(200, (("content-type", "application/json"),), json.dumps(value, default=str).encode())
