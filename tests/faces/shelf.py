"""An API as a stranger would write it with FastAPI; it knows nothing of Seamwright."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Annotated, Any

from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse

__all__ = ["Logged", "shelf"]

Scope = MutableMapping[str, Any]


class Book(BaseModel):
    title: str
    pages: int = 1


class Kept(Book):
    id: int


def shelf(*, title: str = "Shelf", token: str | None = None, elsewhere: str = "http://127.0.0.1:9") -> FastAPI:
    """Books that can be listed, added and read; an unknown one is answered 404, which FastAPI does not declare.

    With `token`, books want it as a bearer token. `/moved` redirects to `elsewhere`.
    """
    app = FastAPI(title=title)
    books: dict[int, Kept] = {}

    def admitted(authorization: str | None) -> None:
        if token is not None and authorization != f"Bearer {token}":
            raise HTTPException(401)

    @app.get("/books")
    def list_books(authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> list[Kept]:
        admitted(authorization)
        return list(books.values())[-20:]

    @app.post("/books", status_code=201)
    def add_book(book: Book, authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> Kept:
        admitted(authorization)
        # Ids that nobody hits upon, so that an unknown book is unknown; and half of a surrogate pair cannot be written
        # out again, and would spoil every later list.
        kept = Kept(id=1_000_000 + len(books), title=book.title.encode(errors="replace").decode(), pages=book.pages)
        books[kept.id] = kept
        return kept

    @app.get("/books/{book_id}")
    def read_book(book_id: int) -> Kept:
        if book_id not in books:
            raise HTTPException(404)
        return books[book_id]

    @app.get("/page", include_in_schema=False)
    def page() -> HTMLResponse:
        return HTMLResponse("<!doctype html><title>Please log in</title>")

    @app.get("/moved", include_in_schema=False)
    def moved() -> RedirectResponse:
        return RedirectResponse(f"{elsewhere}/openapi.json")

    return app


class Logged:
    """An ASGI app with a log of its own: `METHOD PATH` for each request, and the credentials that came with them."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self.log: list[str] = []
        self.credentials: list[str] = []

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Note, and pass on."""
        if scope["type"] == "http":
            self.log.append(f"{scope['method']} {scope['path']}")
            self.credentials += [v.decode() for k, v in scope["headers"] if k == b"authorization"]
        await self._app(scope, receive, send)
