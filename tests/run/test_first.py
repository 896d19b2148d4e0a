"""The first manifest is valid as it is, whatever the document calls itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seamwright.model.errors import ContractError, TargetError, UsageError
from seamwright.model.reading import read_manifest
from seamwright.run.first import first_manifest
from tests.checks.graph import Orders
from tests.rpc import SHOP, serving_rpc
from tests.serving import free_port, serving

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shelf", "version": "1"},
    "servers": [{"url": "http://127.0.0.1:8000/v1"}],
    "paths": {"/books": {"get": {"operationId": "listBooks", "responses": {"200": {"description": "all"}}}}},
}
PROTECTED = {
    **DOCUMENT,
    "security": [{"bearer": []}],
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
}


async def _fetch(url: str) -> bytes:
    if url.endswith("/openapi.json"):
        return json.dumps(DOCUMENT).encode()
    raise TargetError(f"nothing answers at {url}")


async def test_from_a_url_the_api_is_where_the_document_is(tmp_path: Path) -> None:
    place = tmp_path / "seamwright.yaml"
    text, notes = await first_manifest("http://127.0.0.1:9000/openapi.json", None, place, _fetch)
    place.write_text(text)
    manifest = read_manifest(place, {})
    assert notes == []
    assert (manifest.system, manifest.environment) == ("shelf", "test")
    assert manifest.boundaries["shelf"].url == "http://127.0.0.1:9000"
    assert manifest.boundaries["shelf"].contract == "http://127.0.0.1:9000/openapi.json"


async def test_what_is_not_this_machine_is_production_until_somebody_says_otherwise(tmp_path: Path) -> None:
    place = tmp_path / "seamwright.yaml"
    text, notes = await first_manifest("http://127.0.0.1:9000/openapi.json", "https://api.example.com", place, _fetch)
    place.write_text(text)
    assert read_manifest(place, {}).environment == "production"
    assert any("api.example.com is not this machine" in note for note in notes)


async def test_from_a_file_the_api_is_at_its_server_and_the_path_starts_from_the_manifest(tmp_path: Path) -> None:
    document = tmp_path / "contracts" / "shelf.json"
    document.parent.mkdir()
    document.write_text(json.dumps(DOCUMENT))
    place = tmp_path / "config" / "seamwright.yaml"
    text, notes = await first_manifest(str(document), None, place, _fetch)
    place.parent.mkdir()
    place.write_text(text)
    boundary = read_manifest(place, {}).boundaries["shelf"]
    assert boundary.url == "http://127.0.0.1:8000/v1"
    assert boundary.contract == "../contracts/shelf.json"
    assert "http://127.0.0.1:8000/v1" in notes[0]
    text, notes = await first_manifest(str(document), "http://127.0.0.1:7", place, _fetch)
    assert "http://127.0.0.1:7\n" in text
    assert notes == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('Ein "Café" & Söhne: #1 {x}', "ein-caf-s-hne-1-x"),
        ("日本語", "api"),
        ("", "api"),
        ("a" * 90, "a" * 40),
        ("yes", "yes"),
        ("1.0", "1-0"),
        ("null", "null"),
        ("3", "3"),
        ("- # ${HOME}\n: *x", "home-x"),
    ],
)
async def test_odd_titles_give_a_manifest_that_is_read_back(tmp_path: Path, title: str, name: str) -> None:
    document = tmp_path / "an odd # name.json"
    document.write_text(json.dumps({**DOCUMENT, "info": {"title": title, "version": "1"}}))
    place = tmp_path / "seamwright.yaml"
    text, _ = await first_manifest(str(document), None, place, _fetch)
    place.write_text(text)
    manifest = read_manifest(place, {})
    assert manifest.system == name
    assert list(manifest.boundaries) == [name]
    assert manifest.boundaries[name].contract == document.name


async def test_callers_are_asked_for_where_the_contract_wants_them(tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(PROTECTED))
    text, notes = await first_manifest(str(document), "http://127.0.0.1:1", tmp_path / "seamwright.yaml", _fetch)
    assert "1 operation wants a caller" in notes[0]
    assert "# The contract declares: bearer (http bearer)" in text
    assert "may: [listBooks]" in text


async def test_the_comments_are_a_manifest_too_once_they_are_uncommented(tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(PROTECTED))
    place = tmp_path / "seamwright.yaml"
    text, _ = await first_manifest(str(document), "http://127.0.0.1:1", place, _fetch)
    begun = text.index("# identities:")
    rest = [line for line in text[begun:].splitlines() if not line.startswith("# Who")]
    place.write_text(text[:begun] + "\n".join(line.removeprefix("# ") for line in rest))
    manifest = read_manifest(place, {"ALICE_TOKEN": "a", "BOB_PASSWORD": "b"})
    assert set(manifest.identities) == {"alice", "bob"}
    assert len(manifest.policy) == 2


@pytest.mark.parametrize(
    ("description", "word"),
    [('Token-based, with required prefix "Token"', "Token"), ("Authorization: <key>", ""), ("A key.", "Token")],
)
async def test_a_key_in_the_authorization_header_is_shown_with_the_word_before_it(
    tmp_path: Path, description: str, word: str
) -> None:
    key = {"type": "apiKey", "in": "header", "name": "Authorization", "description": description}
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps({**DOCUMENT, "components": {"securitySchemes": {"key": key}}}))
    place = tmp_path / "seamwright.yaml"
    text, _ = await first_manifest(str(document), "http://127.0.0.1:1", place, _fetch)
    begun = text.index("# identities:")
    rest = [line for line in text[begun:].splitlines() if not line.startswith("# Who")]
    place.write_text(text[:begun] + "\n".join(line.removeprefix("# ") for line in rest))
    assert read_manifest(place, {"ALICE_TOKEN": "a", "BOB_PASSWORD": "b"}).identities["alice"].prefix == word


async def test_what_cannot_be_used_is_told(tmp_path: Path) -> None:
    place = tmp_path / "seamwright.yaml"
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps({**DOCUMENT, "servers": [{"url": "/v1"}]}))
    with pytest.raises(UsageError, match=r"names no server with an address.*--url http://127\.0\.0\.1:8000"):
        await first_manifest(str(document), None, place, _fetch)
    with pytest.raises(UsageError, match="nowhere"):
        await first_manifest(str(tmp_path / "nowhere.json"), None, place, _fetch)
    with pytest.raises(TargetError, match="nothing answers"):
        await first_manifest("http://127.0.0.1:1/api", None, place, _fetch)


async def test_a_graphql_endpoint_needs_no_document(tmp_path: Path) -> None:
    place = tmp_path / "seamwright.yaml"
    with serving(Orders()) as url:
        text, _ = await first_manifest(f"{url}/graphql", None, place, _fetch)
        place.write_text(text)
        (boundary,) = read_manifest(place, {}).boundaries.values()
        assert (boundary.kind, boundary.url, boundary.contract) == ("graphql", f"{url}/graphql", None)
    with pytest.raises(TargetError, match="nothing answers at"):
        await first_manifest(f"http://127.0.0.1:{free_port()}/graphql", None, place, _fetch)


async def test_a_schema_in_a_file_needs_the_endpoint(tmp_path: Path) -> None:
    (tmp_path / "shop.graphql").write_text("type Query { a: Int }")
    place = tmp_path / "seamwright.yaml"
    with pytest.raises(UsageError, match="--url"):
        await first_manifest(str(tmp_path / "shop.graphql"), None, place, _fetch)
    text, _ = await first_manifest(str(tmp_path / "shop.graphql"), "http://127.0.0.1:4000/graphql", place, _fetch)
    place.write_text(text)
    (boundary,) = read_manifest(place, {}).boundaries.values()
    assert (boundary.kind, boundary.url, boundary.contract) == (
        "graphql",
        "http://127.0.0.1:4000/graphql",
        "shop.graphql",
    )


async def test_a_grpc_server_with_reflection_needs_no_document(tmp_path: Path) -> None:
    place = tmp_path / "seamwright.yaml"
    with serving_rpc(SHOP, {}, reflect=("v1",)) as url:
        text, notes = await first_manifest(url, None, place, _fetch)
        place.write_text(text)
    (boundary,) = read_manifest(place, {}).boundaries.values()
    assert (boundary.kind, boundary.url, boundary.contract) == ("grpc", url, None)
    assert (boundary.name, notes) == ("shop-v1", [])
    assert "may: [Orders.CreateOrder]" in text


async def test_a_grpc_server_without_reflection_needs_its_proto_files(tmp_path: Path) -> None:
    place = tmp_path / "seamwright.yaml"
    told = r"does not offer server reflection.*seamwright init api\.proto --url grpc://"
    with serving_rpc(SHOP, {}) as url, pytest.raises(ContractError, match=told):
        await first_manifest(url, None, place, _fetch)
    (tmp_path / "shop.proto").write_text(SHOP)
    with pytest.raises(UsageError, match=r"names no server with an address.*--url grpc://"):
        await first_manifest(str(tmp_path / "shop.proto"), None, place, _fetch)
    with pytest.raises(UsageError, match=r"no address of a boundary of kind grpc; give one like grpc://"):
        await first_manifest(str(tmp_path / "shop.proto"), "http://127.0.0.1:50051", place, _fetch)
    text, _ = await first_manifest(str(tmp_path / "shop.proto"), url, place, _fetch)
    place.write_text(text)
    (boundary,) = read_manifest(place, {}).boundaries.values()
    assert (boundary.kind, boundary.url, boundary.contract) == ("grpc", url, "shop.proto")


async def test_a_schema_at_a_url_is_no_endpoint(tmp_path: Path) -> None:
    async def served(url: str) -> bytes:
        return b"type Query { orders: [Int] }"

    place = tmp_path / "seamwright.yaml"
    source = "http://127.0.0.1:9000/schema.graphql"
    with pytest.raises(UsageError, match=r"say where the API is: --url http://127\.0\.0\.1:8000/graphql"):
        await first_manifest(source, None, place, served)
    text, _ = await first_manifest(source, "http://127.0.0.1:9000/graphql", place, served)
    place.write_text(text)
    (boundary,) = read_manifest(place, {}).boundaries.values()
    assert (boundary.kind, boundary.url, boundary.contract) == ("graphql", "http://127.0.0.1:9000/graphql", source)


async def test_a_websocket_has_no_contract(tmp_path: Path) -> None:
    place = tmp_path / "seamwright.yaml"
    text, notes = await first_manifest("ws://127.0.0.1:9000/live/feed", None, place, _fetch)
    place.write_text(text)
    (boundary,) = read_manifest(place, {}).boundaries.values()
    assert (boundary.kind, boundary.url, boundary.contract) == ("websocket", "ws://127.0.0.1:9000/live/feed", None)
    assert boundary.name == "feed"
    assert "no contract" in notes[0]


@pytest.mark.parametrize(
    ("source", "url", "told"),
    [
        ("127.0.0.1:50051", None, "neither a file nor a URL.*grpc://127.0.0.1:50051"),
        ("postgresql://shop@127.0.0.1/shop", None, "is a database.*kind: sql"),
        ("ftp://127.0.0.1/api", None, "ftp:// is not spoken here"),
        ("grpc:///orders", None, "names no host"),
        ("grpc://127.0.0.1:99999", None, "is no URL"),
        ("grpc://127.0.0.1:1/orders", None, "must be grpc://host:port"),
        ("grpc://127.0.0.1:1", "grpc://127.0.0.1:2", "give one of them"),
    ],
)
async def test_what_is_no_source_is_told_with_what_to_give_instead(
    tmp_path: Path, source: str, url: str | None, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        await first_manifest(source, url, tmp_path / "seamwright.yaml", _fetch)


async def test_a_grpc_server_that_is_not_there_is_the_targets_fault(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="start it, or correct the address"):
        await first_manifest(f"grpc://127.0.0.1:{free_port()}", None, tmp_path / "seamwright.yaml", _fetch)
