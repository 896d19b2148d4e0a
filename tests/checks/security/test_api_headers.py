"""Headers of ordinary answers: absent, present, and where no ordinary answer can be had."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.security.api_headers import CHECK
from seamwright.model.check import Dares
from tests.checks.security.notes import DOCUMENT, PEOPLE, Notes, Refused
from tests.checks.stage import tried


class _Bare(Notes):
    headers = {}  # noqa: RUF012


class _MayBeStored(Notes):
    headers = {"x-content-type-options": "nosniff", "cache-control": "private, max-age=60"}  # noqa: RUF012


class _Down(Notes):
    async def _list(self, request: Request) -> Response:
        raise Refused(503)


def _with_a_note(notes: Notes) -> Notes:
    notes.notes["1"] = {"id": "1", "owner": "alice", "status": "new", "text": "there already"}
    return notes


async def test_refutes_answers_without_them_once_for_each_header() -> None:
    result = await tried(CHECK, _with_a_note(_Bare()).app, DOCUMENT, **PEOPLE)
    assert [(f.facts["header"], f.count) for f in result.evidence.findings] == [
        ("x-content-type-options", 3),
        ("cache-control", 3),
    ]


async def test_refutes_private_answers_that_may_be_stored() -> None:
    result = await tried(CHECK, _with_a_note(_MayBeStored()).app, DOCUMENT, **PEOPLE)
    [finding] = result.evidence.findings
    assert finding.facts["value"] == "private, max-age=60"


async def test_proves_answers_with_them_and_sends_safe_requests_only() -> None:
    result = await tried(CHECK, _with_a_note(Notes()).app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert {e.request.method for e in result.exchanges} == {"GET"}
    assert CHECK.dares is Dares.OBSERVE


async def test_unknown_without_an_ordinary_answer() -> None:
    result = await tried(CHECK, _Down().app, DOCUMENT, **PEOPLE)
    assert (result.cell("listNotes"), result.cell("listAllNotes")) == ("unknown", "proved")
    assert "no ordinary answer was had" in result.evidence.why
