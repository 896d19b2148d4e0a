"""Remembers what a mock was asked and what it answered, without secrets."""

from __future__ import annotations

import base64
import re
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from seamwright.engines.mock.arrivals import Reply
from seamwright.model.bench import Violation
from seamwright.model.exchange import Request, Response

__all__ = ["Entry", "Journal"]

KEPT = 1000
"""Entries that are remembered; older ones are forgotten."""

_LONGEST = 64 * 1024
_HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and its answer. `at` is in seconds since the epoch, `seconds` what it took; `response` is None where
    a fault took its place."""

    number: int
    at: float
    seconds: float
    request: Request
    response: Response | None
    operation: str | None
    violations: tuple[Violation, ...] = ()
    notes: tuple[str, ...] = ()
    fault: str | None = None
    lengths: tuple[int, int] = (0, 0)
    """Bytes of the bodies of the request and the answer, of which only the beginning is kept."""

    def to_json(self, secrets: Collection[str]) -> dict[str, Any]:
        """Plain JSON values. What stands in headers and query parameters of these names (in lower case) is left out."""
        url = urlsplit(self.request.url)
        query = [(n, _HIDDEN if n.lower() in secrets else v) for n, v in parse_qsl(url.query, keep_blank_values=True)]
        return {
            "number": self.number,
            "at": self.at,
            "seconds": round(self.seconds, 6),
            "operation": self.operation,
            "request": {
                "method": self.request.method,
                "path": url.path,
                "query": urlencode(query, safe="*"),
                "headers": _shown(self.request.headers, secrets),
                **_body(self.request.body, self.lengths[0]),
            },
            "response": self.response
            and {
                "status": self.response.status,
                "headers": _shown(self.response.headers, secrets),
                **_body(self.response.body, self.lengths[1]),
            },
            "violations": [{"place": v.place, "keyword": v.keyword, "text": v.text} for v in self.violations],
            "notes": list(self.notes),
            "fault": self.fault,
        }

    def __str__(self) -> str:
        answered = str(self.response.status) if self.response else "no answer"
        path = urlsplit(self.request.url).path
        parts = [f"{self.request.method} {path} {answered}", self.operation or "", f"{self.seconds * 1000:.0f} ms"]
        told = [f"fault {self.fault}"] if self.fault else []
        told += [f"{v.place}: {v.text}" for v in self.violations[:3]] + list(self.notes)
        return " ".join(part for part in parts if part) + (f" ({'; '.join(told)})" if told else "")


class Journal:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0

    def add(
        self,
        at: float,
        seconds: float,
        request: Request,
        reply: Reply | None,
        operation: str | None,
        fault: str | None = None,
    ) -> Entry:
        """Remember a request, and what it was answered (None: nothing came)."""
        self._count += 1
        told = (reply.violations, reply.notes) if reply is not None else ((), ())
        response = reply.response if reply is not None else None
        lengths = (len(request.body), len(response.body) if response is not None else 0)
        request = replace(request, body=request.body[:_LONGEST])
        response = response and replace(response, body=response.body[:_LONGEST])
        entry = Entry(self._count, at, seconds, request, response, operation, *told, fault=fault, lengths=lengths)
        self._entries.append(entry)
        return entry

    def entries(self, operation: str | None = None) -> list[Entry]:
        """What is remembered, or that of one operation alone."""
        return [entry for entry in self._entries if operation is None or entry.operation == operation]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()


def _shown(headers: Iterable[tuple[str, str]], secrets: Collection[str]) -> list[list[str]]:
    return [[name, _redacted(name, value) if name.lower() in secrets else value] for name, value in headers]


def _redacted(name: str, value: str) -> str:
    """A secret with its form left: the scheme of credentials, the names of cookies."""
    if name.lower() in ("cookie", "set-cookie"):
        return re.sub(r"=[^;]*", f"={_HIDDEN}", value, count=1 if name.lower() == "set-cookie" else 0)
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {_HIDDEN}" if space else _HIDDEN


def _body(body: bytes, length: int) -> dict[str, Any]:
    if not body:
        return {}
    cut = {"cut": length} if length > len(body) else {}
    try:
        return {"text": body.decode("utf-8"), **cut}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii"), **cut}
