"""The first manifest is valid as it is, whatever the document calls itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seamwright.model.errors import TargetError, UsageError
from seamwright.model.reading import read_manifest
from seamwright.run.first import first_manifest
from tests.checks.graph import Orders
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
