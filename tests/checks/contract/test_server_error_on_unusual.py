"""A crash on a value that nobody forbids is refuted, told once for all its places, and proved absent or unknown."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.server_error_on_unusual import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried


def open_document() -> dict[str, Any]:
    """The items' contract, with a note that may be any text."""
    open_ = copy.deepcopy(document())
    body = open_["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    while "$ref" in body:
        body = open_["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    body["properties"]["note"] = {"type": "string"}
    body["properties"]["remark"] = {"type": "string"}
    return open_


class NoNul(Items):
    """Its database stores no NUL, and nobody looks before; it takes a remark too, and does not keep it."""

    def valid(self, body: Any) -> bool:
        return super().valid({name: value for name, value in body.items() if name != "remark"})

    def made(self, body: dict[str, Any]) -> Response:
        for name, value in body.items():
            if isinstance(value, str) and "\0" in value:
                return JSONResponse({"error": f"cannot store {name!r}", "at": 1700000000 + len(value)}, 500)
        return super().made({name: value for name, value in body.items() if name != "remark"})


async def test_refutes_a_crash_once_for_all_the_places_where_it_shows() -> None:
    seen = await tried(CHECK, NoNul(), open_document())

    assert seen.cell("createItem") == "refuted"
    [finding] = [f for f in seen.evidence.findings if "NUL" in f.title]
    assert {"body/note", "body/remark"} <= set(finding.facts["places"])
    assert finding.count >= 2
    witnesses = [e for e in seen.exchanges if e.number in finding.exchanges]
    assert [e.status for e in witnesses].count(500) == 2, "told only when it happened twice"
    assert any(e.ok for e in witnesses), "and the honest call worked"


async def test_a_value_is_not_blamed_for_what_fails_without_it() -> None:
    """An odd name comes in a body of its own, and there it may be another member that fails."""

    class NoTag(Items):
        def valid(self, body: Any) -> bool:
            return isinstance(body, dict)

        def made(self, body: dict[str, Any]) -> Response:
            if "tag" in body:
                return JSONResponse({"error": "no tag"}, 500)
            return JSONResponse({"id": 1, "name": "a", "count": 1}, 201)

    told = open_document()
    body = told["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    deep = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
    body["schema"] = {
        "type": "object",
        "properties": {"deep": deep, "tag": {"type": ["string", "null"], "maxLength": 3, "pattern": "^[a-z]*$"}},
        "additionalProperties": False,
    }
    body["example"] = {}
    seen = await tried(CHECK, NoTag(), told)
    titles = {f.title for f in seen.evidence.findings}
    assert not [title for title in titles if "body/deep" in title], titles
    assert [title for title in titles if "because of body/tag" in title], titles


async def test_a_strange_name_is_not_blamed_where_any_object_that_does_not_exist_fails() -> None:
    named: Any = open_document()
    for operation in named["paths"]["/items/{itemId}"].values():
        operation["parameters"][0]["schema"] = {"type": "string", "minLength": 1}

    class Trusting(Items):
        async def get(self, request: Any) -> Response:
            found = await super().get(request)
            return found if found.status_code == 200 else JSONResponse({"error": "None has no id"}, 500)

    seen = await tried(CHECK, Trusting(), named)
    [finding] = [f for f in seen.evidence.findings if f.operation == "getItem"]
    assert finding.title.endswith("to a valid call on an object that does not exist")

    class Picky(Items):
        async def get(self, request: Any) -> Response:
            if not request.path_params["item_id"].isascii():
                return JSONResponse({"error": "not in this encoding"}, 500)
            return await super().get(request)

    seen = await tried(CHECK, Picky(), named)
    titles = [f.title for f in seen.evidence.findings if f.operation == "getItem"]
    assert titles
    assert not [title for title in titles if "does not exist" in title]


async def test_proves_where_such_values_are_taken_or_refused() -> None:
    class Looks(NoNul):
        def made(self, body: dict[str, Any]) -> Response:
            answer = super().made(body)
            return JSONResponse({"error": "no NUL, please"}, 422) if answer.status_code == 500 else answer

    seen = await tried(CHECK, Looks(), open_document())

    assert seen.verdict == "proved"
    assert seen.evidence.tried > 20


async def test_is_unknown_where_it_does_not_happen_again() -> None:
    class Once(Items):
        failed = False

        def made(self, body: dict[str, Any]) -> Response:
            if "\0" in str(body.get("note")) and not self.failed:
                self.failed = True
                return JSONResponse({"error": "no"}, 500)
            return super().made({name: value for name, value in body.items() if name != "remark"})

    seen = await tried(CHECK, Once(), open_document())

    assert seen.cell("createItem") == "unknown"
    assert "when repeated" in seen.evidence.why


async def test_is_unknown_where_no_call_succeeds() -> None:
    assert (await tried(CHECK, Closed(), open_document())).verdict == "unknown"


def test_does_not_apply_where_everything_is_bounded() -> None:
    bounded = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/n": {"get": {"operationId": "n", "responses": {"200": {"description": "ok"}}}}},
    }

    assert "bounded" in skipped(CHECK, bounded).why


async def test_is_unknown_where_the_time_ends_before_a_failure_could_be_repeated() -> None:
    class FailsAndHangs(Items):
        odd = 0

        async def create(self, request: Any) -> Response:
            if self.odd > 20:
                await asyncio.Event().wait()
            return await super().create(request)

        def made(self, body: dict[str, Any]) -> Response:
            self.odd += 1
            return JSONResponse({"error": "no"}, 500) if self.odd > 20 else super().made(body)

        def valid(self, body: Any) -> bool:
            return isinstance(body, dict)

    seen = await tried(CHECK, FailsAndHangs(), open_document(), budget=5.0)
    assert seen.cell("createItem") == "unknown"
    assert "answered 500, and the time ended before it was repeated" in seen.evidence.why


class _ReadsForms(Items):
    """Looks for a form in whatever says that it is one, and a form wants a boundary."""

    async def delete(self, request: Any) -> Response:
        if "multipart" in request.headers.get("content-type", ""):
            return JSONResponse({"error": "no boundary"}, 500)
        return await super().delete(request)


async def test_a_form_without_a_boundary_is_said_to_be_there_where_a_call_has_no_body() -> None:
    told = document()
    told["paths"]["/items/{itemId}"]["delete"]["parameters"][0]["schema"] = {"type": ["string", "integer"]}
    crash = await tried(CHECK, _ReadsForms(), told)
    assert crash.cell("deleteItem") == "refuted"
    [finding] = crash.evidence.findings
    assert finding.facts["places"] == ["header/Content-Type"]
    assert (await tried(CHECK, Items(), told)).cell("deleteItem") == "proved"
