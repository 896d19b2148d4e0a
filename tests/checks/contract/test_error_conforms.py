"""An error that is not as declared is refuted, and so is an undeclared one; what cannot be provoked is unknown."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from seamwright.checks.contract.error_conforms import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried


async def test_refutes_a_body_that_is_not_as_declared() -> None:
    class Other(Items):
        def refused(self, status: int) -> Response:
            return JSONResponse({"message": "no"} if status == 422 else {"error": "no"}, status)

    seen = await tried(CHECK, Other(), document())
    [finding] = seen.evidence.findings
    assert (finding.facts["status"], finding.facts["keyword"], finding.severity) == (422, "required", "medium")
    assert set(finding.facts["operations"]) == {"listItems", "createItem"}
    assert seen.cell("getItem") == "proved"


async def test_refutes_a_page_instead_of_an_error_as_one() -> None:
    class Pages(Items):
        def missing(self, request: Any) -> Response:
            return HTMLResponse("<h1>Not Found</h1>", 404)

    seen = await tried(CHECK, Pages(), document())
    [finding] = seen.evidence.findings
    assert (finding.facts["status"], finding.facts["keyword"]) == (404, "content-type")
    assert finding.facts["operations"] == ["getItem", "deleteItem"]


async def test_refutes_a_status_of_its_own_for_broken_input() -> None:
    class Own(Items):
        def refused(self, status: int) -> Response:
            return JSONResponse({"error": "no"}, 418 if status == 422 else status)

    seen = await tried(CHECK, Own(), document())
    [finding] = seen.evidence.findings
    assert (finding.facts["status"], finding.facts["keyword"], finding.severity) == (418, "status", "low")
    assert "declares 400, 415, 422, 404" in finding.title or "declares 422, 404" in finding.title


async def test_a_contract_that_declares_but_a_limit_of_calls_says_nothing_of_broken_input() -> None:
    told = document()
    told["paths"] = {"/items": {"get": told["paths"]["/items"]["get"]}}
    responses = told["paths"]["/items"]["get"]["responses"]
    told["paths"]["/items"]["get"]["responses"] = {"200": responses["200"], "429": {"description": "later"}}
    seen = await tried(CHECK, Items(), told)
    assert seen.verdict == "unknown"
    assert "no error that the contract declares could be brought about" in seen.evidence.why


async def test_refutes_a_header_that_is_missing() -> None:
    told = document()
    told["paths"]["/items"]["get"]["responses"]["422"]["headers"] = {
        "X-Reason": {"required": True, "schema": {"type": "string"}}
    }
    seen = await tried(CHECK, Items(), told)
    [finding] = seen.evidence.findings
    assert finding.facts["place"] == "/headers/x-reason"


async def test_problems_as_another_media_type_are_left_to_their_own_check() -> None:
    told = document()
    for operation in (*told["paths"]["/items"].values(), *told["paths"]["/items/{itemId}"].values()):
        for status in ("404", "422"):
            operation["responses"][status]["content"] = {"application/problem+json": {}}
    assert (await tried(CHECK, Items(), told)).verdict == "proved"


async def test_proves_an_api_that_keeps_its_contract() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    assert {400, 404, 415, 422} <= {e.status for e in seen.exchanges}


async def test_an_unknown_object_may_be_answered_as_undeclared_here() -> None:
    told = document()
    del told["paths"]["/items/{itemId}"]["get"]["responses"]["404"]

    class Numbers(Items):
        async def get(self, request: Any) -> Response:
            return await super().get(request) if self.number(request) else self.refused(422)

    assert (await tried(CHECK, Numbers(), told)).verdict == "proved"


async def test_is_unknown_where_nothing_goes_wrong_or_nothing_is_accepted() -> None:
    class Lenient(Items):
        async def list(self, request: Any) -> Response:
            return self.page(20)

    seen = await tried(CHECK, Lenient(), document())
    assert seen.cell("listItems") == "unknown"
    assert "could be brought about" in seen.evidence.why
    assert (await tried(CHECK, Closed(), document())).verdict == "unknown"


async def test_is_unknown_where_the_error_is_not_the_same_twice() -> None:
    class Wavering(Items):
        calls = 0

        def missing(self, request: Any) -> Response:
            Wavering.calls += 1
            return HTMLResponse("gateway", 404) if Wavering.calls % 2 else super().missing(request)

    told = document()
    del told["paths"]["/items/{itemId}"]["delete"]
    seen = await tried(CHECK, Wavering(), told)
    assert seen.cell("getItem") == "unknown"
    assert "not when it was repeated" in seen.evidence.why


def test_says_nothing_where_no_error_is_declared() -> None:
    told = document()
    for methods in told["paths"].values():
        for operation in methods.values():
            operation["responses"] = {k: v for k, v in operation["responses"].items() if k.startswith("2")}
    assert "declares no error answer" in skipped(CHECK, told).why
