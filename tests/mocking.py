"""Runs mocks on loopback for tests, and asks them over real connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from seamwright.services.mock import Running, Settings, Source, opened

__all__ = ["client", "document", "never", "running", "until", "written"]


async def never(url: str) -> bytes:
    """Gets no document: tests that need one give their own."""
    raise AssertionError(f"{url} was fetched")


def document(paths: Mapping[str, Any] | None = None, *, title: str = "Pets", prefix: str = "") -> dict[str, Any]:
    """An OpenAPI document of pets; `paths` come on top."""
    pet = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "integer", "readOnly": True}, "name": {"type": "string"}},
    }

    def answer(schema: Any) -> dict[str, Any]:
        return {"description": "", "content": {"application/json": {"schema": schema}}}

    where = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": f"https://pets.example{prefix}"}],
        "paths": {
            "/pets": {
                "get": {"operationId": "listPets", "responses": {"200": answer({"type": "array", "items": pet})}},
                "post": {
                    "operationId": "addPet",
                    "requestBody": {"required": True, "content": {"application/json": {"schema": pet}}},
                    "responses": {"201": answer(pet), "400": {"description": ""}},
                },
            },
            "/pets/{id}": {
                "parameters": [where],
                "get": {"operationId": "getPet", "responses": {"200": answer(pet), "404": {"description": ""}}},
                "delete": {
                    "operationId": "deletePet",
                    "responses": {"204": {"description": ""}, "404": {"description": ""}},
                },
            },
            **(paths or {}),
        },
    }


def written(folder: Path, told: dict[str, Any], name: str = "pets.json") -> Path:
    """A document in a file."""
    path = folder / name
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


@asynccontextmanager
async def running(path: Path, **settings: Any) -> AsyncIterator[Running]:
    """A mock of the document in a file, of whatever kind."""
    server = await opened(Source(str(path), path.parent, never), Settings(**settings))
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def client(server: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a mock."""
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=5) as found:
        yield found


async def until(said: list[str], beginning: str) -> None:
    """Wait until a line that begins so was said."""
    async with asyncio.timeout(10):
        while not any(line.startswith(beginning) for line in said):
            await asyncio.sleep(0.02)
