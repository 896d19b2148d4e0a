"""A small API with private notes, safe as it is; each test spoils one of its methods."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

__all__ = ["DOCUMENT", "PEOPLE", "Notes", "Refused"]

Json = dict[str, Any]

_TOKENS = {"token-of-alice": "alice", "token-of-bob": "bob", "token-of-root": "root"}

PEOPLE: Json = {
    "identities": {
        "alice": {"roles": ["customer"], "token": "token-of-alice"},
        "bob": {"roles": ["customer"], "token": "token-of-bob"},
        "root": {"roles": ["admin"], "token": "token-of-root"},
    },
    "policy": [
        {
            "roles": ["customer"],
            "may": ["createNote", "listNotes", "getNote", "changeNote", "deleteNote"],
            "owning": "note",
        },
        {"roles": ["admin"], "may": ["*"]},
    ],
}
"""Two customers, an administrator, and the policy, as parts of a manifest."""


class Refused(Exception):
    """Ends a request with this status."""

    def __init__(self, status: int, detail: str = "no") -> None:
        super().__init__(detail)
        self.status = status


class Notes:
    """The API; `app` serves it."""

    headers: Mapping[str, str] = {"x-content-type-options": "nosniff", "cache-control": "no-store"}

    def __init__(self) -> None:
        self.notes: dict[str, Json] = {}
        self.app = Starlette(
            routes=[
                Route("/notes", self._create, methods=["POST"]),
                Route("/notes", self._list, methods=["GET"]),
                Route("/notes/{id}", self._get, methods=["GET"]),
                Route("/notes/{id}", self._change, methods=["PATCH"]),
                Route("/notes/{id}", self._delete, methods=["DELETE"]),
                Route("/notes/{id}/archive", self._archive, methods=["POST"]),
                Route("/admin/notes", self._all, methods=["GET"]),
            ],
            exception_handlers={Refused: self._refused},
        )

    # What tests spoil.

    def may_read(self, who: str, note: Json) -> bool:
        return who in (note["owner"], "root")

    def may_write(self, who: str, note: Json) -> bool:
        return who in (note["owner"], "root")

    def may_administer(self, who: str) -> bool:
        return who == "root"

    def taken(self, body: Json) -> Json:
        """The fields that a caller may set."""
        return {name: value for name, value in body.items() if name == "text"}

    def matching(self, notes: list[Json], search: str) -> list[Json]:
        return [note for note in notes if search in note["text"]]

    def cors(self, request: Request) -> Mapping[str, str]:
        return {}

    def malformed(self, error: Exception) -> Refused:
        return Refused(400, "the body is no JSON object with a text")

    # The operations.

    async def body(self, request: Request) -> Json:
        try:
            body = await request.json()
            if not isinstance(body, dict) or not isinstance(body.get("text"), str):
                raise TypeError("no text")
        except (ValueError, TypeError, RecursionError) as error:
            raise self.malformed(error) from error
        return body

    async def _create(self, request: Request) -> Response:
        who = self._caller(request)
        note = {"id": str(uuid.uuid4()), "owner": who, "status": "new", **self.taken(await self.body(request))}
        self.notes[note["id"]] = note
        return self._answer(request, note, 201)

    async def _list(self, request: Request) -> Response:
        who = self._caller(request)
        mine = [note for note in self.notes.values() if note["owner"] == who]
        search = request.query_params.get("search")
        return self._answer(request, {"items": self.matching(mine, search) if search else mine})

    async def _get(self, request: Request) -> Response:
        who = self._caller(request)
        note = self._found(request)
        if not self.may_read(who, note):
            raise Refused(404)
        return self._answer(request, note)

    async def _change(self, request: Request) -> Response:
        note = self._writable(request)
        note.update(self.taken(await self.body(request)))
        return self._answer(request, note)

    async def _delete(self, request: Request) -> Response:
        del self.notes[self._writable(request)["id"]]
        return Response(status_code=204, headers=dict(self.headers))

    async def _archive(self, request: Request) -> Response:
        if not self.may_administer(self._caller(request)):
            raise Refused(403)
        note = self._found(request)
        note["status"] = "archived"
        return self._answer(request, note)

    async def _all(self, request: Request) -> Response:
        if not self.may_administer(self._caller(request)):
            raise Refused(403)
        return self._answer(request, {"items": list(self.notes.values())})

    def _caller(self, request: Request) -> str:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in _TOKENS:
            raise Refused(401)
        return _TOKENS[token]

    def _found(self, request: Request) -> Json:
        note = self.notes.get(request.path_params["id"])
        if note is None:
            raise Refused(404)
        return note

    def _writable(self, request: Request) -> Json:
        who, note = self._caller(request), self._found(request)
        if not self.may_write(who, note):
            raise Refused(404)
        return note

    def _answer(self, request: Request, content: Any, status: int = 200) -> Response:
        return JSONResponse(content, status, headers={**self.headers, **self.cors(request)})

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return self._answer(request, {"detail": str(error)}, error.status)


_NOTE: Json = {
    "type": "object",
    "required": ["id", "owner", "status", "text"],
    "properties": {
        "id": {"type": "string"},
        "owner": {"type": "string"},
        "status": {"type": "string"},
        "text": {"type": "string"},
    },
}
_TEXT: Json = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 60}},
}
_ID: Json = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_SEARCH: Json = {"name": "search", "in": "query", "schema": {"type": "string", "maxLength": 200}}


def _gives(schema: Json | None, status: str = "200") -> Json:
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {status: {"description": "done", **content}}


def _operation(name: str, answers: Json, *, parameters: list[Json] | None = None, body: Json | None = None) -> Json:
    made: Json = {"operationId": name, "responses": answers, "parameters": parameters or []}
    if body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return made


_LIST: Json = {"type": "object", "properties": {"items": {"type": "array", "items": _NOTE}}}

DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {"title": "notes", "version": "1"},
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    "security": [{"bearer": []}],
    "paths": {
        "/notes": {
            "post": _operation("createNote", _gives(_NOTE, "201"), body=_TEXT),
            "get": _operation("listNotes", _gives(_LIST), parameters=[_SEARCH]),
        },
        "/notes/{id}": {
            "get": _operation("getNote", _gives(_NOTE), parameters=[_ID]),
            "patch": _operation("changeNote", _gives(_NOTE), parameters=[_ID], body=_TEXT),
            "delete": _operation("deleteNote", _gives(None, "204"), parameters=[_ID]),
        },
        "/notes/{id}/archive": {"post": _operation("archiveNote", _gives(_NOTE), parameters=[_ID])},
        "/admin/notes": {"get": _operation("listAllNotes", _gives(_LIST))},
    },
}
