"""A small API with accounts, right as it is; each test spoils one of its methods."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

__all__ = ["DOCUMENT", "PEOPLE", "Accounts", "Refused"]

Json = dict[str, Any]

PEOPLE: Json = {
    "identities": {
        "alice": {"roles": ["customer"], "token": "token-of-alice"},
        "bob": {"roles": ["customer"], "token": "token-of-bob"},
    }
}


class Refused(Exception):
    """Ends a request with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class Accounts:
    """The API; `app` serves it. What is awaited lets other requests in between, as a database does."""

    def __init__(self) -> None:
        self.accounts: dict[int, Json] = {}
        self.results: dict[Any, tuple[Json, Json | None]] = {}
        self.app = Starlette(
            routes=[
                Route("/accounts", self._create, methods=["POST"]),
                Route("/accounts", self._list, methods=["GET"]),
                Route("/accounts/{id:int}", self._get, methods=["GET"]),
                Route("/accounts/{id:int}", self._change, methods=["PUT"]),
                Route("/accounts/{id:int}", self._delete, methods=["DELETE"]),
            ],
            exception_handlers={Refused: self._refused},
        )

    # What tests spoil.

    async def make(self, caller: str, key: str, body: Json) -> Json:
        """One account for one key of one caller, whatever happens in between."""
        known = self.results.get((caller, key))
        if known is None:
            self.results[caller, key] = (body, None)
            await asyncio.sleep(0.02)
            made = self.store(body)
            self.results[caller, key] = (body, made)
            return made
        if known[0] != body:
            raise Refused(422)
        if known[1] is None:
            raise Refused(409)
        return known[1]

    async def overwrite(self, account: Json, tag: str | None, body: Json) -> None:
        if tag is None:
            raise Refused(428)
        if tag != self.tag(account):
            raise Refused(412)
        account |= {**body, "version": account["version"] + 1}

    def remove(self, account: Json) -> None:
        del self.accounts[account["id"]]

    def seen(self, account: Json) -> Json:
        return dict(account)

    # The operations.

    def store(self, body: Json) -> Json:
        number = len(self.accounts) + 1
        self.accounts[number] = {"id": number, "version": 1, **body}
        return dict(self.accounts[number])

    def tag(self, account: Json) -> str:
        return f'"{account["version"]}"'

    async def _create(self, request: Request) -> Response:
        key = request.headers.get("idempotency-key")
        if not key:
            raise Refused(400)
        made = await self.make(request.headers.get("authorization", ""), key, json.loads(await request.body()))
        return JSONResponse(made, 201)

    async def _list(self, request: Request) -> Response:
        return JSONResponse({"items": [self.seen(a) for a in self.accounts.values()]})

    async def _get(self, request: Request) -> Response:
        account = self.seen(self._found(request))
        return JSONResponse(account, headers={"etag": self.tag(account)})

    async def _change(self, request: Request) -> Response:
        account = self._found(request)
        await self.overwrite(account, request.headers.get("if-match"), json.loads(await request.body()))
        return JSONResponse(account, headers={"etag": self.tag(account)})

    async def _delete(self, request: Request) -> Response:
        self.remove(self._found(request))
        return Response(status_code=204)

    def _found(self, request: Request) -> Json:
        account = self.accounts.get(request.path_params["id"])
        if account is None:
            raise Refused(404)
        return account

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return JSONResponse({"detail": str(error)}, error.status)


_ACCOUNT: Json = {
    "type": "object",
    "required": ["id", "version", "note", "cents"],
    "properties": {
        "id": {"type": "integer"},
        "version": {"type": "integer"},
        "note": {"type": "string"},
        "cents": {"type": "integer"},
    },
}
_BODY: Json = {
    "type": "object",
    "required": ["note", "cents"],
    "properties": {
        "note": {"type": "string", "maxLength": 60},
        "cents": {"type": "integer", "minimum": 0, "maximum": 1000000},
    },
    "additionalProperties": False,
}
_ID: Json = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


def _header(name: str) -> Json:
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}


def _gives(status: str, schema: Json | None = None) -> Json:
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {status: {"description": "done", **content}}


_LIST: Json = {"type": "object", "properties": {"items": {"type": "array", "items": _ACCOUNT}}}
_SENT: Json = {"required": True, "content": {"application/json": {"schema": _BODY}}}

DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {"title": "accounts", "version": "1"},
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    "security": [{"bearer": []}],
    "paths": {
        "/accounts": {
            "post": {
                "operationId": "openAccount",
                "parameters": [_header("Idempotency-Key")],
                "requestBody": _SENT,
                "responses": {**_gives("201", _ACCOUNT), **_gives("409"), **_gives("422")},
            },
            "get": {"operationId": "listAccounts", "responses": _gives("200", _LIST)},
        },
        "/accounts/{id}": {
            "get": {"operationId": "getAccount", "parameters": [_ID], "responses": _gives("200", _ACCOUNT)},
            "put": {
                "operationId": "changeAccount",
                "parameters": [_ID, _header("If-Match")],
                "requestBody": _SENT,
                "responses": {**_gives("200", _ACCOUNT), **_gives("412"), **_gives("428")},
            },
            "delete": {"operationId": "closeAccount", "parameters": [_ID], "responses": _gives("204")},
        },
    },
}
