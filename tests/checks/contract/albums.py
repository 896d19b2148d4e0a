"""A small, correct API of albums with photos, for tests of sequences; each test breaks it in one place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

__all__ = ["Albums", "Refused", "document"]

Json = dict[str, Any]

ID: Json = {"type": "integer", "minimum": 1}
NEW: Json = {
    "type": "object",
    "required": ["title", "year"],
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 60},
        "year": {"type": "integer", "minimum": 1900, "maximum": 2100},
        "public": {"type": "boolean"},
    },
    "additionalProperties": False,
}
CHANGE: Json = {**NEW, "minProperties": 1, "required": []}
ALBUM: Json = {"type": "object", "required": ["id", *NEW["required"]], "properties": {"id": ID, **NEW["properties"]}}
PHOTO: Json = {
    "type": "object",
    "required": ["id", "caption"],
    "properties": {"id": ID, "caption": {"type": "string", "maxLength": 60}},
}
NEW_PHOTO: Json = {"type": "object", "required": ["caption"], "properties": {"caption": PHOTO["properties"]["caption"]}}
PAGE: Json = {
    "type": "object",
    "required": ["items", "total"],
    "properties": {"items": {"type": "array", "items": ALBUM}, "total": {"type": "integer"}},
}


class Refused(Exception):
    """Ends a request with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def document() -> Json:
    """The contract; each call gives a copy that may be changed."""

    def gives(status: str, schema: Json | None = None) -> Json:
        content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
        refused = {code: {"description": "no"} for code in ("400", "404", "409", "422")}
        return {"responses": {status: {"description": "done", **content}, **refused}}

    def takes(schema: Json) -> Json:
        return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}

    def at(*names: str) -> Json:
        return {"parameters": [{"name": name, "in": "path", "required": True, "schema": ID} for name in names]}

    paging = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}},
        {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}},
    ]
    made: Json = {
        "openapi": "3.1.0",
        "info": {"title": "albums", "version": "1"},
        "paths": {
            "/albums": {
                "post": {"operationId": "createAlbum", **takes(NEW), **gives("201", ALBUM)},
                "get": {"operationId": "listAlbums", "parameters": paging, **gives("200", PAGE)},
            },
            "/albums/{albumId}": {
                **at("albumId"),
                "get": {"operationId": "getAlbum", **gives("200", ALBUM)},
                "put": {"operationId": "putAlbum", **takes(NEW), **gives("200", ALBUM)},
                "patch": {"operationId": "patchAlbum", **takes(CHANGE), **gives("200", ALBUM)},
                "delete": {"operationId": "deleteAlbum", **gives("204")},
            },
            "/albums/{albumId}/photos": {
                **at("albumId"),
                "post": {"operationId": "addPhoto", **takes(NEW_PHOTO), **gives("201", PHOTO)},
            },
            "/albums/{albumId}/photos/{photoId}": {
                **at("albumId", "photoId"),
                "get": {"operationId": "getPhoto", **gives("200", PHOTO)},
                "delete": {"operationId": "deletePhoto", **gives("204")},
            },
        },
    }
    copied: Json = json.loads(json.dumps(made))
    return copied


