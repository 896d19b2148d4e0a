"""Invariants of data behind an API: broken by a race, kept, broken beforehand, and where nothing could be written."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from seamwright.checks.consistency.invariants import CHECK
from tests.checks.consistency.accounts import DOCUMENT, PEOPLE, Accounts, Refused
from tests.checks.stage import skipped, tried

Json = dict[str, Any]


class _Ledger(Accounts):
    """Keeps the sum of all accounts in a table beside them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        with sqlite3.connect(path) as table:
            table.execute("create table total (sum integer, accounts integer)")
            table.execute("insert into total values (0, 0)")

    async def make(self, caller: str, key: str, body: Json) -> Json:
        made = await super().make(caller, key, body)
        await self.count()
        return made

    async def count(self) -> None:
        self.run("update total set sum = sum + 1, accounts = accounts + 1")

    def run(self, statement: str) -> list[Any]:
        table = sqlite3.connect(self.path, timeout=5)
        try:
            with table:
                return table.execute(statement).fetchall()
        finally:
            table.close()


class _ReadsThenWrites(_Ledger):
    async def count(self) -> None:
        [(total,)] = self.run("select sum from total")
        await asyncio.sleep(0.01)
        self.run(f"update total set sum = {total + 1}, accounts = accounts + 1")


class _Closed(_Ledger):
    async def make(self, caller: str, key: str, body: Json) -> Json:
        raise Refused(503)


def _manifest(path: Path, **invariant: Any) -> Json:
    told = {
        "name": "each account is counted",
        "query": "select sum - accounts from total",
        "equals": 0,
        "after": ["openAccount"],
        **invariant,
    }
    return {"boundaries": {"books": {"kind": "sql", "url": f"sqlite:///{path}", "invariants": [told]}}, **PEOPLE}


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return tmp_path / "books.db"


async def test_refutes_a_sum_that_is_read_and_then_written(books: Path) -> None:
    result = await tried(CHECK, _ReadsThenWrites(books).app, DOCUMENT, on="books", **_manifest(books))
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert finding.facts["database"] == "books"
    assert "it held before" in finding.detail
    assert int(finding.facts["value"]) < 0


async def test_proves_a_sum_that_is_written_in_one_statement(books: Path) -> None:
    app = _Ledger(books)
    result = await tried(CHECK, app.app, DOCUMENT, on="books", **_manifest(books))
    assert result.verdict == "proved"
    assert result.evidence.tried >= 48
    assert len(app.accounts) > 20


async def test_unknown_when_it_did_not_hold_before(books: Path) -> None:
    app = _Ledger(books)
    app.run("update total set sum = 7")
    result = await tried(CHECK, app.app, DOCUMENT, on="books", **_manifest(books))
    assert result.verdict == "unknown"
    assert "it did not hold before anything was tried: the query gave 7" in result.evidence.why


async def test_refutes_what_was_broken_before_and_is_made_worse(books: Path) -> None:
    app = _ReadsThenWrites(books)
    app.run("update total set sum = -1")
    result = await tried(CHECK, app.app, DOCUMENT, on="books", **_manifest(books))
    assert result.verdict == "refuted"
    assert "broken already" in result.evidence.findings[0].detail


async def test_unknown_when_nothing_could_be_written(books: Path) -> None:
    result = await tried(CHECK, _Closed(books).app, DOCUMENT, on="books", **_manifest(books))
    assert result.verdict == "unknown"
    assert "no valid call was answered in its success class" in result.evidence.why


async def test_waits_as_long_as_the_manifest_allows(books: Path) -> None:
    class _CountsLater(_Ledger):
        async def count(self) -> None:
            self.run("update total set accounts = accounts + 1")
            asyncio.get_running_loop().call_later(0.3, self.run, "update total set sum = sum + 1")

    app = _CountsLater(books)
    assert (await tried(CHECK, app.app, DOCUMENT, on="books", **_manifest(books, within=3))).verdict == "proved"


async def test_unknown_when_no_operation_of_that_name_is_there(books: Path) -> None:
    result = await tried(CHECK, _Ledger(books).app, DOCUMENT, on="books", **_manifest(books, after=["elsewhere"]))
    assert result.verdict == "unknown"
    assert "no HTTP boundary has elsewhere" in result.evidence.why


async def test_calls_what_creates_where_an_api_depends_on_the_data(books: Path) -> None:
    told = _manifest(books, after=[])
    result = await tried(CHECK, _Ledger(books).app, DOCUMENT, on="books", boundary={"depends_on": ["books"]}, **told)
    assert result.verdict == "proved", result.evidence.why


def test_does_not_apply_where_nothing_is_known_that_writes(tmp_path: Path) -> None:
    told = _manifest(tmp_path / "x.db", after=[])
    assert "nothing is known that writes" in skipped(CHECK, DOCUMENT, on="books", **told).why
