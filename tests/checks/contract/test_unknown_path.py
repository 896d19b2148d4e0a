"""A path that is not there and is answered as if it were is refuted; 404 is proved; a page at a root says nothing."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from seamwright.checks.contract.unknown_path import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried


class Answers(Items):
    """Answers every other path as it is told."""

    def routes(self) -> list[Route]:
        return [*super().routes(), Route("/{rest:path}", self.rest)]

    async def rest(self, request: Any) -> Response:
        return self.otherwise(request.url.path)

    def otherwise(self, path: str) -> Response:
        return self.refused(404)


async def test_refutes_an_answer_that_looks_like_success() -> None:
    class Catches(Answers):
        def otherwise(self, path: str) -> Response:
            return JSONResponse({"items": []})

    seen = await tried(CHECK, Catches(), document())
    [finding] = seen.evidence.findings
    assert (finding.severity, finding.facts["status"], finding.count) == ("medium", 200, 2)
    assert len({e.request.url for e in seen.exchanges if e.number in finding.exchanges}) == len(finding.exchanges)


async def test_refutes_a_server_error() -> None:
    class Crashes(Answers):
        def otherwise(self, path: str) -> Response:
            return PlainTextResponse("Internal Server Error", 500)

    seen = await tried(CHECK, Crashes(), document())
    [finding] = seen.evidence.findings
    assert finding.facts["status"] == 500


async def test_refutes_a_page_below_a_path_of_the_api() -> None:
    class Shell(Answers):
        def otherwise(self, path: str) -> Response:
            return HTMLResponse("<div id=app></div>")

    seen = await tried(CHECK, Shell(), document())
    [finding] = seen.evidence.findings
    assert (finding.severity, finding.facts["below"], finding.count) == ("low", "/items", 1)


async def test_a_page_at_the_root_is_the_right_of_a_site() -> None:
    class Site(Answers):
        def otherwise(self, path: str) -> Response:
            return self.refused(404) if path.startswith("/items") else HTMLResponse("<div id=app></div>")

    seen = await tried(CHECK, Site(), document())
    assert seen.verdict == "proved"
    assert seen.evidence.tried == 1
    told = document()
    told["paths"] = {"/{slug}": told["paths"]["/items"]}
    told["paths"]["/{slug}"]["parameters"] = [
        {"name": "slug", "in": "path", "required": True, "schema": {"const": "items"}}
    ]
    assert "cover every path" in skipped(CHECK, told).why


async def test_below_a_prefix_that_all_paths_share_even_a_page_misleads() -> None:
    told = document()
    told["paths"] = {f"/api/v1{path}": item for path, item in told["paths"].items()}

    class Served(Answers):
        def otherwise(self, path: str) -> Response:
            return HTMLResponse("<div id=app></div>")

        def routes(self) -> list[Route]:
            own = [Route(f"/api/v1{r.path}", r.endpoint, methods=list(r.methods or ())) for r in super().routes()]
            return [*own, Route("/{rest:path}", self.rest)]

    seen = await tried(CHECK, Served(), told)
    [finding] = seen.evidence.findings
    assert finding.facts["below"] == "/api/v1"


async def test_proves_404_and_403() -> None:
    class Hides(Answers):
        def otherwise(self, path: str) -> Response:
            return self.refused(403)

    assert (await tried(CHECK, Items(), document())).verdict == "proved"
    assert (await tried(CHECK, Hides(), document())).verdict == "proved"


async def test_a_slash_at_the_end_is_followed() -> None:
    class Slashes(Answers):
        def otherwise(self, path: str) -> Response:
            return self.refused(404) if path.endswith("/") else RedirectResponse(f"{path}/", 301)

    assert (await tried(CHECK, Slashes(), document())).verdict == "proved"


async def test_is_unknown_where_it_leads_elsewhere() -> None:
    class Leads(Answers):
        def otherwise(self, path: str) -> Response:
            return RedirectResponse("/login", 302)

    seen = await tried(CHECK, Leads(), document())
    assert seen.verdict == "unknown"
    assert "/login" in seen.evidence.why


async def test_a_parameter_that_stands_for_a_whole_path_covers_it() -> None:
    told = document()
    told["paths"]["/items/{path}"] = {"get": told["paths"]["/items/{itemId}"].pop("get")}
    told["paths"]["/items/{path}"]["get"]["parameters"][0]["name"] = "path"
    seen = await tried(CHECK, Items(), told)
    assert seen.verdict == "proved"
    assert not any("/items/unknown" in e.request.url for e in seen.exchanges)


async def test_a_fragment_in_a_path_is_never_sent_and_no_unknown_one() -> None:
    told = document()
    told["paths"]["/items#small"] = {"get": {**told["paths"]["/items"]["get"], "operationId": "listSmall"}}
    seen = await tried(CHECK, Items(), told)
    assert seen.verdict == "proved"


async def test_is_unknown_where_no_operation_is_answered_either() -> None:
    seen = await tried(CHECK, Closed(), document())
    assert seen.verdict == "unknown"
    assert "nothing to compare with" in seen.evidence.why
