"""Stack traces: told to the caller, kept back, quoted innocently, and where nothing gets through."""

from __future__ import annotations

import traceback

import pytest
from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.security.stack_traces import CHECK, frame
from tests.checks.security.notes import DOCUMENT, PEOPLE, Notes, Refused
from tests.checks.stage import tried


class _TellsAll(Notes):
    def malformed(self, error: Exception) -> Refused:
        return Refused(400, "".join(traceback.format_exception(error)))


class _TalksOfFiles(Notes):
    """Looks vulnerable: names a file and a line, as an error about an upload would."""

    def malformed(self, error: Exception) -> Refused:
        return Refused(400, 'File "notes.csv", line 3: a text is missing; at least one (1:2) is needed')


class _Down(Notes):
    async def _create(self, request: Request) -> Response:
        raise Refused(503)


async def test_refutes_an_api_that_answers_with_its_frames() -> None:
    result = await tried(CHECK, _TellsAll().app, DOCUMENT, **PEOPLE)
    finding = result.evidence.findings[0]
    assert finding.facts["runtime"] == "Python"
    assert len(finding.facts["triggers"]) == 2
    assert (result.cell("createNote"), result.cell("listNotes")) == ("refuted", "proved")


async def test_proves_an_api_that_keeps_them() -> None:
    result = await tried(CHECK, Notes().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert next(c.tried for c in result.evidence.cells if c.cell == "createNote") > 10


async def test_proves_an_api_that_speaks_of_files_and_lines() -> None:
    assert (await tried(CHECK, _TalksOfFiles().app, DOCUMENT, **PEOPLE)).verdict == "proved"


async def test_unknown_when_no_ordinary_call_gets_through() -> None:
    result = await tried(CHECK, _Down().app, DOCUMENT, **PEOPLE)
    assert result.cell("createNote") == "unknown"
    assert "an ordinary call does not get through" in result.evidence.why


@pytest.mark.parametrize(
    ("runtime", "text"),
    [
        ("Python", 'File "/app/x.py", line 3, in read'),
        ("Python", '{"detail":"Traceback\\n  File \\"/app/x.py\\", line 3, in read"}'),
        ("Java", "at com.shop.Orders.read(Orders.java:17)"),
        ("JavaScript", "at Object.read (/srv/app/index.js:10:5)"),
        (".NET", "at Shop.Orders.Read(String id) in C:\\src\\Orders.cs:line 12"),
        ("PHP", "PHP Fatal error: x in /var/www/index.php:12"),
        ("Go", "goroutine 7 [running]:"),
        ("Ruby", "/app/orders.rb:3:in `read'"),
    ],
)
def test_knows_the_frames_of_runtimes(runtime: str, text: str) -> None:
    found = frame(text)
    assert found is not None
    assert found[0] == runtime


@pytest.mark.parametrize("text", ["", "we met at noon (10:30)", "error in line 3 of your file", "at /orders:1"])
def test_takes_ordinary_sentences_for_none(text: str) -> None:
    assert frame(text) is None
