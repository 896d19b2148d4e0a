"""A status that nobody declared is refuted, wherever it comes: repeated, unknown or ordinary calls."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.undocumented_status import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried


async def test_refutes_another_status_for_an_unknown_object() -> None:
    class Teapot(Items):
        def missing(self, request: Any) -> Response:
            return JSONResponse({"error": "no"}, 418 if request.method == "GET" else 404)

    seen = await tried(CHECK, Teapot(), document())
    assert [c.cell for c in seen.evidence.cells if c.verdict == "refuted"] == ["getItem"]
    [finding] = seen.evidence.findings
    assert finding.facts["status"] == 418
    assert "does not exist" in finding.detail


async def test_refutes_another_status_when_repeated() -> None:
    class Twice(Items):
        def missing(self, request: Any) -> Response:
            deleted = request.method == "DELETE" and self.number(request) in self.items
            return JSONResponse({"error": "no"}, 410 if deleted else 404)

    seen = await tried(CHECK, Twice(), document())
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["status"], finding.facts["form"]) == (
        "deleteItem",
        410,
        "the same call again",
    )


async def test_proves_declared_statuses() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    notes = [e.note for e in seen.exchanges if e.operation == "deleteItem"]
    assert "the same call again" in notes
    assert "valid call: an object that does not exist" in notes


async def test_is_unknown_where_no_call_succeeds() -> None:
    seen = await tried(CHECK, Closed(), document())
    assert seen.verdict == "unknown"
    assert "success class" in seen.evidence.why


def test_says_nothing_where_every_status_is_declared() -> None:
    anything = document()
    for path in anything["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {"description": "anything"}
    assert skipped(CHECK, anything).applicable is False


async def test_an_example_that_breaks_the_schema_beside_it_is_owed_no_declared_answer() -> None:
    told = document()
    create = told["paths"]["/items"]["post"]
    create["requestBody"]["content"]["application/json"]["example"] = ["no", "item"]
    create["responses"].pop("422", None)
    create["responses"].pop("400", None)
    seen = await tried(CHECK, Items(), told)
    assert any(e.status == 422 and e.operation == "createItem" for e in seen.exchanges)
    assert seen.cell("createItem") != "refuted"
