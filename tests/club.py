"""A small system with accounts in which everybody may do everything: one careless call ends somebody's account.

It registers people, logs them in (sessions end with a new password, a logout, the end of an account), keeps notes, and
wipes itself when it is told to. `log` holds what arrived; `account_of` tells whether a lent account is as it was.
"""

from __future__ import annotations

import base64
import itertools
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

__all__ = ["CHANGE", "Came", "Club", "document", "people", "taken"]

Json = dict[str, Any]

PASSWORDS = {"alice": "alice-pa55word", "bob-b": "bob-pa55word"}

NAME: Json = {"type": "string", "minLength": 3, "maxLength": 40, "pattern": "^[a-z0-9-]+$"}
PASSWORD: Json = {"type": "string", "minLength": 8, "maxLength": 80}
MAIL: Json = {"type": "string", "format": "email", "maxLength": 80}
ID: Json = {"type": "integer", "minimum": 1, "maximum": 1_000_000_000}
TITLE: Json = {"type": "string", "minLength": 1, "maxLength": 60}


def _object(required: list[str], **properties: Json) -> Json:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


REGISTER = _object(["username", "email", "password"], username=NAME, email=MAIL, password=PASSWORD)
LOGIN = _object(["username", "password"], username=NAME, password=PASSWORD)
CHANGE = _object(["current_password", "new_password"], current_password=PASSWORD, new_password=PASSWORD)
ACCOUNT = _object(["id", "username", "email"], id=ID, username=NAME, email=MAIL)
PROFILE = _object(["email"], email=MAIL)
NOTE = _object(["title"], title=TITLE, pinned={"type": "boolean"})
KEPT_NOTE = _object(["id", "title", "pinned"], id=ID, title=TITLE, pinned={"type": "boolean"})


@dataclass(frozen=True, slots=True)
class Came:
    """One request, who sent it (empty: nobody known), and the status that it was answered with."""

    method: str
    path: str
    caller: str
    status: int


