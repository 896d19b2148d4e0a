"""A mock of a schema speaks GraphQL over HTTP, misbehaves when it is told to, and passes our own checks."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.checks import checks
from seamwright.contracts.graphql import load_sdl
from seamwright.drivers.http import HttpConnection
from seamwright.engines.mock.profile import fault_from, latency_from
from seamwright.model.errors import UsageError
from seamwright.model.exchange import Exchange, Request
from seamwright.services.mock import Settings, Source, opened
from seamwright.services.mock.graphql import GraphqlServer
from tests.checks.graph import SDL
from tests.checks.stage import tried_at
from tests.mocking import until

JSON = (("content-type", "application/json"),)


async def _nothing(url: str) -> bytes:
    raise AssertionError(url)


@contextlib.asynccontextmanager
async def served(folder: Path, sdl: str = SDL, **more: Any) -> AsyncIterator[GraphqlServer]:
    (folder / "shop.graphql").write_text(sdl)
    server = await opened(Source("shop.graphql", folder, _nothing), Settings(**more))
    assert isinstance(server, GraphqlServer)
    try:
        yield server
    finally:
        await server.close()
        await server.close()


async def sent(method: str, url: str, body: Any = None, headers: tuple[tuple[str, str], ...] = JSON) -> Exchange:
    connection = HttpConnection()
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    try:
        return await connection.send(Request(method, url, headers, raw), timeout=5)
    finally:
        await connection.close()


async def asked(server: GraphqlServer, query: str) -> Any:
    exchange = await sent("POST", server.url, {"query": query})
    assert exchange.response is not None
    return exchange.response.json()


async def test_it_keeps_what_is_made(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        made = await asked(server, 'mutation { createOrder(input: {customerId: "2001", lines: []}) { id } }')
        wrong = await asked(server, 'mutation { createOrder(input: {customerId: "x", lines: []}) { id } }')
        customer = (await asked(server, "{ customers { id } }"))["data"]["customers"][0]["id"]
        text = f'mutation {{ createOrder(input: {{customerId: "{customer}", lines: []}}) {{ id customer {{ id }} }} }}'
        right = (await asked(server, text))["data"]["createOrder"]
        assert right["customer"] == {"id": customer}
        assert (await asked(server, f'{{ order(id: "{right["id"]}") {{ id }} }}'))["data"]["order"] == {
            "id": right["id"]
        }
    assert "errors" in made or made["data"]
    assert wrong["errors"][0]["extensions"]["code"] == "NOT_FOUND"


IN_PRODUCTION = "contract.graphql-safe-response-conforms"
OURS = [c for c in checks().values() if c.kinds == ("graphql",) and c.id != IN_PRODUCTION]


@pytest.mark.parametrize("check", OURS, ids=lambda c: c.id)
async def test_it_passes_our_own_checks(tmp_path: Path, check: Any) -> None:
    async with served(tmp_path, seed=2) as server:
        seen = await tried_at(
            check,
            server.url,
            load_sdl(SDL, source="s", digest="0" * 64),
            depth=3,
            boundary={"kind": "graphql"},
        )
    assert seen.verdict == "proved", (seen.evidence.why, seen.evidence.findings)


async def test_media_types_and_statuses(tmp_path: Path) -> None:
    newest = (*JSON, ("accept", "application/graphql-response+json, application/json"))
    async with served(tmp_path) as server:
        right = await sent("POST", server.url, {"query": "{ __typename }"}, newest)
        refused = await sent("POST", server.url, {"query": "{ nothing }"}, newest)
        older = await sent("POST", server.url, {"query": "{ nothing }"})
        by_get = await sent("GET", f"{server.url}?query=%7B__typename%7D&variables=%7B%7D")
        told = {
            (await sent("POST", server.url, b"{")).status,
            (await sent("GET", f"{server.url}?query=a&variables=x")).status,
            (await sent("GET", server.url)).status,
        }
        assert told == {400}
        assert (await sent("POST", server.url, {}, (("content-type", "text/plain"),))).status == 415
        assert (await sent("PUT", server.url)).status == 405
        assert (await sent("POST", server.url.replace("graphql", "elsewhere"), {})).status == 404
    assert (right.status, refused.status, older.status, by_get.status) == (200, 400, 200, 200)
    assert right.response is not None
    assert right.response.media_type == "application/graphql-response+json"
    assert by_get.response is not None
    assert by_get.response.json() == {"data": {"__typename": "Query"}}


async def test_faults_and_latency(tmp_path: Path) -> None:
    faults = tuple(
        map(fault_from, ("503@Query.orders", "drop@Query.customers", "reset@Mutation.*", "malformed@Query.search"))
    )
    async with served(tmp_path, faults=faults, latencies=(latency_from("30ms@Query.node"),)) as server:
        assert (await sent("POST", server.url, {"query": "{ orders { id } }"})).status == 503
        dropped = await sent("POST", server.url, {"query": "query A { customers { id } }", "operationName": "A"})
        reset = await sent("POST", server.url, {"query": 'mutation { deleteOrder(id: "1") }'})
        cut = await sent("POST", server.url, {"query": '{ search(text: "a") { __typename } }'})
        late = await sent("POST", server.url, {"query": '{ node(id: "1") { id } }'})
    assert dropped.failure is not None
    assert reset.failure is not None
    assert cut.response is not None
    with pytest.raises(ValueError, match=r".*"):
        cut.response.json()
    assert late.status == 200
    assert late.seconds >= 0.03


async def test_it_tells_about_itself(tmp_path: Path) -> None:
    said: list[str] = []
    async with served(tmp_path, journal=tmp_path / "journal.jsonl", say=said.append) as server:
        base = server.url.removesuffix("/graphql")
        assert server.title == "shop.graphql"
        assert server.facts()["document"] == f"{base}/schema.graphql"
        await sent("POST", server.url, {"query": "{ orders { id } }"}, (*JSON, ("authorization", "Bearer secret")))
        journal = (await sent("GET", f"{base}/__seamwright/journal")).response
        assert journal is not None
        (entry,) = journal.json()["entries"]
        assert entry["operation"] == "Query.orders"
        assert "secret" not in journal.text
        operations = (await sent("GET", f"{base}/__seamwright/operations")).response
        assert operations is not None
        assert {"id": "Mutation.deleteOrder", "role": "remove", "resource": "Order"} in operations.json()["operations"]
        state = (await sent("GET", f"{base}/__seamwright/state")).response
        assert state is not None
        assert len(state.json()["Order"]) == 3
        assert (await sent("POST", f"{base}/__seamwright/reset")).status == 204
        emptied = (await sent("GET", f"{base}/__seamwright/state")).response
        assert emptied is not None
        assert emptied.json() == {}
        assert (await sent("DELETE", f"{base}/__seamwright/journal")).status == 204
        assert (await sent("GET", f"{base}/__seamwright/nothing")).status == 404
        for path in ("/schema.graphql", "/__seamwright/contract"):
            schema = (await sent("GET", base + path)).response
            assert schema is not None
            assert schema.text == SDL
    assert any("Query.orders" in line for line in said)
    first = (tmp_path / "journal.jsonl").read_text().splitlines()[0]
    assert json.loads(first)["operation"] == "Query.orders"


async def test_a_schema_that_changes_is_taken_up_and_the_state_stays(tmp_path: Path) -> None:
    said: list[str] = []
    async with served(tmp_path, say=said.append) as server:
        customer = (await asked(server, "{ customers { id } }"))["data"]["customers"][0]["id"]
        text = f'mutation {{ createOrder(input: {{customerId: "{customer}", lines: []}}) {{ id }} }}'
        made = (await asked(server, text))["data"]["createOrder"]["id"]
        (tmp_path / "shop.graphql").write_text("type Query {", encoding="utf-8")
        await until(said, "the contract was not taken up, the one from before still answers")
        assert (await asked(server, f'{{ order(id: "{made}") {{ id }} }}'))["data"]["order"]["id"] == made
        (tmp_path / "shop.graphql").write_text(SDL + "\nextend type Order { colour: String! }\n", encoding="utf-8")
        await until(said, "the contract was taken up again")
        shown = await asked(server, f'{{ order(id: "{made}") {{ id colour customer {{ id }} }} }}')
        assert shown["data"]["order"]["id"] == made
        assert shown["data"]["order"]["customer"] == {"id": customer}
        assert isinstance(shown["data"]["order"]["colour"], str)


async def test_pages_of_other_origins_may_ask(tmp_path: Path) -> None:
    page = (("origin", "http://localhost:3000"),)
    async with served(tmp_path) as server:
        told = (await sent("POST", server.url, {"query": "{ __typename }"}, (*JSON, *page))).response
        asks = (("access-control-request-method", "POST"), ("access-control-request-headers", "content-type"))
        before = (await sent("OPTIONS", server.url, headers=(*page, *asks))).response
    assert told is not None
    assert told.header("access-control-allow-origin") == "*"
    assert before is not None
    assert (before.status, before.header("access-control-allow-methods")) == (204, "GET, POST, OPTIONS")


async def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(
        '{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {}}}}'
    )
    with pytest.raises(UsageError, match="is a contract of kind http"):
        await opened(Source("api.json", tmp_path, _nothing, kind="graphql"), Settings())
    with pytest.raises(UsageError, match="cannot be written"):
        async with served(tmp_path, journal=tmp_path / "none" / "journal"):
            pass
