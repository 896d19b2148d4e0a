"""A mock as a server: spoken to by the driver, described by reflection, disturbed on purpose, tried by our checks."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.checks.contract.grpc_deadline import CHECK as DEADLINE
from seamwright.checks.contract.grpc_invalid_input_refused import CHECK as INVALID
from seamwright.checks.contract.grpc_response_conforms import CHECK as CONFORMS
from seamwright.checks.contract.grpc_server_error import CHECK as SERVER_ERROR
from seamwright.checks.contract.grpc_unknown_method import CHECK as UNKNOWN_METHOD
from seamwright.contracts.protobuf.operations import load_protobuf
from seamwright.drivers.grpc import GrpcConnection
from seamwright.engines.mock import fault_from, latency_from
from seamwright.model.errors import ContractError, UsageError
from seamwright.model.exchange import Exchange, Request
from seamwright.services.mock.kind import Settings, Source
from seamwright.services.mock.rpc import RpcServer
from seamwright.wire.reflection import reflected
from tests.annotated import annotated
from tests.checks.stage import tried_at
from tests.library import LIBRARY
from tests.rpc import contract_of


async def _nothing(url: str) -> bytes:
    raise AssertionError(f"nobody asked for {url}")


@contextlib.asynccontextmanager
async def _mock(folder: Path, text: str | bytes = LIBRARY, **settings: Any) -> AsyncIterator[RpcServer]:
    path = folder / ("service.binpb" if isinstance(text, bytes) else "service.proto")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    server = await RpcServer.start(Source(path.name, folder, _nothing), Settings(**settings))
    try:
        yield server
    finally:
        await server.close()
        await server.close()


async def _called(server: RpcServer, name: str, value: Any, timeout: float = 5.0) -> Exchange:
    connection = GrpcConnection(server.url, contract_of(LIBRARY))
    request = Request(
        "GRPC",
        f"{server.url}/library.v1.Library/{name}",
        (("content-type", "application/json"), ("authorization", "Bearer hidden")),
        json.dumps(value).encode(),
    )
    try:
        return await connection.send(request, timeout=timeout)
    finally:
        await connection.close()


async def test_it_answers_and_tells_its_services(tmp_path: Path) -> None:
    said: list[str] = []
    async with _mock(tmp_path, say=said.append) as server:
        made = await _called(server, "CreateBook", {"book": {"title": "Emma"}})
        assert made.response is not None
        name = made.response.json()["name"]
        read = await _called(server, "GetBook", {"name": name})
        assert read.response is not None
        assert read.response.json()["title"] == "Emma"
        assert (await _called(server, "GetBook", {"name": "books/nowhere"})).status == 404
        told = await _called(server, "Chat", [{"text": "a"}, {"text": "b"}])
        assert told.response is not None
        assert [m["text"] for m in told.response.json()] == ["a", "b"]
        assert load_protobuf(await reflected(server.url), source="x").digest == contract_of(LIBRARY).digest
        assert (server.title, server.facts()["operations"]) == ("library.v1", 16)
    assert said[0].startswith("/library.v1.Library/CreateBook OK")
    assert any("NOT_FOUND" in line for line in said)


@pytest.mark.parametrize("check", [CONFORMS, SERVER_ERROR, INVALID, UNKNOWN_METHOD, DEADLINE], ids=lambda c: str(c.id))
async def test_it_passes_our_own_checks(tmp_path: Path, check: Any) -> None:
    async with _mock(tmp_path) as server:
        found = await tried_at(check, server.url, contract_of(LIBRARY), boundary={"kind": "grpc"}, depth=2)
    assert found.verdict == "proved", found.evidence


async def test_it_holds_callers_to_annotations(tmp_path: Path) -> None:
    async with _mock(tmp_path, annotated()) as server:
        contract = load_protobuf(annotated(), source="x")
        found = await tried_at(INVALID, server.url, contract, boundary={"kind": "grpc"}, depth=0)
    assert found.verdict == "proved", found.evidence


async def test_faults_and_latency(tmp_path: Path) -> None:
    faults = (
        fault_from("503@Library.GetBook"),
        fault_from("drop@Library.CreateBook"),
        fault_from("malformed@Library.ListBooks"),
        fault_from("hang@Library.DeleteBook"),
        fault_from("reset@Library.UpdateBook"),
    )
    latencies = (latency_from("150ms@Library.GetBookStatus"),)
    async with _mock(tmp_path, faults=faults, latencies=latencies) as server:
        assert (await _called(server, "GetBook", {"name": "a"})).status == 503
        before = len(server.mock.store.at("book", ()))
        assert (await _called(server, "CreateBook", {"book": {}})).status == 503
        assert len(server.mock.store.at("book", ())) == before + 4, "the work was done, and the answer lost"
        listed = await _called(server, "ListBooks", {})
        assert listed.response is not None
        assert listed.response.media_type == "application/grpc", "nobody can read it"
        assert (await _called(server, "UpdateBook", {"book": {}})).status == 503
        hung = await _called(server, "DeleteBook", {"name": "a"}, timeout=0.3)
        assert hung.response is None or hung.status == 504
        assert (await _called(server, "GetBookStatus", {"name": "a"})).seconds >= 0.15


async def test_a_journal_without_secrets(tmp_path: Path) -> None:
    async with _mock(tmp_path, journal=tmp_path / "journal.jsonl") as server:
        await _called(server, "CreateBook", {"book": {"title": "Emma"}})
        [entry] = server.journal.entries()
        assert entry.operation == "Library.CreateBook"
    [line] = (tmp_path / "journal.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert told["response"]["status"] == 200
    assert json.loads(told["request"]["text"]) == {"book": {"title": "Emma"}}
    assert "hidden" not in line


async def test_what_cannot_be_mocked(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {}\n")
    with pytest.raises((UsageError, ContractError)):
        await RpcServer.start(Source("openapi.yaml", tmp_path, _nothing), Settings())
    async with _mock(tmp_path) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(UsageError, match="choose another --port"):
            await RpcServer.start(Source("service.proto", tmp_path, _nothing), Settings(port=port))


async def test_a_server_is_mocked_by_what_it_tells_of_itself(tmp_path: Path) -> None:
    async with _mock(tmp_path) as first:
        second = await RpcServer.start(Source(first.url, tmp_path, _nothing), Settings())
        try:
            assert (await _called(second, "ListBooks", {})).ok
        finally:
            await second.close()