class Club:
    """The system as an ASGI app. With `jwt`, tokens tell whom they speak for; otherwise they are random."""

    def __init__(self, *, jwt: bool = False) -> None:
        self.jwt = jwt
        self.numbers = itertools.count(1)
        self.accounts: dict[int, Json] = {}
        self.tokens: dict[str, int] = {}
        self.notes: dict[int, Json] = {}
        self.log: list[Came] = []
        for name, password in PASSWORDS.items():
            self._account({"username": name, "email": f"{name}@club.example", "password": password})
        routes: list[tuple[str, str, Callable[[Request], Any]]] = [
            ("POST", "/register", self._register),
            ("POST", "/login", self._login),
            ("GET", "/me", self._me),
            ("DELETE", "/me", self._leave),
            ("POST", "/change-password", self._change),
            ("POST", "/logout", self._logout),
            ("POST", "/reset-all", self._wipe),
            ("GET", "/users", self._users),
            ("GET", "/users/{id}", self._user),
            ("PATCH", "/users/{id}", self._edit),
            ("DELETE", "/users/{id}", self._expel),
            ("GET", "/notes", self._listed),
            ("POST", "/notes", self._write),
            ("GET", "/notes/{id}", self._note),
            ("PUT", "/notes/{id}", self._rewrite),
            ("DELETE", "/notes/{id}", self._tear),
        ]
        routes += self._more()
        # One route a path, so that what is refused is refused with all the methods that there are (RFC 9110, 15.5.6).
        paths: dict[str, dict[str, Callable[[Request], Any]]] = {}
        for method, path, do in routes:
            paths.setdefault(path, {})[method] = do
        self._app = Starlette(routes=[Route(p, self._logged(do), methods=[*do]) for p, do in paths.items()])

    async def __call__(self, scope: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        await self._app(scope, receive, send)

    def _more(self) -> list[tuple[str, str, Callable[[Request], Any]]]:
        """Routes beyond those of every club."""
        return []

    def account_of(self, name: str) -> Json | None:
        """The account of this name as it is now."""
        return next((dict(a) for a in self.accounts.values() if a["username"] == name), None)

    def _logged(self, ways: dict[str, Callable[[Request], Any]]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            do = ways["GET" if request.method == "HEAD" else request.method]
            caller = self.accounts.get(self.tokens.get(_token(request), 0), {}).get("username", "")
            try:
                answer: Response = await do(request)
            except HTTPException as refused:
                answer = JSONResponse({"error": refused.detail}, refused.status_code)
            self.log.append(Came(request.method, request.url.path, caller, answer.status_code))
            return answer

        return endpoint

    # Accounts.

    def _account(self, body: Json) -> Json:
        if any(a["username"] == body["username"] for a in self.accounts.values()):
            raise HTTPException(409, "this name is taken")
        account = {"id": next(self.numbers), **body}
        self.accounts[account["id"]] = account
        return account

    async def _register(self, request: Request) -> Response:
        return JSONResponse(_shown(self._account(await taken(request, REGISTER))), 201)

    async def _login(self, request: Request) -> Response:
        body = await taken(request, LOGIN)
        account = next((a for a in self.accounts.values() if a["username"] == body["username"]), None)
        if account is None or account["password"] != body["password"]:
            raise HTTPException(401, "no such name, or another password")
        token = self._new_token(account["id"])
        self.tokens[token] = account["id"]
        return JSONResponse({"access_token": token})

    def _new_token(self, account: int) -> str:
        if not self.jwt:
            return secrets.token_hex(16)
        claims = base64.urlsafe_b64encode(json.dumps({"sub": str(account)}).encode()).decode().rstrip("=")
        return f"e30.{claims}.{secrets.token_hex(16)}"

    def _caller(self, request: Request) -> Json:
        account = self.accounts.get(self.tokens.get(_token(request), 0))
        if account is None:
            raise HTTPException(401, "who are you?")
        return account

    def _end_sessions(self, account: int) -> None:
        self.tokens = {token: number for token, number in self.tokens.items() if number != account}

    async def _me(self, request: Request) -> Response:
        return JSONResponse(_shown(self._caller(request)))

    async def _leave(self, request: Request) -> Response:
        return self._end(self._caller(request))

    def _end(self, account: Json) -> Response:
        del self.accounts[account["id"]]
        self._end_sessions(account["id"])
        return Response(status_code=204)

    async def _change(self, request: Request) -> Response:
        account, body = self._caller(request), await taken(request, CHANGE)
        if body["current_password"] != account["password"]:
            raise HTTPException(403, "this is not the password")
        account["password"] = body["new_password"]
        self._end_sessions(account["id"])
        return Response(status_code=204)

    async def _logout(self, request: Request) -> Response:
        self._caller(request)
        self.tokens.pop(_token(request), None)
        return Response(status_code=204)

    async def _wipe(self, request: Request) -> Response:
        self.accounts.clear()
        self.tokens.clear()
        self.notes.clear()
        return Response(status_code=204)

    async def _users(self, request: Request) -> Response:
        self._caller(request)
        return JSONResponse([_shown(account) for account in self.accounts.values()])

    async def _user(self, request: Request) -> Response:
        self._caller(request)
        return JSONResponse(_shown(_found(self.accounts, request)))

    async def _edit(self, request: Request) -> Response:
        self._caller(request)
        account = _found(self.accounts, request)
        account |= await taken(request, PROFILE)
        return JSONResponse(_shown(account))

    async def _expel(self, request: Request) -> Response:
        self._caller(request)
        return self._end(_found(self.accounts, request))

    # Notes.

    async def _listed(self, request: Request) -> Response:
        owner = self._caller(request)["id"]
        return JSONResponse([_kept(note) for note in self.notes.values() if note["owner"] == owner][:50])

    async def _write(self, request: Request) -> Response:
        note = {"owner": self._caller(request)["id"], "pinned": False, **await taken(request, NOTE)}
        note["id"] = next(self.numbers)
        self.notes[note["id"]] = note
        return JSONResponse(_kept(note), 201)

    def _own(self, request: Request) -> Json:
        caller, note = self._caller(request), _found(self.notes, request)
        if note["owner"] != caller["id"]:
            raise HTTPException(404, "nothing is here")
        return note

    async def _note(self, request: Request) -> Response:
        return JSONResponse(_kept(self._own(request)))

    async def _rewrite(self, request: Request) -> Response:
        note = self._own(request)
        note |= {"pinned": False, **await taken(request, NOTE)}
        return JSONResponse(_kept(note))

    async def _tear(self, request: Request) -> Response:
        del self.notes[self._own(request)["id"]]
        return Response(status_code=204)


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _shown(account: Json) -> Json:
    return {name: account[name] for name in ("id", "username", "email")}


def _kept(note: Json) -> Json:
    return {name: note[name] for name in ("id", "title", "pinned")}


def _found(things: dict[int, Json], request: Request) -> Json:
    text = request.path_params["id"]
    found = things.get(int(text)) if text.isascii() and text.isdigit() else None
    if found is None:
        raise HTTPException(404, "nothing is here")
    return found


async def taken(request: Request, schema: Json) -> Json:
    """The body of a request, where it is JSON of this schema; otherwise it is refused."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415, "only JSON is read")
    try:
        body: Json = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise HTTPException(400, "this is no JSON") from None
    if not jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(body):
        raise HTTPException(422, "this is not what is taken")
    return body


def people(**more: Any) -> Json:
    """The identities of a manifest: two who log in. Nothing is excluded."""
    return {
        name: {"roles": ["member"], "login": {"operation": "login", "body": {"username": name, "password": password}}}
        | more
        for name, password in PASSWORDS.items()
    }


def document() -> Json:
    """Its OpenAPI document."""

    def json_of(schema: Json) -> Json:
        return {"content": {"application/json": {"schema": schema}}}

    def operation(name: str, status: str, answer: Json | None = None, takes: Json | None = None, **more: Any) -> Json:
        problem = json_of(_object(["error"], error={"type": "string"}))
        refused = ["400", "401", "403", "404", "409", "415", "422"]
        made: Json = {
            "operationId": name,
            "responses": {
                status: {"description": "done", **(json_of(answer) if answer is not None else {})},
                **{code: {"description": "refused", **problem} for code in refused},
            },
            **more,
        }
        return made | ({"requestBody": {"required": True, **json_of(takes)}} if takes is not None else {})

    one = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": ID}]}
    user = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": ID}]}
    token = _object(["access_token"], access_token={"type": "string"})
    return {
        "openapi": "3.1.0",
        "info": {"title": "club", "version": "1"},
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
        "paths": {
            "/register": {"post": operation("register", "201", ACCOUNT, REGISTER, security=[])},
            "/login": {"post": operation("login", "200", token, LOGIN, security=[])},
            "/me": {"get": operation("whoAmI", "200", ACCOUNT), "delete": operation("leave", "204")},
            "/change-password": {"post": operation("changePassword", "204", None, CHANGE)},
            "/logout": {"post": operation("logout", "204")},
            "/reset-all": {"post": operation("resetAll", "204", security=[])},
            "/users": {"get": operation("listUsers", "200", {"type": "array", "items": ACCOUNT})},
            "/users/{id}": {
                **user,
                "get": operation("getUser", "200", ACCOUNT),
                "patch": operation("editUser", "200", ACCOUNT, PROFILE),
                "delete": operation("expelUser", "204"),
            },
            "/notes": {
                "get": operation("listNotes", "200", {"type": "array", "items": KEPT_NOTE}),
                "post": operation("writeNote", "201", KEPT_NOTE, NOTE),
            },
            "/notes/{id}": {
                **one,
                "get": operation("getNote", "200", KEPT_NOTE),
                "put": operation("rewriteNote", "200", KEPT_NOTE, NOTE),
                "delete": operation("tearNote", "204"),
            },
        },
    }
