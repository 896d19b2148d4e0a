"""Nothing leaves a service without its headers, its problem and its line in the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from seamwright.demo.shell import Bodies, Shell, json_response, route, service


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        yield

    async def echo(request: Request) -> Response:
        return json_response(await Bodies().read(request))

    async def crash(request: Request) -> Response:
        raise RuntimeError("the secret of the house")

    routes = [route("/echo", "POST", echo), route("/echo", "PATCH", echo), route("/crash", "GET", crash)]
    app = Shell(service(routes, running, {}), tmp_path)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop") as made:
        yield made
    app.close()


async def test_a_crash_is_a_bare_500_and_told_in_the_log(client: httpx2.AsyncClient, tmp_path: Path) -> None:
    answer = await client.get("/crash?a=b")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "the secret of the house" in (tmp_path / "errors.log").read_text()
    assert (tmp_path / "access.log").read_text() == "GET /crash?a=b 500\n"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/echo", 405)])
async def test_the_frameworks_own_errors_are_problems(
    client: httpx2.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_405_lists_what_every_route_of_the_path_serves(client: httpx2.AsyncClient) -> None:
    assert (await client.delete("/echo")).headers["allow"] == "PATCH, POST"


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b'{"a": 1}', "application/json", 200),
        (b'{"a": 1}', "Application/JSON; charset=utf-8", 200),
        (b'{"a": 1}', "text/plain", 415),
        (b'{"a": 1}', "application/json-patch+json", 415),
        (b'{"a": 1', "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[NaN]", "application/json", 400),
        (b"[" * 16000, "application/json", 400),
        (b'"' + b"x" * 16384 + b'"', "application/json", 413),
    ],
)
async def test_only_small_well_formed_json_is_read(
    client: httpx2.AsyncClient, body: bytes, media_type: str, status: int
) -> None:
    answer = await client.post("/echo", content=body, headers={"Content-Type": media_type})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"]
)
async def test_only_the_declared_origin_may_read(client: httpx2.AsyncClient, origin: str) -> None:
    asked = {"Access-Control-Request-Method": "POST"}
    for headers in ({"Origin": origin}, {"Origin": origin} | asked):
        answer = await client.request("OPTIONS", "/echo", headers=headers)
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["vary"] == "Origin"
    own = await client.request("OPTIONS", "/echo", headers={"Origin": "https://shop.example"} | asked)
    assert own.status_code == 204
    assert own.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-credentials" not in own.headers
