"""The journal of a running mock: in memory, in a file, and for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamwright.engines.mock import Reply
from seamwright.model.errors import UsageError
from seamwright.model.exchange import Request, Response
from seamwright.services.mock.journals import KeptJournal
from seamwright.services.mock.kind import Settings

HUSHED = Request("GET", "/pets?key=hush", (("Authorization", "Bearer hush"),))


def test_requests_are_remembered_told_and_appended_without_secrets(tmp_path: Path) -> None:
    said: list[str] = []
    file = tmp_path / "journal.jsonl"
    file.write_text('{"number": 0}\n', encoding="utf-8")
    journal = KeptJournal(Settings(journal=file, say=said.append), lambda: {"authorization", "key"})
    journal.add(1.5, 0.002, HUSHED, Reply(Response(200)), "listPets", "slow")
    journal.add(2.5, 0.002, HUSHED, None, None, "reset", line=lambda entry: f"number {entry.number}")
    assert said == ["GET /pets 200 listPets 2 ms (fault slow)", "number 2"]
    told = journal.entries()
    assert [(each["at"], each["operation"], each["fault"]) for each in told] == [
        (1.5, "listPets", "slow"),
        (2.5, None, "reset"),
    ]
    assert [each["number"] for each in journal.entries("listPets")] == [1]
    assert "hush" not in json.dumps(told)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines == [{"number": 0}, *told]
    journal.clear()
    assert journal.entries() == []
    journal.close()
    journal.close()


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--journal: .* cannot be written: No such file"):
        KeptJournal(Settings(journal=tmp_path / "no" / "journal"), lambda: ())
