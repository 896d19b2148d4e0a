"""A mock as a server: spoken to by the driver, described by reflection, disturbed on purpose, tried by our checks."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.checks.contract.grpc.deadline import CHECK as DEADLINE
from seamwright.checks.contract.grpc.invalid_input_refused import CHECK as INVALID
from seamwright.checks.contract.grpc.response_conforms import CHECK as CONFORMS
from seamwright.checks.contract.grpc.server_error import CHECK as SERVER_ERROR
from seamwright.checks.contract.grpc.unknown_method import CHECK as UNKNOWN_METHOD
from seamwright.contracts.protobuf.operations import load_protobuf
from seamwright.drivers.grpc import GrpcConnection
from seamwright.drivers.http import HttpConnection
from seamwright.engines.mock import fault_from, latency_from
from seamwright.model.errors import UsageError
from seamwright.model.exchange import Exchange, Request, Response
from seamwright.services.mock import Settings, Source, opened
from seamwright.services.mock.rpc import RpcServer
from seamwright.wire.reflection import reflected
from tests.annotated import annotated
from tests.checks.stage import tried_at
from tests.library import LIBRARY
from tests.mocking import until
from tests.rpc import contract_of


async def _nothing(url: str) -> bytes:
    raise AssertionError(f"nobody asked for {url}")


@contextlib.asynccontextmanager
async def _mock(folder: Path, text: str | bytes = LIBRARY, **settings: Any) -> AsyncIterator[RpcServer]:
    path = folder / ("service.binpb" if isinstance(text, bytes) else "service.proto")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    server = await opened(Source(path.name, folder, _nothing), Settings(**settings))
    assert isinstance(server, RpcServer)
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


async def _about(server: RpcServer, what: str, method: str = "GET") -> Response:
    connection = HttpConnection()
    try:
        exchange = await connection.send(Request(method, f"{server.facts()['control']}{what}"), timeout=5)
    finally:
        await connection.close()
    assert exchange.response is not None
    return exchange.response


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
    assert said[0].startswith("the journal and the state of library.v1 are at http://127.0.0.1:")
    assert said[1].startswith("/library.v1.Library/CreateBook OK")
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
        assert (await _called(server, "GetBookStatus", {"name": "a"})).seconds >= 0.15
        before = len((await _about(server, "state")).json()["book"])
        assert (await _called(server, "CreateBook", {"book": {}})).status == 503
        assert len((await _about(server, "state")).json()["book"]) == before + 1, (
            "the work was done, and the answer lost"
        )
        listed = await _called(server, "ListBooks", {})
        assert listed.response is not None
        assert listed.response.media_type == "application/grpc", "nobody can read it"
        assert (await _called(server, "UpdateBook", {"book": {}})).status == 503
        hung = await _called(server, "DeleteBook", {"name": "a"}, timeout=0.3)
        assert hung.response is None or hung.status == 504


async def test_a_journal_without_secrets(tmp_path: Path) -> None:
    async with _mock(tmp_path, journal=tmp_path / "journal.jsonl") as server:
        await _called(server, "CreateBook", {"book": {"title": "Emma"}})
        [entry] = (await _about(server, "journal")).json()["entries"]
        assert entry["operation"] == "Library.CreateBook"
    [line] = (tmp_path / "journal.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert told["response"]["status"] == 200
    assert json.loads(told["request"]["text"]) == {"book": {"title": "Emma"}}
    assert "hidden" not in line


async def test_a_contract_that_changes_is_taken_up_and_the_state_stays(tmp_path: Path) -> None:
    said: list[str] = []
    async with _mock(tmp_path, say=said.append) as server:
        made = await _called(server, "CreateBook", {"book": {"title": "Emma"}})
        assert made.response is not None
        name = made.response.json()["name"]
        (tmp_path / "service.proto").write_text("syntax = 'proto3'; service", encoding="utf-8")
        await until(said, "the contract was not taken up, the one from before still answers")
        assert (await _called(server, "GetBook", {"name": name})).ok
        more = LIBRARY.replace("service Users {", "service Users {\n  rpc Ping(BookName) returns (BookName);")
        assert more != LIBRARY
        (tmp_path / "service.proto").write_text(more, encoding="utf-8")
        await until(said, "the contract was taken up again")
        read = await _called(server, "GetBook", {"name": name})
        assert read.response is not None
        assert read.response.json()["title"] == "Emma"
        told = load_protobuf(await reflected(server.url), source="x")
        assert "Users.Ping" in [operation.id for operation in told.operations]
        assert (await _about(server, "contract")).header("content-type") == "application/protobuf"


async def test_what_it_imports_is_looked_at_too(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "parts.proto").write_text('syntax = "proto3"; message Part { string id = 1; }', encoding="utf-8")
    text = """
    syntax = "proto3";
    import "parts.proto";
    message GetPartRequest { string id = 1; }
    service Parts { rpc GetPart(GetPartRequest) returns (Part); }
    """
    async with _mock(tmp_path, text, say=said.append) as server:
        bigger = 'syntax = "proto3"; message Part { string id = 1; string colour = 2; }'
        (tmp_path / "parts.proto").write_text(bigger, encoding="utf-8")
        await until(said, "the contract was taken up again")
        told = load_protobuf(await reflected(server.url), source="x")
    assert b"colour" in base64.b64decode(told.document["descriptors"])


async def test_what_it_tells_about_itself(tmp_path: Path) -> None:
    async with _mock(tmp_path) as server:
        await _called(server, "ListBooks", {})
        roles = {each["id"]: each["role"] for each in (await _about(server, "operations")).json()["operations"]}
        assert (roles["Library.CreateBook"], roles["Library.GetBook"]) == ("create", "get")
        assert len((await _about(server, "state")).json()["book"]) == 3
        assert (await _about(server, "reset", "POST")).status == 204
        assert (await _about(server, "state")).json() == {}
        assert (await _about(server, "../elsewhere")).status == 404


async def test_what_cannot_be_mocked(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {}\n")
    with pytest.raises(UsageError, match="is a contract of kind http"):
        await opened(Source("openapi.yaml", tmp_path, _nothing, kind="grpc"), Settings())
    async with _mock(tmp_path) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(UsageError, match="choose another --port"):
            await opened(Source("service.proto", tmp_path, _nothing), Settings(port=port))


async def test_a_server_is_mocked_by_what_it_tells_of_itself(tmp_path: Path) -> None:
    async with _mock(tmp_path) as first:
        second = await opened(Source(first.url, tmp_path, _nothing), Settings())
        assert isinstance(second, RpcServer)
        try:
            assert (await _called(second, "ListBooks", {})).ok
        finally:
            await second.close()
