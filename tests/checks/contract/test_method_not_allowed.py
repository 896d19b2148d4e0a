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
