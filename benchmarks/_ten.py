"""An API of ten operations in the common style of FastAPI, for benchmarks; counts what it is asked."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import uvicorn
from fastapi import FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field

__all__ = ["app"]

MOST = 200
"""Objects of each kind that are kept, so that listings stay the same size however long a benchmark runs."""

MISSING: dict[int | str, dict[str, object]] = {404: {"description": "There is none of this id"}}

app = FastAPI(title="ten")


class ItemIn(BaseModel):
    name: str = Field(min_length=1, max_length=40)
    price: float = Field(ge=0, le=10_000)
    tags: list[str] = Field(default=[], max_length=5)
    note: str | None = Field(default=None, max_length=200)


class Item(ItemIn):
    id: int


class UserIn(BaseModel):
    email: str = Field(pattern=r"^[a-z0-9]{1,20}@[a-z]{1,20}\.[a-z]{2,3}$")
    age: int = Field(ge=0, le=150)


class User(UserIn):
    id: int


items: dict[int, Item] = {}
users: dict[int, User] = {}
numbers = itertools.count(1)
asked = 0


@app.middleware("http")
async def count(request: Request, ahead: Callable[[Request], Awaitable[Response]]) -> Response:
    global asked
    if request.url.path == "/asked":
        return Response(str(asked))
    asked += 1
    return await ahead(request)


@app.get("/items")
async def list_items(limit: Annotated[int, Query(ge=1, le=100)] = 20, name: str | None = None) -> list[Item]:
    return [item for item in items.values() if name is None or item.name == name][-limit:]


@app.post("/items", status_code=201)
async def create_item(body: ItemIn) -> Item:
    item = Item(id=next(numbers), **body.model_dump())
    items[item.id] = item
    if len(items) > MOST:
        items.pop(next(iter(items)))
    return item


@app.get("/items/{id}", responses=MISSING)
async def get_item(id: int) -> Item:  # noqa: A002 - the name of the parameter in the contract
    if id not in items:
        raise HTTPException(404)
    return items[id]


@app.put("/items/{id}", responses=MISSING)
async def put_item(id: int, body: ItemIn) -> Item:  # noqa: A002
    if id not in items:
        raise HTTPException(404)
    items[id] = Item(id=id, **body.model_dump())
    return items[id]


@app.delete("/items/{id}", status_code=204, responses=MISSING)
async def delete_item(id: int) -> None:  # noqa: A002
    if items.pop(id, None) is None:
        raise HTTPException(404)


@app.get("/users")
async def list_users(
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> list[User]:
    return list(users.values())[offset : offset + limit]


@app.post("/users", status_code=201)
async def create_user(body: UserIn) -> User:
    user = User(id=next(numbers), **body.model_dump())
    users[user.id] = user
    if len(users) > MOST:
        users.pop(next(iter(users)))
    return user


@app.get("/users/{id}", responses=MISSING)
async def get_user(id: int) -> User:  # noqa: A002
    if id not in users:
        raise HTTPException(404)
    return users[id]


@app.get("/stats")
async def stats(kind: Annotated[str, Query(pattern="^(all|items|users)$")] = "all") -> dict[str, int]:
    counts = {"items": len(items), "users": len(users)}
    return counts if kind == "all" else {kind: counts[kind]}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
