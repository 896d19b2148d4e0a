"""What a mock tells about itself, below `/__seamwright/`: its journal, state, operations and contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from seamwright.engines.mock import HttpMock, Journal
from seamwright.engines.mock.credentials import secret_names
from seamwright.engines.mock.http import refusal_alone
from seamwright.model.exchange import Request, Response

__all__ = ["PREFIX", "Control"]

PREFIX = "/__seamwright/"


class Control:
    """Answers the requests that are about the mock itself. `mock` gives the engine that answers at this moment."""

    def __init__(self, mock: Callable[[], HttpMock], journal: Journal, document: Callable[[], bytes]) -> None:
        self._mock = mock
        self._journal = journal
        self._document = document

    def answer(self, request: Request) -> Response:
        """Answer a request whose path begins with the prefix."""
        url = urlsplit(request.url)
        method = "GET" if request.method == "HEAD" else request.method
        match method, url.path.removeprefix(PREFIX).strip("/"):
            case "GET", "journal":
                operation = parse_qs(url.query).get("operation", [None])[0]
                secrets = secret_names(self._mock().contract)
                return _json({"entries": [entry.to_json(secrets) for entry in self._journal.entries(operation)]})
            case "DELETE", "journal":
                self._journal.clear()
                return Response(204)
            case "POST", "reset":
                self._mock().reset()
                return Response(204)
            case "GET", "contract":
                return Response(200, (("content-type", "application/json"),), self._document())
            case "GET", "state":
                return _json(self._mock().store.dump())
            case "GET", "operations":
                return _json({"operations": self._operations()})
        known = {"journal": "GET, DELETE", "reset": "POST", "contract": "GET", "state": "GET", "operations": "GET"}
        name = url.path.removeprefix(PREFIX).strip("/")
        if name in known:
            return refusal_alone(405, f"{PREFIX}{name} takes {known[name]}", (("allow", known[name]),))
        return refusal_alone(404, f"there are {', '.join(PREFIX + name for name in known)}")

    def _operations(self) -> list[dict[str, Any]]:
        """What each operation is taken to do."""
        mock = self._mock()
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


def _json(value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return Response(200, (("content-type", "application/json"),), body)
