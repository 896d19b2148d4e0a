"""One request and what came back, with times: the raw material of evidence."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["Case", "Exchange", "Failure", "Request", "Response"]


@dataclass(frozen=True, slots=True)
class Case:
    """Values for one call of an operation, before they are rendered to bytes.

    `body` is the value to be encoded as `media_type`; `raw` bytes, where given, are sent instead of it.
    """

    operation: str
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    cookies: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    media_type: str | None = None
    raw: bytes | None = None

    def but(self, **changes: Any) -> Case:
        """Copy this case with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire: an absolute URL, headers in order, and the body's bytes."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Find the first header of this name, without case."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: status, headers in order (names in lower case), and the body's bytes, decoded of any
    content coding."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Find the first header of this name, without case."""
        return _header(self.headers, name)

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; empty when not told."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text; undecodable bytes are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no answer came: `connect`, `timeout`, `reset`, `protocol` or `too-large`, and in words."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response, or the failure in its place.

    `started` is in seconds since the epoch, `seconds` is what it took. `cell` and `check` are filled in by the
    bench, which records every exchange.
    """

    request: Request
    response: Response | None
    failure: Failure | None
    started: float
    seconds: float
    boundary: str = ""
    operation: str = ""
    identity: str | None = None
    check: str = ""
    number: int = 0
    note: str = ""

    @property
    def status(self) -> int:
        """The status of the answer; 0 when none came."""
        return self.response.status if self.response else 0

    @property
    def ok(self) -> bool:
        """Whether an answer of the success class came (2xx)."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        what = str(self.status) if self.response else f"no answer ({self.failure.kind})" if self.failure else "?"
        return f"{self.request.method} {self.request.url} → {what}"

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values, bodies in base64 where they are not text."""
        return {
            "number": self.number,
            "check": self.check,
            "boundary": self.boundary,
            "operation": self.operation,
            "identity": self.identity,
            "started": self.started,
            "seconds": self.seconds,
            "note": self.note,
            "request": {
                "method": self.request.method,
                "url": self.request.url,
                "headers": [list(pair) for pair in self.request.headers],
                **_body(self.request.body),
            },
            "response": self.response
            and {
                "status": self.response.status,
                "headers": [list(pair) for pair in self.response.headers],
                **_body(self.response.body),
            },
            "failure": self.failure and {"kind": self.failure.kind, "text": self.failure.text},
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Exchange:
        """Read back what `to_json` gave."""
        request, response, failure = data["request"], data["response"], data["failure"]
        return Exchange(
            request=Request(request["method"], request["url"], _pairs(request["headers"]), _unbody(request)),
            response=response and Response(response["status"], _pairs(response["headers"]), _unbody(response)),
            failure=failure and Failure(failure["kind"], failure["text"]),
            started=data["started"],
            seconds=data["seconds"],
            boundary=data["boundary"],
            operation=data["operation"],
            identity=data["identity"],
            check=data["check"],
            number=data["number"],
            note=data["note"],
        )

    def digest(self) -> str:
        """SHA-256, in hex, over the canonical JSON of this exchange."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def _unbody(data: Mapping[str, Any]) -> bytes:
    if "base64" in data:
        return base64.b64decode(data["base64"])
    return str(data["text"]).encode()


def _pairs(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in pairs)
