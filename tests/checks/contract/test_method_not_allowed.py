"""A method that is served though nobody declared it is refuted; a server that answers everything alike is unknown."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.checks.contract.method_not_allowed import CHECK
from tests.checks.contract.items import Items, document
from tests.checks.stage import tried


async def test_refutes_a_method_that_came_along() -> None:
    class Patchable(Items):
        def routes(self) -> list[Route]:
            return [*super().routes(), Route("/items/{item_id}", self.get, methods=["PATCH"])]

    seen = await tried(CHECK, Patchable(), document())
    [finding] = seen.evidence.findings
    assert (finding.facts["method"], finding.facts["path"]) == ("PATCH", "/items/{itemId}")
    assert seen.cell("listItems") == "proved"


async def test_refutes_a_server_error() -> None:
    class Crashes(Items):
        def routes(self) -> list[Route]:
            return [*super().routes(), Route("/items", self.crash, methods=["PUT"])]

        async def crash(self, request: Any) -> Response:
            return JSONResponse({"error": "no"}, 500)

    seen = await tried(CHECK, Crashes(), document())
    assert [(f.facts["method"], f.facts["status"]) for f in seen.evidence.findings] == [("PUT", 500)]


async def test_proves_an_api_that_serves_what_it_declares() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    methods = {e.request.method for e in seen.exchanges if "not declared" in e.note}
    assert methods == {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - {"GET"}


async def test_a_whole_collection_is_deleted_in_a_test_environment_only() -> None:
    seen = await tried(CHECK, Items(), document(), environment="staging")
    tried_on_all = {e.request.method for e in seen.exchanges if e.request.url.endswith("/items") and not e.operation}
    assert tried_on_all == {"PATCH", "TRACE"}


async def test_is_unknown_where_every_path_is_answered() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        answer = JSONResponse({"id": 1, "name": "a", "count": 1}, 200)
        await answer(scope, receive, send)

    seen = await tried(CHECK, app, document())
    assert seen.verdict == "unknown"
    assert "does not exist" in seen.evidence.why


class Allows(Items):
    """Answers 405 with an Allow of its own."""

    allow: str | None = None

    async def not_allowed(self, request: Any, error: Exception) -> Response:
        return JSONResponse({"error": "no"}, 405, {} if self.allow is None else {"allow": self.allow})


async def test_refutes_a_405_without_allow_as_one() -> None:
    seen = await tried(CHECK, Allows(), document())
    [finding] = seen.evidence.findings
    assert (finding.facts["flaw"], finding.severity) == ("no Allow", "low")
    assert finding.facts["operations"] == ["listItems", "getItem"]


async def test_refutes_an_allow_that_leaves_a_declared_method_out() -> None:
    class Less(Allows):
        allow = "GET, HEAD"

    seen = await tried(CHECK, Less(), document())
    [finding] = seen.evidence.findings
    assert finding.facts["flaw"] == "Allow lacks methods"
    assert "POST is declared too" in finding.title


async def test_refutes_an_allow_with_the_method_that_it_refuses() -> None:
    class More(Allows):
        allow = "GET, POST, PUT, DELETE"

    seen = await tried(CHECK, More(), document())
    flaws = [f for f in seen.evidence.findings if f.facts["flaw"] == "Allow contradicts"]
    assert {f.facts["method"] for f in flaws} == {"PUT"}


async def test_404_needs_no_allow() -> None:
    class Hides(Items):
        async def not_allowed(self, request: Any, error: Exception) -> Response:
            return self.refused(404)

    assert (await tried(CHECK, Hides(), document())).verdict == "proved"


async def test_is_unknown_where_it_is_slowed_down() -> None:
    class Slowed(Items):
        async def not_allowed(self, request: Any, error: Exception) -> Response:
            return self.refused(429)

    seen = await tried(CHECK, Slowed(), document())
    assert seen.verdict == "unknown"
    assert "too many requests" in seen.evidence.why
