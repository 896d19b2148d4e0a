"""SQL injection: a concatenated search, a careful one, two that only look concatenated, and one with nothing to see."""

from __future__ import annotations

import copy
import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.security.sql_injection import CHECK, FORMS
from tests.checks.security.notes import DOCUMENT, PEOPLE, Notes, Refused
from tests.checks.stage import tried


def _in_a_table(notes: list[dict[str, Any]]) -> sqlite3.Connection:
    table = sqlite3.connect(":memory:")
    table.execute("create table note (id text, text text)")
    table.executemany("insert into note values (?, ?)", [(n["id"], n["text"]) for n in notes])
    return table


class _Concatenates(Notes):
    def matching(self, notes: list[dict[str, Any]], search: str) -> list[dict[str, Any]]:
        try:
            rows = _in_a_table(notes).execute(f"select id from note where text like '%{search}%'").fetchall()
        except sqlite3.Error:
            raise Refused(500) from None
        return [note for note in notes if (note["id"],) in rows]


class _ConcatenatesTheId(Notes):
    async def _get(self, request: Request) -> Response:
        who = self._caller(request)
        mine = [note for note in self.notes.values() if note["owner"] == who]
        try:
            query = f"select id from note where id = '{request.path_params['id']}'"
            rows = _in_a_table(mine).execute(query).fetchall()
        except sqlite3.Error:
            raise Refused(500) from None
        if not rows:
            raise Refused(404)
        return self._answer(request, self.notes[rows[0][0]])


class _Binds(Notes):
    def matching(self, notes: list[dict[str, Any]], search: str) -> list[dict[str, Any]]:
        found = _in_a_table(notes).execute("select id from note where instr(text, ?)", (search,)).fetchall()
        return [note for note in notes if (note["id"],) in found]


class _AnyWord(Notes):
    """Looks vulnerable: whatever stands behind the value, the note is found, by its first word."""

    def matching(self, notes: list[dict[str, Any]], search: str) -> list[dict[str, Any]]:
        words = search.replace("'", " ").replace("%", " ").split()
        return [note for note in notes if any(word in note["text"] for word in words)]


class _EchoesTheSearch(Notes):
    """Looks vulnerable: the answer repeats the search, canary and all, and finds nothing."""

    async def _list(self, request: Request) -> Response:
        who, search = self._caller(request), request.query_params.get("search", "")
        mine = [note for note in self.notes.values() if note["owner"] == who]
        return self._answer(request, {"items": self.matching(mine, search), "text": search})


class _ShowsNothing(Notes):
    async def _list(self, request: Request) -> Response:
        return self._answer(request, {"items": []})


async def test_refutes_a_concatenated_search() -> None:
    result = await tried(CHECK, _Concatenates().app, DOCUMENT, **PEOPLE)
    assert (result.cell("listNotes"), result.cell("getNote")) == ("refuted", "proved")
    [finding] = result.evidence.findings
    assert finding.facts["parameter"] == "search"
    true, false, broken = (next(e for e in result.exchanges if e.number == n) for n in finding.exchanges)
    assert (true.status, false.status, broken.status) == (200, 200, 500)


async def test_refutes_a_concatenated_id() -> None:
    result = await tried(CHECK, _ConcatenatesTheId().app, DOCUMENT, **PEOPLE)
    assert result.cell("getNote") == "refuted"


async def test_proves_bound_parameters() -> None:
    result = await tried(CHECK, _Binds().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert next(c.tried for c in result.evidence.cells if c.cell == "listNotes") > 8


async def test_proves_a_search_for_any_word() -> None:
    assert (await tried(CHECK, _AnyWord().app, DOCUMENT, **PEOPLE)).verdict == "proved"


async def test_proves_an_answer_that_repeats_the_search() -> None:
    assert (await tried(CHECK, _EchoesTheSearch().app, DOCUMENT, **PEOPLE)).verdict == "proved"


async def test_unknown_when_there_is_nothing_to_see() -> None:
    result = await tried(CHECK, _ShowsNothing().app, DOCUMENT, **PEOPLE)
    assert result.cell("listNotes") == "unknown"
    assert "no answer showed the object" in result.evidence.why


class _PagesOnly(Notes):
    """Lists by a number that is read as one, and its pages are too short to show a new note."""

    async def _list(self, request: Request) -> Response:
        self._caller(request)
        if not request.query_params.get("search", "1").isdigit():
            raise Refused(422)
        return self._answer(request, {"items": []})


async def test_proves_that_conditions_are_refused_where_nothing_can_be_seen() -> None:
    result = await tried(CHECK, _PagesOnly().app, _numbered(), **PEOPLE)
    assert result.cell("listNotes") == "proved"
    assert next(c.tried for c in result.evidence.cells if c.cell == "listNotes") >= len(FORMS)


def _numbered() -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    for parameter in document["paths"]["/notes"]["get"]["parameters"]:
        if parameter["name"] == "search":
            parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": 100}
    return document
