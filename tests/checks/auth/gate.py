"""A small API behind bearer tokens, with its issuer; each test breaks the guard in one place."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

__all__ = ["AUDIENCE", "ISSUER", "KEY", "Gate", "alice", "document", "opaque_document", "token"]

ISSUER, AUDIENCE = "https://issuer.test", "notes"
KEY = RSAKey.generate_key(2048, {"kid": "k1"})
SKEW = 30


def token(key: RSAKey | OctKey = KEY, algorithm: str = "RS256", **changes: Any) -> str:
    """An honest token of alice, changed as said; None takes a claim out."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": now, "nbf": now, "exp": now + 600, **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": "k1"}, kept, key, algorithms=[algorithm])


def alice(folder: Path | None = None, key: RSAKey = KEY, **changes: Any) -> dict[str, Any]:
    """The identity as a manifest has it; with a folder, the test issuer's key lies there."""
    identity: dict[str, Any] = {"token": token(**changes)}
    if folder is not None:
        path = folder / "issuer.pem"
        path.write_bytes(key.as_pem(private=True))
        identity["signing_key_file"] = str(path)
    return identity


def document() -> dict[str, Any]:
    """The contract: a note can be made, read and changed; /me says who calls; /health is open."""
    note = {
        "type": "object",
        "required": ["id", "text"],
        "properties": {"id": {"type": "integer"}, "text": {"type": "string"}},
        "additionalProperties": False,
    }
    new = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "maxLength": 60}}}
    me = {"type": "object", "required": ["subject"], "properties": {"subject": {"type": "string"}}}
    note_id = {"name": "noteId", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    body = {"required": True, "content": {"application/json": {"schema": new}}}
    refusals = {"401": {"description": "who?"}, "404": {"description": "none"}}
    made, shown = {"201": _json(note), **refusals}, {"200": _json(note), **refusals}
    return {
        "openapi": "3.1.0",
        "info": {"title": "notes", "version": "1"},
        "security": [{"bearer": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/notes": {
                "post": {
                    "operationId": "createNote",
                    "requestBody": body,
                    "responses": made,
                }
            },
            "/notes/{noteId}": {
                "parameters": [note_id],
                "get": {"operationId": "getNote", "responses": shown},
                "put": {
                    "operationId": "changeNote",
                    "requestBody": body,
                    "responses": shown,
                },
            },
            "/me": {"get": {"operationId": "whoAmI", "responses": {"200": _json(me), **refusals}}},
            "/health": {"get": {"operationId": "health", "security": [], "responses": {"200": {"description": "ok"}}}},
        },
    }


def opaque_document() -> dict[str, Any]:
    """The same API whose tokens come from a login."""
    told = document()
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    answer = {"200": {"description": "in"}}
    login = {"operationId": "login", "security": [], "requestBody": body, "responses": answer}
    told["paths"]["/login"] = {"post": login}
    return told


def _json(schema: Any) -> dict[str, Any]:
    return {"description": "an answer", "content": {"application/json": {"schema": schema}}}


class Gate:
    """The API, as an ASGI app that lets in exactly the tokens of its issuer; subclasses break one part."""

    open: frozenset[str] = frozenset()
    """Endpoints that forgot their guard."""

    word: str = "bearer"
    """What stands before a token; empty for nothing."""

    def __init__(self) -> None:
        self.notes: dict[int, str] = {}
        self._app = Starlette(
            routes=[
                Route("/notes", self.guarded("create", self.create), methods=["POST"]),
                Route("/notes/{note_id:int}", self.guarded("read", self.read), methods=["GET"]),
                Route("/notes/{note_id:int}", self.guarded("change", self.change), methods=["PUT"]),
                Route("/me", self.guarded("me", self.me), methods=["GET"]),
                Route("/login", self.login, methods=["POST"]),
                Route("/health", self.health, methods=["GET"]),
            ]
        )

    async def __call__(self, scope: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        await self._app(scope, receive, send)

    def guarded(self, name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        async def endpoint(request: Request) -> Response:
            scheme, _, presented = request.headers.get("authorization", "").partition(" ")
            if not self.word:
                scheme, presented = "", request.headers.get("authorization", "")
            subject = self.subject(presented) if scheme.lower() == self.word else None
            if subject is None and name not in self.open:
                return self.refusal()
            request.state.subject = subject or "nobody"
            response: Response = await handler(request)
            return response

        return endpoint

    def subject(self, presented: str) -> str | None:
        """Whom a token speaks for; None where it is not to be let in."""
        claims = self.verified(presented)
        return str(claims["sub"]) if claims is not None and self.holds(claims) else None

    def verified(self, presented: str) -> dict[str, Any] | None:
        try:
            return jwt.decode(presented, KEY, algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            return None

    def holds(self, claims: dict[str, Any]) -> bool:
        now = time.time()
        return all(
            (
                self.issuer_holds(claims),
                self.audience_holds(claims),
                self.expiry_holds(claims, now),
                self.begin_holds(claims, now),
            )
        )

    def issuer_holds(self, claims: dict[str, Any]) -> bool:
        return claims.get("iss") == ISSUER

    def audience_holds(self, claims: dict[str, Any]) -> bool:
        return claims.get("aud") == AUDIENCE

    def expiry_holds(self, claims: dict[str, Any], now: float) -> bool:
        return bool(now < claims.get("exp", 0) + SKEW)

    def begin_holds(self, claims: dict[str, Any], now: float) -> bool:
        return bool(now > claims.get("nbf", 0) - SKEW)

    def refusal(self) -> Response:
        return Response(status_code=401)

    async def create(self, request: Request) -> Response:
        number = len(self.notes) + 1
        self.notes[number] = (await request.json())["text"]
        return JSONResponse({"id": number, "text": self.notes[number]}, 201)

    async def read(self, request: Request) -> Response:
        number = request.path_params["note_id"]
        if number not in self.notes:
            return Response(status_code=404)
        return JSONResponse({"id": number, "text": self.notes[number]})

    async def change(self, request: Request) -> Response:
        number = request.path_params["note_id"]
        if number not in self.notes:
            return Response(status_code=404)
        return self.changed(number, (await request.json())["text"])

    def changed(self, number: int, text: str) -> Response:
        self.notes[number] = text
        return JSONResponse({"id": number, "text": text})

    async def me(self, request: Request) -> Response:
        return JSONResponse({"subject": request.state.subject})

    async def login(self, request: Request) -> Response:
        return Response(status_code=404)

    async def health(self, request: Request) -> Response:
        return Response(status_code=200)
