"""A crash on valid input is refuted when it happens twice; one that does not come again is unknown."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.server_error_on_valid import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import tried


async def test_refutes_an_optional_field_that_is_taken_for_granted() -> None:
    class NoteTaken(Items):
        def made(self, body: dict[str, Any]) -> Response:
            return super().made(body) if "note" in body else JSONResponse({"error": "KeyError"}, 500)

    seen = await tried(CHECK, NoteTaken(), document())
    assert [f.operation for f in seen.evidence.findings] == ["createItem"]
    finding = seen.evidence.findings[0]
    assert len(finding.exchanges) == 2, "told only when it happened twice"
    witnesses = [e for e in seen.exchanges if e.number in finding.exchanges]
    assert all(e.status == 500 and b"note" not in e.request.body for e in witnesses)


async def test_refutes_an_optional_parameter_that_crashes() -> None:
    class LimitCrashes(Items):
        async def list(self, request: Any) -> Response:
            return JSONResponse({"error": "no"}, 502 if "limit" in request.query_params else 200)

    seen = await tried(CHECK, LimitCrashes(), document())
    assert seen.cell("listItems") == "refuted"


async def test_proves_where_every_form_is_answered() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    bodies = [e.request.body for e in seen.exchanges if e.operation == "createItem"]
    assert any(b"note" in body for body in bodies)
    assert any(b"note" not in body for body in bodies)


async def test_is_unknown_when_it_happens_once_only() -> None:
    class Once(Items):
        calls = 0

        def made(self, body: dict[str, Any]) -> Response:
            self.calls += 1
            return JSONResponse({"error": "no"}, 503) if self.calls == 2 else super().made(body)

    seen = await tried(CHECK, Once(), document())
    assert seen.cell("createItem") == "unknown"
    assert "503 once, and 201 when repeated" in seen.evidence.why


async def test_is_unknown_where_no_call_succeeds() -> None:
    seen = await tried(CHECK, Closed(), document())
    assert seen.verdict == "unknown"
