"""A small, correct API of items with its contract; each test breaks it in one place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import jsonschema_rs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

__all__ = ["Closed", "Items", "document"]

ID = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
NEW = {
    "type": "object",
    "required": ["name", "count"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 20, "pattern": "^[a-z]+$"},
        "count": {"type": "integer", "minimum": 0, "maximum": 10},
        "note": {"type": "string", "maxLength": 60},
    },
    "additionalProperties": False,
}
ITEM = {
    "type": "object",
    "required": ["id", "name", "count"],
    "properties": {"id": ID, **NEW["properties"]},  # type: ignore[dict-item]
    "additionalProperties": False,
}
PROBLEM = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}


def _json(schema: Any) -> dict[str, Any]:
    return {"description": "an answer", "content": {"application/json": {"schema": schema}}}


def document() -> dict[str, Any]:
    """The contract; each call gives a copy that may be changed."""
    told = {"422": _json(PROBLEM), "404": _json(PROBLEM)}
    item_id = {"name": "itemId", "in": "path", "required": True, "schema": ID}
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 50}}
    body = {"required": True, "content": {"application/json": {"schema": NEW}}}
    return copy.deepcopy(
        {
            "openapi": "3.1.0",
            "info": {"title": "items", "version": "1"},
            "paths": {
                "/items": {
                    "get": {
                        "operationId": "listItems",
                        "parameters": [limit],
                        "responses": {"200": _json({"type": "array", "items": ITEM}), **told},
                    },
                    "post": {
                        "operationId": "createItem",
                        "requestBody": body,
                        "responses": {"201": _json(ITEM), "400": _json(PROBLEM), "415": _json(PROBLEM), **told},
                    },
                },
                "/items/{itemId}": {
                    "get": {
                        "operationId": "getItem",
                        "parameters": [item_id],
                        "responses": {"200": _json(ITEM), **told},
                    },
                    "delete": {
                        "operationId": "deleteItem",
                        "parameters": [item_id],
                        "responses": {"204": {"description": "gone"}, **told},
                    },
                },
            },
        }
    )


class Items:
    """The API, as an ASGI app; subclasses break one part."""

    def __init__(self) -> None:
        self.items: dict[int, dict[str, Any]] = {}
        self.new = jsonschema_rs.Draft202012Validator(NEW)
        self._routes = self.routes()
        self._app = Starlette(routes=self._routes, exception_handlers={405: self.not_allowed})

    async def __call__(self, scope: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        await self._app(scope, receive, send)

    def routes(self) -> list[Route]:
        return [
            Route("/items", self.list, methods=["GET"]),
            Route("/items", self.create, methods=["POST"]),
            Route("/items/{item_id}", self.get, methods=["GET"]),
            Route("/items/{item_id}", self.delete, methods=["DELETE"]),
        ]

    async def not_allowed(self, request: Request, error: Exception) -> Response:
        """Starlette's own answer lists the methods of the first route alone."""
        here = [route for route in self._routes if route.matches(request.scope)[0] is not Match.NONE]
        allowed = {method for route in here for method in route.methods or ()}
        return JSONResponse({"error": "no"}, 405, {"allow": ", ".join(sorted(allowed))})

    async def list(self, request: Request) -> Response:
        text = request.query_params.get("limit", "20")
        if not text.isdigit() or not 1 <= int(text) <= 50:
            return self.refused(422)
        return self.page(int(text))

    def page(self, limit: int) -> Response:
        return JSONResponse([self.shown(item) for item in self.items.values() if item][:limit])

    async def create(self, request: Request) -> Response:
        if not self.reads(request.headers.get("content-type", "")):
            return self.refused(415)
        try:
            body = await request.json()
        except ValueError:
            return self.refused(400)
        if not self.valid(body):
            return self.refused(422)
        return self.made(body)

    def reads(self, content_type: str) -> bool:
        return content_type.partition(";")[0] == "application/json"

    def valid(self, body: Any) -> bool:
        return self.new.is_valid(body)

    def made(self, body: dict[str, Any]) -> Response:
        item = {"id": len(self.items) + 1, **body}
        self.items[item["id"]] = item
        return JSONResponse(self.shown(item), 201)

    async def get(self, request: Request) -> Response:
        item = self.items.get(self.number(request))
        return JSONResponse(self.shown(item)) if item else self.missing(request)

    async def delete(self, request: Request) -> Response:
        number = self.number(request)
        if not self.items.get(number):
            return self.missing(request)
        self.items[number] = {}
        return Response(status_code=204)

    def number(self, request: Request) -> int:
        text = request.path_params["item_id"]
        return int(text) if text.isdigit() else 0

    def shown(self, item: dict[str, Any]) -> dict[str, Any]:
        return item

    def missing(self, request: Request) -> Response:
        return self.refused(404)

    def refused(self, status: int) -> Response:
        return JSONResponse({"error": "no"}, status)


class Closed(Items):
    """Answers nothing but 404: no valid call is ever answered with success."""

    async def __call__(self, scope: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        await self.refused(404)(scope, receive, send)
