"""The contract of a mock: read, given out again as one document, and looked at again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from seamwright.model.errors import ContractError
from seamwright.services.mock.documents import ContractDocument, Source, read_document
from tests.mocking import document, never, written


async def read(path: Path) -> ContractDocument:
    return await read_document(Source(path.name, path.parent, never))


async def test_a_document_is_given_out_as_it_is(tmp_path: Path) -> None:
    found = await read(written(tmp_path, document()))
    assert json.loads(found.json()) == document()
    assert found.contract.title == "Pets"


async def test_yaml_becomes_json(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("swagger: '2.0'\ninfo: {title: Old, version: 2020-01-01}\npaths: {}\n", encoding="utf-8")
    told = json.loads((await read(path)).json())
    assert told == {"swagger": "2.0", "info": {"title": "Old", "version": "2020-01-01"}, "paths": {}}


def spread(folder: Path) -> Path:
    """A document that is spread over two files."""
    written(folder, {"Pet": {"type": "object", "properties": {"id": {"type": "integer"}}}}, "schemas.json")
    told = document()
    told["paths"]["/pets/{id}"]["get"]["responses"]["200"]["content"] = {
        "application/json": {"schema": {"$ref": "schemas.json#/Pet"}}
    }
    return written(folder, told)


async def test_one_that_is_spread_over_files_comes_whole(tmp_path: Path) -> None:
    found = await read(spread(tmp_path))
    alone = written(tmp_path / "..", json.loads(found.json()), f"{tmp_path.name}-whole.json")
    again = await read(alone)
    assert [operation.id for operation in again.contract.operations] == [o.id for o in found.contract.operations]


def touched(path: Path) -> None:
    later = path.stat().st_mtime_ns + 1_000_000_000
    os.utime(path, ns=(later, later))


async def test_changes_of_any_of_its_files_are_noticed_once(tmp_path: Path) -> None:
    path = spread(tmp_path)
    found = await read(path)
    assert not found.changed()
    touched(tmp_path / "schemas.json")
    assert found.changed()
    assert not found.changed()
    path.unlink()
    assert found.changed()


async def test_a_url_is_fetched_and_not_looked_at_again(tmp_path: Path) -> None:
    async def fetch(url: str) -> bytes:
        return json.dumps(document(title=url)).encode()

    found = await read_document(Source("https://pets.example/a.json", tmp_path, fetch))
    assert found.contract.title == "https://pets.example/a.json"
    assert json.loads(found.json())["info"]["title"] == "https://pets.example/a.json"
    assert not found.changed()


async def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="does not exist"):
        await read(tmp_path / "nowhere.json")
