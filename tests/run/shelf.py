"""A small real service for the tests of runs: it logs in people, keeps items with lines, and logs what it was asked."""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from seamwright.model.bench import Bench
from seamwright.model.check import Applies, Check, DoesNotApply
from seamwright.model.evidence import Observation, Proved
from seamwright.model.subject import Subject
from tests.run.trial import check

__all__ = ["Asked", "Shelf", "contract", "echo"]

PASSWORDS = {"alice": "alice-pa55word", "bob": "bob-pa55word", "reports": "rep:orts/s3cret"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Shelf:
    """What the service knows, and what a test may set."""

    log: list[Asked] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    lifetime: Any = 600
    token_lives_for: int | None = None
    """Calls after which a token dies; None means for ever."""
    elsewhere: str = "http://192.0.2.1/"
    _used: dict[str, int] = field(default_factory=dict)
    _numbers: Any = field(default_factory=itertools.count)

    def asked(self, path: str) -> list[Asked]:
        """What arrived at a path."""
        return [asked for asked in self.log if asked.path == path]

    def app(self) -> Starlette:
        """The ASGI app."""
        routes: list[tuple[str, str, Callable[[Request], Any]]] = [
            ("POST", "/login", self._login),
            ("POST", "/token", self._token),
            ("GET", "/echo", self._echo),
            ("GET", "/whoami", self._whoami),
            ("GET", "/elsewhere", self._elsewhere),
            ("GET", "/hang", self._hang),
            ("GET", "/items", self._list),
            ("POST", "/items", self._create),
            ("GET", "/items/{id}", self._get),
            ("PUT", "/items/{id}", self._put),
            ("DELETE", "/items/{id}", self._delete),
            ("POST", "/items/{id}/lines", self._add_line),
            ("GET", "/items/{id}/lines/{lineId}", self._get_line),
            ("POST", "/reset", self._reset),
        ]
        made = [Route(path, self._logged(do), methods=[method]) for method, path, do in routes]
        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
        # Whatever else arrives is logged too, or a test that reads the log would be blind to it.
        return Starlette(routes=[*made, Route("/{path:path}", self._logged(self._nothing), methods=methods)])

    def _logged(self, do: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            self.log.append(
                Asked(
                    request.method,
                    request.url.path,
                    dict(request.headers),
                    dict(request.query_params),
                    dict(request.cookies),
                    body,
                )
            )
            answer: Response = await do(request)
            return answer

        return endpoint

    def _new_token(self, user: str) -> Response:
        token = f"token-{next(self._numbers)}-of-{user}"
        self.tokens[token] = user
        return JSONResponse({"access_token": token, "expires_in": self.lifetime, "data": {"tokens": [{"v": token}]}})

    async def _login(self, request: Request) -> Response:
        body = await request.json()
        if PASSWORDS.get(body.get("user")) != body.get("password"):
            return JSONResponse({"error": "no"}, 403)
        return self._new_token(body["user"])

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        told = request.headers.get("authorization", "")
        if told.startswith("Basic "):
            pair = base64.b64decode(told.removeprefix("Basic ")).decode().split(":")
            form |= {"client_id": unquote(pair[0]), "client_secret": unquote(pair[1])}
        if form.get("grant_type") != "client_credentials" or PASSWORDS.get(form.get("client_id", "")) != form.get(
            "client_secret"
        ):
            return JSONResponse({"error": "invalid_client"}, 401)
        return self._new_token(form["client_id"])

    def _caller(self, request: Request) -> str | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self._used[token] = self._used.get(token, 0) + 1
        if self.token_lives_for is not None and self._used[token] > self.token_lives_for:
            self.tokens.pop(token, None)
        return self.tokens.get(token)

    async def _echo(self, request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def _whoami(self, request: Request) -> Response:
        user = self._caller(request)
        return JSONResponse({"user": user}) if user else JSONResponse({"error": "no"}, 401)

    async def _elsewhere(self, request: Request) -> Response:
        return RedirectResponse(self.elsewhere)

    async def _hang(self, request: Request) -> Response:
        await asyncio.sleep(30)
        return JSONResponse({})

    async def _list(self, request: Request) -> Response:
        user = self._caller(request)
        return JSONResponse([item for item in self.items.values() if item["owner"] == user])

    async def _create(self, request: Request) -> Response:
        user = self._caller(request)
        if user is None:
            return JSONResponse({"error": "no"}, 401)
        if not request.headers.get("idempotency-key"):
            return JSONResponse({"error": "Idempotency-Key is missing"}, 400)
        body = await request.json()
        ident = f"i{next(self._numbers)}"
        self.items[ident] = {"id": ident, "owner": user, "note": body.get("note", ""), "version": 1}
        return JSONResponse(self.items[ident], 201)

    async def _get(self, request: Request) -> Response:
        item = self.items.get(request.path_params["id"])
        if item is None or item["owner"] != self._caller(request):
            return JSONResponse({"error": "no"}, 404)
        return JSONResponse(item, headers={"etag": f'"{item["version"]}"'})

    async def _put(self, request: Request) -> Response:
        item = self.items.get(request.path_params["id"])
        if item is None or item["owner"] != self._caller(request):
            return JSONResponse({"error": "no"}, 404)
        if request.headers.get("if-match") != f'"{item["version"]}"':
            return JSONResponse({"error": "changed meanwhile"}, 412)
        item |= {"note": (await request.json()).get("note", ""), "version": item["version"] + 1}
        return JSONResponse(item)

    async def _delete(self, request: Request) -> Response:
        self.items.pop(request.path_params["id"], None)
        return Response(status_code=204)

    async def _add_line(self, request: Request) -> Response:
        if request.path_params["id"] not in self.items:
            return JSONResponse({"error": "no"}, 404)
        ident = f"l{next(self._numbers)}"
        self.lines[request.path_params["id"], ident] = {"lineId": ident, "note": (await request.json()).get("note", "")}
        return JSONResponse({"lineId": ident}, 201)

    async def _get_line(self, request: Request) -> Response:
        line = self.lines.get((request.path_params["id"], request.path_params["lineId"]))
        return JSONResponse(line) if line else JSONResponse({"error": "no"}, 404)

    async def _nothing(self, request: Request) -> Response:
        return JSONResponse({"error": "nothing is here"}, 404)

    async def _reset(self, request: Request) -> Response:
        self.items.clear()
        return Response(status_code=204)


def contract(**schemes: Any) -> dict[str, Any]:
    """Its OpenAPI document; `schemes` are security schemes, of which `GET /echo` wants the first."""
    item = {
        "type": "object",
        "required": ["id", "owner"],
        "properties": {"id": {"type": "string"}, "owner": {"type": "string"}, "note": {"type": "string"}},
    }
    note: dict[str, Any] = {"note": {"type": "string"}}
    body = {"type": "object", "properties": note}
    line = {"type": "object", "required": ["lineId"], "properties": {"lineId": {"type": "string"}, **note}}
    login = {
        "type": "object",
        "required": ["user", "password"],
        "properties": {"user": {"type": "string"}, "password": {"type": "string"}},
    }

    def operation(ident: str, status: str, answer: Any = None, takes: Any = None, *headers: str, **more: Any) -> Any:
        content = {"content": {"application/json": {"schema": answer}}} if answer is not None else {}
        made: dict[str, Any] = {
            "operationId": ident,
            "responses": {status: {"description": "ok", **content}, "4XX": {"description": "no"}},
            "parameters": [
                {"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in headers
            ],
            **more,
        }
        if takes is not None:
            made["requestBody"] = {"required": True, "content": {"application/json": {"schema": takes}}}
        return made

    def at(*names: str) -> list[dict[str, Any]]:
        return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]

    wants: dict[str, Any] = {"security": [{next(iter(schemes)): []}]} if schemes else {}
    bearer: dict[str, Any] = {"security": [{"bearer": []}]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "shelf", "version": "1"},
        "components": {"securitySchemes": {**schemes, "bearer": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/login": {"post": operation("login", "200", {"type": "object"}, login)},
            "/echo": {"get": operation("echo", "200", {"type": "object"}, **wants)},
            "/whoami": {"get": operation("whoami", "200", {"type": "object"}, **bearer)},
            "/elsewhere": {"get": operation("elsewhere", "307")},
            "/hang": {"get": operation("hang", "200", {"type": "object"})},
            "/items": {
                "get": operation("listItems", "200", {"type": "array", "items": item}, **bearer),
                "post": operation("createItem", "201", item, body, "Idempotency-Key", **bearer),
            },
            "/items/{id}": {
                "parameters": at("id"),
                "get": operation("getItem", "200", item, **bearer),
                "put": operation("putItem", "200", item, body, "If-Match", **bearer),
                "delete": operation("deleteItem", "204", **bearer),
            },
            "/items/{id}/lines": {"parameters": at("id"), "post": operation("addLine", "201", line, body, **bearer)},
            "/items/{id}/lines/{lineId}": {
                "parameters": at("id", "lineId"),
                "get": operation("getLine", "200", line, **bearer),
            },
            "/reset": {"post": operation("reset", "204")},
        },
    }


def echo(ident: str = "contract.echo", run: Any = None, **more: Any) -> Check:
    """A check about `GET /echo` alone; by itself it calls it once and proves it."""

    async def once_called(bench: Bench) -> AsyncIterator[Observation]:
        await bench.call(await bench.case(bench.operation("echo")))
        yield Proved("echo")

    def applies(subject: Subject) -> Any:
        return Applies(("echo",)) if subject.contract else DoesNotApply("no contract")

    return check(ident, run or once_called, applies=applies, **more)