class Albums:
    """The API, as an ASGI app; subclasses break one part. `log` holds what was called, with the answers' statuses."""

    def __init__(self) -> None:
        self.albums: dict[int, Json] = {}
        self.photos: dict[tuple[int, int], Json] = {}
        self.ended: dict[int, Json] = {}
        self.log: list[tuple[str, int]] = []
        self.last = 0
        self._app = Starlette(
            routes=[
                Route("/albums", self._logged(self.create), methods=["POST"]),
                Route("/albums", self._logged(self.show), methods=["GET"]),
                Route("/albums/{album:int}", self._logged(self.get), methods=["GET"]),
                Route("/albums/{album:int}", self._logged(self.put), methods=["PUT"]),
                Route("/albums/{album:int}", self._logged(self.patch), methods=["PATCH"]),
                Route("/albums/{album:int}", self._logged(self.delete), methods=["DELETE"]),
                Route("/albums/{album:int}/photos", self._logged(self.add), methods=["POST"]),
                Route("/albums/{album:int}/photos/{photo:int}", self._logged(self.get_photo), methods=["GET"]),
                Route("/albums/{album:int}/photos/{photo:int}", self._logged(self.drop_photo), methods=["DELETE"]),
            ],
        )

    async def __call__(self, scope: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        await self._app(scope, receive, send)

    def _logged(self, do: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            try:
                answer: Response = await do(request)
            except Refused as refused:
                answer = JSONResponse({"error": "no"}, refused.status)
            self.log.append((f"{request.method} {request.url.path}", answer.status_code))
            return answer

        return endpoint

    # The operations.

    async def create(self, request: Request) -> Response:
        return JSONResponse(self.made(await self.body(request)), 201)

    async def show(self, request: Request) -> Response:
        limit, offset = self.number(request, "limit", 20, 1), self.number(request, "offset", 0, 0)
        shown = self.listed()
        return JSONResponse({"items": shown[offset : offset + min(limit, 100)], "total": len(shown)})

    async def get(self, request: Request) -> Response:
        return JSONResponse(self.seen(self.album(request)))

    async def put(self, request: Request) -> Response:
        album, body = self.album(request), await self.body(request)
        self.replaced(album, body)
        return JSONResponse(album)

    async def patch(self, request: Request) -> Response:
        album, body = self.album(request), await self.body(request, whole=False)
        self.changed(album, body)
        return JSONResponse(album)

    async def delete(self, request: Request) -> Response:
        self.removed(self.album(request))
        return Response(status_code=204)

    async def add(self, request: Request) -> Response:
        album, self.last = self.album(request), self.last + 1
        self.photos[album["id"], self.last] = {"id": self.last, "caption": (await self.body(request))["caption"]}
        return JSONResponse(self.photos[album["id"], self.last], 201)

    async def get_photo(self, request: Request) -> Response:
        return JSONResponse(self.photo(request))

    async def drop_photo(self, request: Request) -> Response:
        del self.photos[request.path_params["album"], self.photo(request)["id"]]
        return Response(status_code=204)

    # What tests break.

    def made(self, body: Json) -> Json:
        self.last += 1
        self.albums[self.last] = {"id": self.last, **body}
        return dict(self.albums[self.last])

    def seen(self, album: Json) -> Json:
        return dict(album)

    def listed(self) -> list[Json]:
        return [dict(album) for album in self.albums.values()]

    def replaced(self, album: Json, body: Json) -> None:
        for name in set(album) - {"id"}:
            del album[name]
        album |= body

    def changed(self, album: Json, body: Json) -> None:
        album |= body

    def removed(self, album: Json) -> None:
        self.ended[album["id"]] = self.albums.pop(album["id"])
        for key in [key for key in self.photos if key[0] == album["id"]]:
            del self.photos[key]

    def missing(self, number: int) -> Json:
        raise Refused(404)

    # What it takes.

    def album(self, request: Request) -> Json:
        number = request.path_params["album"]
        return self.albums[number] if number in self.albums else self.missing(number)

    def photo(self, request: Request) -> Json:
        found = self.photos.get((request.path_params["album"], request.path_params["photo"]))
        if found is None:
            raise Refused(404)
        return found

    async def body(self, request: Request, *, whole: bool = True) -> Json:
        try:
            body = json.loads(await request.body())
        except ValueError:
            raise Refused(400) from None
        if not isinstance(body, dict) or not body or (whole and not {"title", "caption"} & set(body)):
            raise Refused(422)
        return body

    def number(self, request: Request, name: str, default: int, least: int) -> int:
        text = request.query_params.get(name, str(default))
        if not text.removeprefix("-").isdigit() or int(text) < least:
            raise Refused(422)
        return int(text)
