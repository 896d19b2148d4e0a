"""A crash at a limit is refuted; an API without limits is not spoken of; one that refuses all is unknown."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.server_error_on_boundary import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried


async def test_refutes_a_crash_at_the_largest_page() -> None:
    class OneTooMany(Items):
        def page(self, limit: int) -> Response:
            return JSONResponse({"error": "IndexError"}, 500) if limit == 50 else super().page(limit)

    seen = await tried(CHECK, OneTooMany(), document())
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["place"], finding.facts["keyword"]) == (
        "listItems",
        "query/limit",
        "maximum",
    )
    assert len(finding.exchanges) == 2
    assert seen.cell("createItem") == "proved"


async def test_refutes_a_crash_on_the_longest_text() -> None:
    class NarrowColumn(Items):
        def made(self, body: dict[str, Any]) -> Response:
            return JSONResponse({"error": "DataError"}, 500) if len(body["name"]) > 19 else super().made(body)

    seen = await tried(CHECK, NarrowColumn(), document())
    places = {f.facts["place"] for f in seen.evidence.findings}
    assert places == {"body/name"}


def _nested() -> dict[str, Any]:
    """The contract with an item inside a member of the body."""
    made = document()
    told = made["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    told["schema"] = {
        "type": "object",
        "required": ["item"],
        "properties": {"item": {**told["schema"], "required": ["name"]}},
    }
    del made["paths"]["/items"]["get"]
    return made


class _Inside(Items):
    """Each name is taken once, and a second time is a crash."""

    names: set[str]

    async def create(self, request: Any) -> Response:
        body = (await request.json())["item"]
        self.names = getattr(self, "names", {"a"})
        if body["name"] in self.names:
            return JSONResponse({"error": "IntegrityError"}, 500)
        self.names.add(body["name"])
        return self.made({"count": 1, **body})


async def test_a_text_that_is_taken_only_once_is_no_limit_of_the_object_that_holds_it() -> None:
    seen = await tried(CHECK, _Inside(), _nested())
    assert "body/item" not in {f.facts["place"] for f in seen.evidence.findings}


async def test_refutes_a_crash_at_the_least_members_of_an_object_inside() -> None:
    class Bare(_Inside):
        def made(self, body: dict[str, Any]) -> Response:
            return super().made(body) if "note" in body else JSONResponse({"error": "KeyError"}, 500)

    seen = await tried(CHECK, Bare(), _nested())
    assert "body/item" in {f.facts["place"] for f in seen.evidence.findings}, seen.evidence.why


async def test_proves_and_keeps_to_valid_values() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    assert {e.status for e in seen.exchanges if e.operation == "createItem"} == {201}, "values at a limit are valid"
    assert any(b'"count": 10' in e.request.body for e in seen.exchanges)


async def test_is_unknown_where_no_call_succeeds() -> None:
    seen = await tried(CHECK, Closed(), document())
    assert seen.verdict == "unknown"
    assert "nothing to compare with" in seen.evidence.why


async def test_a_login_is_tried_with_nobodys_password() -> None:
    login = document()
    body = {"type": "object", "required": ["user"], "properties": {"user": {"type": "string", "maxLength": 20}}}
    login["paths"] = {
        "/login": {
            "post": {
                "operationId": "login",
                "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                "responses": {"200": {"description": "in"}, "401": {"description": "out"}},
            }
        }
    }

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Response(status_code=401)(scope, receive, send)

    alice = {"login": {"operation": "login", "body": {"user": "alice"}}}
    seen = await tried(CHECK, app, login, identities={"alice": alice})
    assert seen.verdict == "proved"
    assert not any(b"alice" in e.request.body for e in seen.exchanges)


def test_says_nothing_where_nothing_has_a_limit() -> None:
    bare = document()
    bare["paths"] = {"/": {"get": {"operationId": "root", "responses": {"200": {"description": "ok"}}}}}
    assert "limit" in skipped(CHECK, bare).why


async def test_a_limit_is_not_blamed_for_a_service_that_fails_at_everything_by_now() -> None:
    class Exhausted(Items):
        asked = 0

        async def list(self, request: Any) -> Response:
            self.asked += 1
            return (
                JSONResponse({"error": "no connections left"}, 500) if self.asked > 8 else await super().list(request)
            )

    seen = await tried(CHECK, Exhausted(), document())
    assert seen.cell("listItems") != "refuted"
    assert not [f for f in seen.evidence.findings if f.operation == "listItems"]
