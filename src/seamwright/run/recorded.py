"""A recording (HAR) as a script: the requests to one boundary, matched to the operations of its contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from seamwright.engines.mock.paths import Routes
from seamwright.model.errors import UsageError
from seamwright.model.exchange import Request
from seamwright.model.operation import Operation
from seamwright.model.scenario import ThinkTime
from seamwright.model.subject import Subject
from seamwright.run.loading import rendered
from seamwright.run.redaction import secret_field, secret_header
from seamwright.run.scope import origin_of
from seamwright.run.scripts import Line, Marks, Script

if TYPE_CHECKING:
    from seamwright.engines.load import Entry, Recorded, Trace

__all__ = ["moments", "recorded"]

_NOT_TAKEN = frozenset(
    {
        # Each client says these for itself, of its own connection.
        *("host", "content-length", "connection", "keep-alive", "proxy-connection", "te", "trailer"),
        *("transfer-encoding", "upgrade", "expect", "user-agent"),
        # With them an answer may come compressed, or without its body, and could not be judged.
        *("accept-encoding", "if-none-match", "if-modified-since", "range", "if-range"),
    }
)
_INSTEAD = "credentials are not taken from the recording, those of the identity are sent"


def recorded(subject: Subject, recording: Recorded, *, speed: float = 1.0, apart: bool = False) -> Script:
    """The requests of a recording that went to the boundary, in their order, with the pauses between them divided by
    `speed`: one scenario. With `apart` each is a scenario by itself, to be sent at a moment of its own.

    Everything else is left out by name. Credentials are not taken: each call is that of an identity. Raises UsageError
    where nothing is left.
    """
    reader = _Reader(subject)
    kept = [(entry, operation) for entry in recording.entries if (operation := reader.operation(entry)) is not None]
    if not kept:
        why = "; ".join(f"{name}: {text}" for name, text in reader.left_out().items())
        raise UsageError(f"{recording.source}: has no request that can be sent to {subject.boundary.origin}: {why}")
    name = Path(recording.source).stem
    lines = []
    names: Counter[str] = Counter()
    for index, (entry, operation) in enumerate(kept):
        names[operation.id] += 1
        again = f"#{names[operation.id]}" if names[operation.id] > 1 else ""
        ended = entry.at + entry.took
        pause = max(0.0, kept[index + 1][0].at - ended) / speed if index + 1 < len(kept) else 0.0
        lines.append(reader.line(recording.source, f"{name}/{operation.id}{again}", entry, operation, pause))
    scenarios: dict[str, tuple[float, tuple[Line, ...]]] = {name: (1.0, tuple(lines))}
    if apart:
        scenarios = {line.name: (1.0, (line,)) for line in lines}
    return Script(scenarios, Marks(), in_turn=apart, left_out=reader.left_out(), notes=reader.notes())


def moments(subject: Subject, recording: Recorded, speed: float = 1.0) -> Trace:
    """When the requests that `recorded` takes were sent, from the first of them, divided by `speed`."""
    import numpy as np

    from seamwright.engines.load import Trace

    reader = _Reader(subject)
    at = [entry.at for entry in recording.entries if reader.operation(entry) is not None]
    return Trace(np.rint((np.asarray(at) - at[0]) / speed * 1e9).astype(np.int64))


class _Reader:
    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._origin = origin_of(subject.boundary.url)
        self._base = urlsplit(subject.base_url).path.rstrip("/")
        self._routes = Routes(subject.contract.operations if subject.contract else ())
        self._left_out: dict[str, Counter[str]] = {}
        self._replaced: dict[str, None] = {}
        schemes = subject.contract.schemes.values() if subject.contract else ()
        self._keys: dict[str, set[str]] = {}
        for scheme in schemes:
            if scheme.type == "apiKey":
                self._keys.setdefault(scheme.location, set()).add(scheme.parameter.lower())

    def operation(self, entry: Entry) -> Operation | None:
        """The operation that an entry calls; None where it is left out, which is noted."""
        found = self._found(entry)
        if isinstance(found, Operation):
            return found
        name, why = found
        self._left_out.setdefault(name, Counter())[why] += 1
        return None

    def _found(self, entry: Entry) -> Operation | tuple[str, str]:
        """The operation; or what is left out, and why."""
        parts = urlsplit(entry.url)
        named = f"{entry.method} {parts.path or '/'}"
        try:
            origin = origin_of(entry.url)
        except ValueError:
            return named, "its URL cannot be read"
        if origin != self._origin:
            return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", "another host than the boundary's"
        if not parts.path.startswith(f"{self._base}/") and parts.path != self._base:
            return named, f"lies outside of {self._base}"
        if entry.status == 0:
            return named, "was not answered when it was recorded"
        if entry.status >= 400:
            return named, f"was answered {entry.status} when it was recorded"
        found = (each.operations.get(entry.method) for each in self._routes.find(parts.path[len(self._base) :] or "/"))
        operation = next((each for each in found if each is not None), None)
        if operation is None:
            return named, "is no operation of the contract"
        why = self._subject.kept_back.get(operation.id)
        return operation if why is None else (operation.id, why)

    def left_out(self) -> Mapping[str, str]:
        """What is not sent, and why; how often, where it was there more than once."""
        told: dict[str, str] = {}
        for name, reasons in self._left_out.items():
            told[name] = "; ".join(f"{why} ({n} requests)" if n > 1 else why for why, n in reasons.items())
        return told

    def notes(self) -> tuple[str, ...]:
        """What was not taken from the requests that are sent."""
        if not self._replaced:
            return ()
        return (f"{_INSTEAD}: {', '.join(self._replaced)}",)

    def line(self, source: str, name: str, entry: Entry, operation: Operation, pause: float) -> Line:
        parts = urlsplit(entry.url)
        identity = self._subject.honest(operation)
        if identity is None:
            raise UsageError(
                f"nobody is known who may call {operation.id}, which the recording calls; name an identity"
            )
        query = "&".join(self._open(parts.query.split("&"))) if parts.query else ""
        target = f"{parts.path}?{query}" if query else parts.path or "/"
        headers = tuple(pair for pair in entry.headers if self._taken(pair[0]))
        request = Request(entry.method, f"{self._subject.boundary.origin}{target}", headers, entry.body)
        try:
            rendered(request)
        except ValueError as error:
            raise UsageError(f"{source}: entry {entry.number} cannot be sent as it is: {error}") from None
        return Line(name, operation, identity, partial(_as_it_is, request), think=ThinkTime(constant=pause))

    def _taken(self, name: str) -> bool:
        low = name.lower()
        if low in _NOT_TAKEN or low.startswith(":"):
            return False
        if secret_header(low) or low in self._keys.get("header", ()):
            self._replaced[f"header {low}"] = None
            return False
        return True

    def _open(self, pairs: Iterable[str]) -> list[str]:
        """The pairs of a query that are no credentials."""
        kept = []
        for pair in pairs:
            name = next((n for n, _ in parse_qsl(pair, keep_blank_values=True)), "").lower()
            if secret_field(name) or name in self._keys.get("query", ()):
                self._replaced[f"query {name}"] = None
            else:
                kept.append(pair)
        return kept


def _as_it_is(request: Request, known: Mapping[str, Any], marks: Marks) -> Request:
    """A recorded request has no places for values."""
    return request
