"""Boundaries with their contracts read, and the URL that paths are appended to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamwright.model.errors import ContractError, TargetError
from seamwright.run.subjects import read_subjects
from tests.run.trial import document, manifest_of


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
