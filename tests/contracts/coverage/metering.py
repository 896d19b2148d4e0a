"""A meter on a small contract, and calls rendered as the real ones are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.contracts.coverage import Meter
from seamwright.engines.generate.requests import render
from seamwright.model.exchange import Case, Exchange, Failure, Response
from seamwright.model.operation import Contract, Operation
from tests.contracts.documents import contract, operation

__all__ = ["Bar", "bar"]


class Bar:
    """One operation `op` under a meter: send it values with an answer, and see what is covered."""

    def __init__(self, found: Contract) -> None:
        self.contract = found
        self.operation: Operation = operation(found, "op")
        self.meter = Meter(found)

    def call(
        self,
        body: Any = None,
        *,
        status: int = 200,
        raw: bytes | None = None,
        media_type: str | None = None,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        cookies: Mapping[str, Any] | None = None,
        answer: str = "application/json",
        told: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Send a case and count what came of it; 0 stands for no answer."""
        given = body is not None or raw is not None
        kind = media_type or (next(iter(self.operation.body.content)) if self.operation.body and given else None)
        case = Case("op", path or {}, query or {}, headers or {}, cookies or {}, body, kind, raw)
        request = render("http://h", self.contract, self.operation, case)
        pairs = (*([("content-type", answer)] if answer else []), *(told or {}).items())
        response = Response(status, pairs, b"{}") if status else None
        failure = None if status else Failure("reset", "reset")
        exchange = Exchange(request, response, failure, 0.0, 0.0, operation="op")
        self.meter.sent(self.operation, case, exchange)
        self.meter.answered(self.operation, exchange)
        return exchange

    def done(self, place: str, keyword: str) -> set[str]:
        """What is exercised of a keyword at a place."""
        return set(self._at(place, keyword).done)

    def missing(self, place: str, keyword: str) -> dict[str, str]:
        """What is not exercised of it, and why."""
        return dict(self._at(place, keyword).missing)

    def _at(self, place: str, keyword: str) -> Any:
        found = {(each.place, each.keyword): each for each in self.meter.points(self.operation)}
        assert (place, keyword) in found, sorted(found)
        return found[place, keyword]

    @property
    def names(self) -> set[tuple[str, str]]:
        """Every place with every keyword."""
        return {(each.place, each.keyword) for each in self.meter.points(self.operation)}


def bar(
    schema: Any = None,
    *,
    parameters: list[dict[str, Any]] | None = None,
    responses: Mapping[str, Any] | None = None,
    required: bool = True,
    media_type: str = "application/json",
    content: Mapping[str, Any] | None = None,
    path: str = "/things",
    openapi: str = "3.1.0",
    security: list[Any] | None = None,
    **rest: Any,
) -> Bar:
    """A meter on `POST /things`, whose body has this schema."""
    said: dict[str, Any] = {"operationId": "op", "responses": dict(responses or {"200": {"description": "ok"}})}
    if parameters:
        said["parameters"] = parameters
    if content is None and schema is not None:
        content = {media_type: {"schema": schema}}
    if content is not None:
        said["requestBody"] = {"required": required, "content": dict(content)}
    if security is not None:
        said["security"] = security
    return Bar(contract({path: {"post": said}}, openapi=openapi, **rest))
