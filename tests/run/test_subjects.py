"""Boundaries with their contracts read, and the URL that paths are appended to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse

from seamwright.model.errors import ContractError, TargetError
from seamwright.run.subjects import read_subjects
from tests.checks.graph import Orders
from tests.rpc import SHOP, serving_rpc
from tests.run.trial import document, manifest_of
from tests.serving import free_port, serving


async def nothing_answers(url: str) -> bytes:
    raise TargetError(f"nothing answers at {url}")


async def test_contracts_are_read_from_files_beside_the_manifest_and_from_urls(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "api.json").write_text(json.dumps(document("GET /file")))
    asked: list[str] = []

    async def fetch(url: str) -> bytes:
        asked.append(url)
        return json.dumps(document("GET /url")).encode()

    boundaries = {
        "file": {"kind": "http", "url": "http://h", "contract": "contracts/api.json"},
        "url": {"kind": "http", "url": "http://h", "contract": "http://h/openapi.json"},
        "none": "http://h",
    }
    subjects = await read_subjects(manifest_of(boundaries, folder=tmp_path), fetch)

    assert {n: [o.id for o in s.operations] for n, s in subjects.by_name.items()} == {
        "file": ["getFile"],
        "url": ["getUrl"],
        "none": [],
    }
    assert asked == ["http://h/openapi.json"]
    assert subjects.unreadable == {}


async def test_a_host_that_does_not_answer_is_told_and_the_others_are_read() -> None:
    boundaries = {"a": {"kind": "http", "url": "http://h", "contract": "http://h/openapi.json"}, "b": "http://h"}
    subjects = await read_subjects(manifest_of(boundaries), nothing_answers)

    assert subjects.unreadable == {"a": "nothing answers at http://h/openapi.json"}
    assert subjects.by_name["a"].contract is None
    assert list(subjects.by_name) == ["a", "b"]


async def test_a_contract_that_is_wrong_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text('{"openapi": "9.9"}')
    manifest = manifest_of({"a": {"kind": "http", "url": "http://h", "contract": "api.json"}}, folder=tmp_path)
    with pytest.raises(ContractError, match=r"api\.json"):
        await read_subjects(manifest, nothing_answers)


async def test_a_graphql_endpoint_tells_its_own_schema_as_somebody_who_may_ask() -> None:
    class Guarded(Orders):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if (b"authorization", b"Bearer t0ken") in scope["headers"]:
                await super().__call__(scope, receive, send)
            else:
                await JSONResponse({"errors": [{"message": "log in"}]}, 401)(scope, receive, send)

    with serving(Guarded()) as url:
        manifest = manifest_of({"api": {"kind": "graphql", "url": f"{url}/graphql/"}}, identities=WHO)
        subjects = await read_subjects(manifest, nothing_answers)
    subject = subjects.by_name["api"]
    assert subject.contract is not None
    assert subject.contract.operation("Query.order") is not None
    assert subject.base_url.endswith("/graphql/"), "an endpoint is taken as it stands"


WHO = {
    "ada": {"login": {"operation": "login", "body": {}, "token": "$.t"}},
    "bob": {"token": "t0ken"},
}


async def test_an_endpoint_that_is_down_is_told() -> None:
    gone = f"http://127.0.0.1:{free_port()}/graphql"
    subjects = await read_subjects(manifest_of({"api": {"kind": "graphql", "url": gone}}), nothing_answers)
    assert gone in subjects.unreadable["api"]


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [("http", "shop.graphql", "write 'kind: graphql'"), ("graphql", "api.json", "is no GraphQL schema")],
)
async def test_a_schema_and_its_boundary_are_of_one_kind(tmp_path: Path, kind: str, name: str, told: str) -> None:
    (tmp_path / "shop.graphql").write_text("type Query { a: Int }")
    (tmp_path / "api.json").write_text(json.dumps(document("GET /file")))
    manifest = manifest_of({"api": {"kind": kind, "url": "http://h/graphql", "contract": name}}, folder=tmp_path)
    with pytest.raises(ContractError, match=told):
        await read_subjects(manifest, nothing_answers)


async def test_a_grpc_server_tells_its_own_contract() -> None:
    with serving_rpc(SHOP, {}, reflect=("v1",)) as url:
        subjects = await read_subjects(manifest_of({"api": {"kind": "grpc", "url": url}}), nothing_answers)
    contract = subjects.by_name["api"].contract
    assert contract is not None
    assert (contract.kind, contract.source, len(contract.operations)) == ("protobuf", url, 4)


async def test_a_protobuf_contract_and_its_boundary_are_of_one_kind(tmp_path: Path) -> None:
    (tmp_path / "shop.proto").write_text(SHOP)
    (tmp_path / "api.json").write_text(json.dumps(document("GET /file")))
    for kind, url, name, told in (
        ("http", "http://h", "shop.proto", "write 'kind: grpc'"),
        ("grpc", "grpc://h:1", "api.json", "is no protobuf contract"),
    ):
        manifest = manifest_of({"api": {"kind": kind, "url": url, "contract": name}}, folder=tmp_path)
        with pytest.raises(ContractError, match=told):
            await read_subjects(manifest, nothing_answers)
