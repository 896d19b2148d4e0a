"""A running mock of a GraphQL schema: GraphQL over HTTP outside, the engine inside, faults included."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from seamwright.contracts.graphql.links import links_of
from seamwright.contracts.graphql.parts import Part, part_of
from seamwright.engines.mock import Disturbance, Profile, Reply, Store
from seamwright.engines.mock.graphql.carrying import carry
from seamwright.engines.mock.graphql.mock import GraphqlMock
from seamwright.model.exchange import Request, Response
from seamwright.model.operation import Contract, Operation
from seamwright.services.mock.control import PREFIX, Control, Inside
from seamwright.services.mock.disturbing import disturbed
from seamwright.services.mock.documents import ContractDocument, Source
from seamwright.services.mock.door import Answered, Door
from seamwright.services.mock.journals import KeptJournal
from seamwright.services.mock.kind import Settings
from seamwright.services.mock.listener import Delivery
from seamwright.services.mock.watching import Watch

__all__ = ["GraphqlServer"]

ENDPOINT = "/graphql"
_SCHEMA = "/schema.graphql"
_RESPONSE = "application/graphql-response+json"
_HIDDEN = frozenset({"authorization", "cookie", "x-api-key"})
_ALLOW = (("allow", "GET, POST, OPTIONS"),)


class GraphqlServer:
    """A mock of one schema on a port of its own."""

    def __init__(self, source: Source, settings: Settings, document: ContractDocument) -> None:
        self._source = source
        self._settings = settings
        self._document = document
        self._parts = _parts(document.contract)
        self._mock = self._engine(document.contract, self._parts)
        self._profile = Profile(settings.latencies, settings.faults, settings.seed)
        self._journal = KeptJournal(settings, lambda: _HIDDEN)
        inside = Inside(
            reset=lambda: self._mock.reset(),
            state=lambda: self._mock.store.dump(),
            contract=lambda: self._document.told(),
            operations=self._operations,
        )
        self._door = Door(settings, self._journal, Control(inside, self._journal), self._answered)
        self._watch = Watch(source, document, self._taken_up, settings.say)

    @staticmethod
    async def start(source: Source, settings: Settings, document: ContractDocument) -> GraphqlServer:
        """Listen for a schema that was read. Raises UsageError."""
        server = GraphqlServer(source, settings, document)
        await server._door.start(settings.port)
        server._watch.start()
        return server

    @property
    def title(self) -> str:
        """What the boundary, or the file, is called."""
        return self._source.name or self._source.contract.rpartition("/")[2]

    @property
    def url(self) -> str:
        """Where it answers queries."""
        return f"{self._door.url}{ENDPOINT}"

    def facts(self) -> Mapping[str, Any]:
        """What else is worth telling."""
        return {
            "contract": self._mock.contract.source,
            "operations": len(self._mock.contract.operations),
            "document": f"{self._door.url}{_SCHEMA}",
            "control": f"{self._door.url}{PREFIX}",
            "seed": self._settings.seed,
        }

    async def close(self) -> None:
        """End it; may be called twice."""
        await self._watch.close()
        await self._door.close()
        self._journal.close()

    # -- requests --

    def _answered(self, request: Request) -> Answered:
        other = self._about_no_query(request)
        if other is not None:
            return Answered(Delivery(other), Reply(other))
        body, wrong = _read(request)
        if wrong is not None:
            return Answered(Delivery(wrong), Reply(wrong))
        operation = self._operation(body)
        struck = self._profile.draw(operation) if operation is not None else Disturbance()
        ident, fault = operation.id if operation is not None else None, struck.fault
        if fault is not None and fault.kind in ("reset", "hang"):
            return Answered(disturbed(None, struck), None, ident, fault.name)
        if fault is not None and fault.kind == "status":
            response = _json(request, {"errors": [{"message": "the mock was told to fail"}]}, fault.status)
        else:
            response = _json(request, self._mock.answer(body, only_queries=request.method == "GET"))
        return Answered(disturbed(response, struck), Reply(response), ident, fault.name if fault else None)

    def _about_no_query(self, request: Request) -> Response | None:
        path = urlsplit(request.url).path
        if path == _SCHEMA and request.method in ("GET", "HEAD"):
            media_type, data = self._document.told()
            return Response(200, (("content-type", media_type),), data)
        if path not in (ENDPOINT, f"{ENDPOINT}/", "/"):
            return _text(404, f"queries are answered at {ENDPOINT}, and the schema is at {_SCHEMA}\n")
        if request.method == "OPTIONS":
            return Response(204, _ALLOW)
        return None

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
                return self._mock.contract.operation(f"{node.operation.value.capitalize()}.{selected.name.value}")
        return None

    def _operations(self) -> Sequence[Mapping[str, Any]]:
        """What each operation is taken to do."""
        parts = [(operation, self._parts[operation.id]) for operation in self._mock.contract.operations]
        return [{"id": operation.id, "role": part.act, "resource": part.kind} for operation, part in parts]

    # -- the schema, and one that takes its place --

    def _engine(self, contract: Contract, parts: Mapping[str, Part], store: Store | None = None) -> GraphqlMock:
        return GraphqlMock(contract, parts.__getitem__, seed=self._settings.seed, store=store)

    def _taken_up(self, document: ContractDocument) -> None:
        """Answer for another schema from now on; what is kept of objects stays, as far as they are in it."""
        parts = _parts(document.contract)
        mock = self._engine(document.contract, parts, self._mock.store)
        carry(mock.store, self._mock.contract.document["schema"], document.contract.document["schema"])
        self._document, self._mock, self._parts = document, mock, parts


def _parts(contract: Contract) -> Mapping[str, Part]:
    links = links_of(contract)
    return {operation.id: part_of(links, operation) for operation in contract.operations}


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
        return None, replace(_text(405, "queries are sent by POST\n"), headers=_ALLOW)
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


def _text(status: int, text: str) -> Response:
    return Response(status, (("content-type", "text/plain; charset=utf-8"),), text.encode())
