"""An answer in a type that nobody asked for or declared is refuted; overlooking Accept, and 406, are both right."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from seamwright.checks.contract.not_acceptable import CHECK, UNOFFERED
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried


def two_types(**parameter: Any) -> dict[str, Any]:
    """The contract of items, where a listing comes as CSV too."""
    told = document()
    listing = told["paths"]["/items"]["get"]
    listing["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
    if parameter:
        listing["parameters"].append(parameter)
    return told


class Asked(Items):
    """Looks at what is accepted before it lists."""

    async def list(self, request: Any) -> Response:
        return self.listed(request.headers["accept"], await super().list(request))

    def listed(self, accept: str, usual: Response) -> Response:
        return usual


async def test_refutes_a_page_for_people() -> None:
    class Pages(Asked):
        def listed(self, accept: str, usual: Response) -> Response:
            return usual if "json" in accept else HTMLResponse("<h1>items</h1>")

    seen = await tried(CHECK, Pages(), document())
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.severity) == ("listItems", "low")
    assert "text/html, neither asked for nor declared" in finding.title
    witness = next(e for e in seen.exchanges if e.number == finding.exchanges[0])
    assert witness.request.header("accept") == UNOFFERED
    assert seen.cell("getItem") == "proved"


async def test_refutes_a_crash_in_every_operation_as_one() -> None:
    class Crashes(Items):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            wanted = dict(scope["headers"]).get(b"accept", b"")
            if b"unoffered" in wanted:
                await PlainTextResponse("Internal Server Error", 500)(scope, receive, send)
            else:
                await super().__call__(scope, receive, send)

    seen = await tried(CHECK, Crashes(), document())
    [finding] = seen.evidence.findings
    assert (finding.severity, finding.count) == ("medium", 3)
    assert finding.facts["operations"] == ["listItems", "createItem", "getItem"]


async def test_refutes_a_declared_type_that_cannot_be_had() -> None:
    seen = await tried(CHECK, Items(), two_types())
    [finding] = seen.evidence.findings
    assert finding.facts["accept"] == "text/csv"
    assert finding.facts["answered_as"] == "application/json"


async def test_refutes_a_declared_type_that_is_refused() -> None:
    class Strict(Asked):
        def listed(self, accept: str, usual: Response) -> Response:
            return usual if "json" in accept else JSONResponse({"error": "no"}, 406)

    seen = await tried(CHECK, Strict(), two_types())
    [finding] = seen.evidence.findings
    assert (finding.facts["status"], finding.severity) == (406, "medium")


async def test_proves_both_ways_that_the_rfc_allows() -> None:
    class Strict(Asked):
        def listed(self, accept: str, usual: Response) -> Response:
            return usual if "json" in accept else JSONResponse({"error": "no"}, 406)

    assert (await tried(CHECK, Items(), document())).verdict == "proved"
    assert (await tried(CHECK, Strict(), document())).verdict == "proved"


async def test_proves_a_listing_that_comes_as_it_is_asked_for() -> None:
    class Both(Asked):
        def listed(self, accept: str, usual: Response) -> Response:
            return PlainTextResponse("id,name\n", media_type="text/csv") if accept == "text/csv" else usual

    seen = await tried(CHECK, Both(), two_types())
    assert seen.verdict == "proved"
    assert {e.request.header("accept") for e in seen.exchanges} >= {"text/csv", "application/json", UNOFFERED}


async def test_a_parameter_that_chooses_the_format_leaves_nothing_to_accept() -> None:
    told = two_types(name="format", **{"in": "query"}, schema={"type": "string", "enum": ["json", "csv"]})
    assert (await tried(CHECK, Items(), told)).verdict == "proved"


async def test_stored_files_come_as_they_were_stored() -> None:
    told = document()
    content = told["paths"]["/items"]["get"]["responses"]["200"]["content"]
    content |= {"image/png": {}, "image/jpeg": {}}
    assert (await tried(CHECK, Items(), told)).verdict == "proved"


async def test_is_unknown_where_an_ordinary_answer_is_of_another_type_already() -> None:
    class Text(Asked):
        def listed(self, accept: str, usual: Response) -> Response:
            return PlainTextResponse("items")

    seen = await tried(CHECK, Text(), document())
    assert seen.cell("listItems") == "unknown"
    assert "contract.response-conforms" in seen.evidence.why


async def test_is_unknown_where_it_is_slowed_down_or_closed() -> None:
    class Slowed(Asked):
        def listed(self, accept: str, usual: Response) -> Response:
            return usual if "json" in accept else JSONResponse({"error": "no"}, 429)

    seen = await tried(CHECK, Slowed(), document())
    assert seen.cell("listItems") == "unknown"
    assert "429" in seen.evidence.why
    assert (await tried(CHECK, Closed(), document())).verdict == "unknown"


def test_says_nothing_where_no_type_is_declared() -> None:
    told = document()
    for methods in told["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                answer.pop("content", None)
    assert "declares no media type" in skipped(CHECK, told).why
