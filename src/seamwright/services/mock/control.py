"""What a mock tells about itself, below `/__seamwright/`: its journal, state, operations and contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from seamwright.engines.mock.http import refusal_alone
from seamwright.model.exchange import Request, Response
from seamwright.services.mock.journals import KeptJournal

__all__ = ["PREFIX", "Control", "Inside"]

PREFIX = "/__seamwright/"

_KNOWN = {"journal": "GET, DELETE", "reset": "POST", "contract": "GET", "state": "GET", "operations": "GET"}


@dataclass(frozen=True, slots=True)
class Inside:
    """The inside of a mock as it is at the moment that it is asked for.

    `contract` gives the media type and the bytes of the document; `operations` what each operation is taken to do.
    """

    reset: Callable[[], None]
    state: Callable[[], Mapping[str, Any]]
    contract: Callable[[], tuple[str, bytes]]
    operations: Callable[[], Sequence[Mapping[str, Any]]]


class Control:
    """Answers the requests that are about the mock itself."""

    def __init__(self, inside: Inside, journal: KeptJournal) -> None:
        self._inside = inside
        self._journal = journal

    def answer(self, request: Request) -> Response:
        """Answer a request whose path begins with the prefix."""
        url = urlsplit(request.url)
        name = url.path.removeprefix(PREFIX).strip("/")
        match "GET" if request.method == "HEAD" else request.method, name:
            case "GET", "journal":
                operation = parse_qs(url.query).get("operation", [None])[0]
                return _json({"entries": self._journal.entries(operation)})
            case "DELETE", "journal":
                self._journal.clear()
                return Response(204)
            case "POST", "reset":
                self._inside.reset()
                return Response(204)
            case "GET", "contract":
                media_type, data = self._inside.contract()
                return Response(200, (("content-type", media_type),), data)
            case "GET", "state":
                return _json(self._inside.state())
            case "GET", "operations":
                return _json({"operations": list(self._inside.operations())})
        if name not in _KNOWN:
            return refusal_alone(404, f"there are {', '.join(PREFIX + each for each in _KNOWN)}")
        allow = ("allow", f"{_KNOWN[name]}, OPTIONS")
        if request.method == "OPTIONS":
            return Response(204, (allow,))
        return refusal_alone(405, f"{PREFIX}{name} takes {_KNOWN[name]}", (allow,))


def _json(value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return Response(200, (("content-type", "application/json"),), body)
