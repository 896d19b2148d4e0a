"""A small HTTP server hands a request on and answers in JSON, whatever goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from http import HTTPStatus

import httpx2
import pytest

from seamwright.engines.faults.json_door import Asked, JsonDoor, NotDone, Reply


async def handled(asked: Asked) -> Reply:
    match asked.path:
        case ("echo", *rest):
            return Reply([asked.method, rest, asked.query, asked.json()], HTTPStatus.CREATED)
        case ("text",):
            return Reply("plain")
        case ("nothing",):
            return Reply(status=HTTPStatus.NO_CONTENT)
        case ("stopped",):
            raise RuntimeError("it is being stopped")
        case ("broken",):
            raise OverflowError("too much")
    raise NotDone(HTTPStatus.NOT_FOUND, "not here")


@contextlib.asynccontextmanager
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    tasks: set[asyncio.Task[None]] = set()
    server = await asyncio.get_running_loop().create_server(lambda: JsonDoor(handled, tasks), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as asking:
        yield asking
    server.close()


async def test_a_request_is_taken_apart() -> None:
    async with client() as asking:
        answer = await asking.post("/echo/a%20b/c?x=1&x=2", json={"y": 3})
        assert answer.status_code == 201
        assert answer.json() == ["POST", ["a b", "c"], {"x": ["1", "2"]}, {"y": 3}]
        assert (await asking.get("/text")).text == "plain"
        assert (await asking.delete("/nothing")).status_code == 204


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/else", b"", 404, "not here"),
        ("/echo", b"{", 422, "Expecting"),
        ("/stopped", b"", 409, "being stopped"),
        ("/echo", b"x" * 70_000, 413, "at most"),
    ],
)
async def test_what_is_not_done_says_why(path: str, body: bytes, status: int, words: str) -> None:
    async with client() as asking:
        answer = await asking.post(path, content=body)
        assert answer.status_code == status
        assert words in answer.json()["error"]


@pytest.mark.parametrize("path", ["//[", "/echo/%ff%00", "/echo?x=%"])
async def test_any_target_is_answered(path: str) -> None:
    async with client() as asking:
        reader, writer = await asyncio.open_connection(asking.base_url.host, asking.base_url.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 4")
        writer.close()


async def test_what_breaks_is_answered_and_told(caplog: pytest.LogCaptureFixture) -> None:
    async with client() as asking:
        answer = await asking.get("/broken")
        assert (answer.status_code, "OverflowError" in answer.text) == (500, True)


async def test_json_that_is_too_deep_is_no_json() -> None:
    async with client() as asking:
        answer = await asking.post("/echo", content=b"[" * 60_000)
        assert (answer.status_code, "deep" in answer.text) == (422, True)


async def test_an_offer_to_upgrade_is_passed_over() -> None:
    upgrading = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"}
    async with client() as asking:
        assert (await asking.post("/echo", json=1, headers=upgrading)).status_code == 201
        assert (await asking.get("/text", headers=upgrading)).text == "plain"
