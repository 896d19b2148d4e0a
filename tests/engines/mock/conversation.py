"""Talks to the engine of a mock without any bytes: a contract, what is asked, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.contracts.conformance import ContractValidator
from seamwright.engines.mock import HttpMock, Routed
from seamwright.engines.mock.arrivals import Arrival, Reply
from seamwright.engines.mock.store import Store
from seamwright.model.exchange import Exchange, Request, Response
from seamwright.model.operation import Contract, Operation
from seamwright.services.mock.requests import arrival_of
from tests.contracts.documents import contract

__all__ = ["BASE", "Talk", "answers", "body", "operation", "shop", "talk"]

BASE = "http://mock.test"

Json = Mapping[str, Any]


def answers(**statuses: Any) -> dict[str, Any]:
    """Responses by status: `answers(s200=schema, s404=None)`; None is an answer without a body."""
    return {
        status.removeprefix("s"): {
            "description": "",
            **({} if schema is None else {"content": {"application/json": {"schema": schema}}}),
        }
        for status, schema in statuses.items()
    }


def body(schema: Any, *, required: bool = True, media_type: str = "application/json") -> dict[str, Any]:
    """A request body of one media type."""
    return {"required": required, "content": {media_type: {"schema": schema}}}


ORDER = {
    "type": "object",
    "required": ["id", "item", "status"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "readOnly": True},
        "item": {"type": "string", "minLength": 1},
        "quantity": {"type": "integer", "minimum": 1, "default": 1},
        "note": {"type": "string"},
        "secret": {"type": "string", "writeOnly": True},
        "status": {"type": "string", "enum": ["open", "paid", "cancelled"], "readOnly": True},
        "createdAt": {"type": "string", "format": "date-time", "readOnly": True},
    },
}

_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_REF = {"$ref": "#/components/schemas/Order"}


def shop(**more: Any) -> Contract:
    """A contract of orders with lines, settings, and an act; `more` are further paths."""
    line = {
        "type": "object",
        "required": ["number", "text"],
        "properties": {"number": {"type": "integer", "readOnly": True}, "text": {"type": "string"}},
    }
    paths = {
        "/orders": {
            "get": {
                "operationId": "listOrders",
                "parameters": [
                    {"name": "status", "in": "query", "schema": {"type": "string"}},
                    {"name": "item", "in": "query", "schema": {"type": "string"}},
                    {"name": "sort", "in": "query", "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 50}},
                    {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0}},
                ],
                "responses": answers(s200={"type": "array", "items": _REF}, s400=None),
            },
            "post": {
                "operationId": "createOrder",
                "requestBody": body(_REF),
                "responses": answers(s201=_REF, s422=None),
            },
        },
        "/orders/{id}": {
            "parameters": [_ID],
            "get": {"operationId": "getOrder", "responses": answers(s200=_REF, s404=None)},
            "put": {
                "operationId": "replaceOrder",
                "requestBody": body(_REF),
                "responses": answers(s200=_REF, s404=None),
            },
            "patch": {
                "operationId": "changeOrder",
                "requestBody": body({"type": "object"}, media_type="application/merge-patch+json"),
                "responses": answers(s200=_REF, s404=None),
            },
            "delete": {"operationId": "deleteOrder", "responses": answers(s204=None, s404=None)},
        },
        "/orders/{id}/cancel": {
            "parameters": [_ID],
            "post": {"operationId": "cancelOrder", "responses": answers(s200=_REF, s404=None)},
        },
        "/orders/{id}/lines": {
            "parameters": [_ID],
            "get": {"operationId": "listLines", "responses": answers(s200={"type": "array", "items": line}, s404=None)},
            "post": {
                "operationId": "addLine",
                "requestBody": body(line),
                "responses": answers(s201=line, s404=None),
            },
        },
        "/orders/{id}/lines/{number}": {
            "parameters": [_ID, {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"operationId": "getLine", "responses": answers(s200=line, s404=None)},
        },
        "/settings": {
            "get": {
                "operationId": "getSettings",
                "responses": answers(s200={"type": "object", "properties": {"theme": {"type": "string"}}}),
            },
            "put": {
                "operationId": "putSettings",
                "requestBody": body({"type": "object", "properties": {"theme": {"type": "string"}}}),
                "responses": answers(s200={"type": "object", "properties": {"theme": {"type": "string"}}}),
            },
        },
        **more,
    }
    return contract(paths, components={"schemas": {"Order": ORDER}})


def operation(found: Contract, name: str) -> Operation:
    """An operation that must be there."""
    wanted = found.operation(name)
    assert wanted is not None, [each.id for each in found.operations]
    return wanted


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    response: Response
    reply: Reply | None

    @property
    def status(self) -> int:
        """The status."""
        return self.response.status

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return self.response.json()

    def header(self, name: str) -> str | None:
        """A header of the answer."""
        return self.response.header(name)


class Talk:
    """A conversation with a mock. Every answer to a declared operation must keep the contract."""

    def __init__(self, found: Contract, *, seed: int = 0, auth: bool = True, store: Store | None = None) -> None:
        self.contract = found
        self.judge = ContractValidator(found)
        self.mock = HttpMock(found, self.judge, seed=seed, auth=auth, store=store)

    def ask(
        self,
        method: str,
        path: str,
        sent: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        media_type: str = "application/json",
        raw: bytes | None = None,
        undeclared: bool = False,
    ) -> Answer:
        """Ask, and check the answer; with `undeclared` its status may be one that the contract does not have."""
        data = raw if raw is not None else b"" if sent is None else json.dumps(sent).encode()
        told = dict(headers or {})
        if data and "content-type" not in told:
            told["content-type"] = media_type
        request = Request(method, path, tuple(told.items()), data)
        plain = path.partition("?")[0]
        routed = self.mock.route(method, plain)
        if isinstance(routed, Response):
            return Answer(routed, None)
        reply = self.mock.answer(routed.operation, self.arrival(routed, request, plain))
        broken = self.judge.violations(routed.operation, Exchange(request, reply.response, None, 0.0, 0.0))
        assert undeclared or not broken, broken
        return Answer(reply.response, reply)

    def arrival(self, routed: Routed, request: Request, path: str) -> Arrival:
        """What a request means."""
        return arrival_of(self.contract, routed, request, path, BASE)


def talk(**more: Any) -> Talk:
    """A conversation with the shop's mock."""
    return Talk(shop(**more))
