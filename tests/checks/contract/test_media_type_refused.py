"""JSON that says it is plain text is refuted when accepted or crashed on; a body that nobody reads is unknown."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.media_type_refused import CHECK
from tests.checks.contract.items import Items, document
from tests.checks.stage import skipped, tried


async def test_refutes_json_that_says_it_is_text() -> None:
    class Anything(Items):
        def reads(self, content_type: str) -> bool:
            return True

    seen = await tried(CHECK, Anything(), document())
    [finding] = seen.evidence.findings
    assert finding.operation == "createItem"
    witness = next(e for e in seen.exchanges if e.number == finding.exchanges[0])
    assert witness.request.header("content-type") == "text/plain"
    assert witness.ok


async def test_proves_an_api_that_looks_at_the_type() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    assert {c.cell for c in seen.evidence.cells} == {"createItem"}


async def test_is_unknown_where_the_body_is_not_read() -> None:
    class Deaf(Items):
        async def create(self, request: Any) -> Response:
            return JSONResponse({"id": 1, "name": "a", "count": 1}, 201)

    seen = await tried(CHECK, Deaf(), document())
    assert seen.verdict == "unknown"
    assert "not to read it" in seen.evidence.why


async def test_refutes_a_crash() -> None:
    class Crashes(Items):
        def refused(self, status: int) -> Response:
            return JSONResponse({"error": "no"}, 500 if status == 415 else status)

    seen = await tried(CHECK, Crashes(), document())
    assert {f.facts["sent_as"] for f in seen.evidence.findings} == {"text/plain"}
    assert "answers 500" in seen.evidence.findings[0].title


async def test_refutes_a_crash_without_any_type() -> None:
    class Crashes(Items):
        async def create(self, request: Any) -> Response:
            return await super().create(request) if "content-type" in request.headers else self.refused(500)

    seen = await tried(CHECK, Crashes(), document())
    [finding] = seen.evidence.findings
    assert "without a media type" in finding.title
    witness = next(e for e in seen.exchanges if e.number == finding.exchanges[0])
    assert witness.request.header("content-type") is None
    assert witness.request.body


async def test_without_any_type_it_may_be_read_as_json() -> None:
    class Guesses(Items):
        def reads(self, content_type: str) -> bool:
            return content_type in ("", "application/json")

    assert (await tried(CHECK, Guesses(), document())).verdict == "proved"


async def test_is_unknown_where_it_is_slowed_down() -> None:
    class Slowed(Items):
        def refused(self, status: int) -> Response:
            return JSONResponse({"error": "no"}, 429 if status == 415 else status)

    seen = await tried(CHECK, Slowed(), document())
    assert seen.verdict == "unknown"
    assert "neither accepted nor refused" in seen.evidence.why


def test_says_nothing_where_text_is_declared() -> None:
    told = document()
    content = told["paths"]["/items"]["post"]["requestBody"]["content"]
    content["text/*"] = content["application/json"]
    assert skipped(CHECK, told).applicable is False
