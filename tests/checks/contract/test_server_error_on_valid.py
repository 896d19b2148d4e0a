"""A crash on valid input is refuted when it happens twice; one that does not come again is unknown."""

from __future__ import annotations

import asyncio
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


async def test_blames_no_part_of_a_call_where_the_accepted_one_fails_by_now_as_well() -> None:
    class Spoilt(Items):
        answered = 0

        async def list(self, request: Any) -> Response:
            self.answered += 1
            return await super().list(request) if self.answered < 4 else JSONResponse({"error": "a bad row"}, 500)

    seen = await tried(CHECK, Spoilt(), document())
    assert seen.cell("listItems") == "refuted"
    assert not [f.title for f in seen.evidence.findings if "because of" in f.title]

    class LimitCrashes(Items):
        def page(self, limit: int) -> Response:
            return super().page(limit) if limit == 20 else JSONResponse({"error": "no"}, 500)

    seen = await tried(CHECK, LimitCrashes(), document())
    assert [f.title for f in seen.evidence.findings if "because of query/limit" in f.title]


async def test_blames_no_part_where_the_accepted_call_is_so_only_because_what_it_asks_for_is_there() -> None:
    class Sessions(Items):
        """Starts nothing for a name that it knows, and cannot start anything for any other one."""

        known = ""

        def made(self, body: dict[str, Any]) -> Response:
            self.known = self.known or body["name"]
            return super().made(body) if body["name"] == self.known else JSONResponse({"error": "no"}, 500)

    seen = await tried(CHECK, Sessions(), document())
    assert seen.cell("createItem") == "refuted"
    assert not [f.title for f in seen.evidence.findings if "because of" in f.title]

    class LongNames(Items):
        def made(self, body: dict[str, Any]) -> Response:
            return super().made(body) if len(body["name"]) < 12 else JSONResponse({"error": "no"}, 500)

    told = document()
    schema = told["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    schema["example"] = {"name": "lamp", "count": 1}
    seen = await tried(CHECK, LongNames(), told)
    assert [f.title for f in seen.evidence.findings if "because of body/name" in f.title]


async def test_what_fails_for_good_is_told_with_the_last_write_before_it() -> None:
    class Spoilt(Items):
        async def list(self, request: Any) -> Response:
            bad = any("note" in item for item in self.items.values())
            return JSONResponse({"error": "a bad row"}, 500) if bad else await super().list(request)

    seen = await tried(CHECK, Spoilt(), document(), boundary={"exclude": ["getItem", "deleteItem"]})
    [finding] = [f for f in seen.evidence.findings if f.operation == "listItems"]
    assert "by now also to a call that it had accepted; before that wrote" in finding.title
    assert finding.facts["written before"] == ["createItem"]
    witnesses = [e for e in seen.exchanges if e.number in finding.exchanges]
    assert [e.status for e in witnesses if e.operation == "createItem"] == [201]


async def test_a_write_that_was_answered_with_a_server_error_may_be_what_was_stored() -> None:
    class StoredAllTheSame(Items):
        bad = False

        async def list(self, request: Any) -> Response:
            return JSONResponse({"error": "a bad row"}, 500) if self.bad else await super().list(request)

        def made(self, body: dict[str, Any]) -> Response:
            if "note" not in body:
                return super().made(body)
            self.bad = True
            return JSONResponse({"error": "it does not fit the answer"}, 500)

    seen = await tried(CHECK, StoredAllTheSame(), document(), boundary={"exclude": ["getItem", "deleteItem"]})
    [finding] = [f for f in seen.evidence.findings if f.operation == "listItems"]
    assert "before that wrote createItem" in finding.title
    witnesses = [e for e in seen.exchanges if e.number in finding.exchanges]
    assert [e.status for e in witnesses if e.operation == "createItem"] == [500]


async def test_a_name_that_is_taken_only_once_does_not_fail_for_good() -> None:
    class Taken(Items):
        def made(self, body: dict[str, Any]) -> Response:
            taken = any(item.get("name") == body["name"] for item in self.items.values())
            return JSONResponse({"error": "UniqueViolation"}, 500) if taken else super().made(body)

    told = document()
    schema = told["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    schema["example"] = {"name": "lamp", "count": 1}
    seen = await tried(CHECK, Taken(), told)
    assert seen.cell("createItem") == "refuted"
    assert not [f.title for f in seen.evidence.findings if "by now" in f.title]


async def test_proves_where_every_form_is_answered() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    bodies = [e.request.body for e in seen.exchanges if e.operation == "createItem"]
    assert any(b"note" in body for body in bodies)
    assert any(b"note" not in body for body in bodies)


async def test_is_unknown_when_it_happens_once_only() -> None:
    class Once(Items):
        failed = False

        async def list(self, request: Any) -> Response:
            fails, self.failed = not self.failed, True
            return JSONResponse({"error": "no"}, 503) if fails else await super().list(request)

    seen = await tried(CHECK, Once(), document())
    assert seen.cell("listItems") == "unknown"
    assert "503 once, and not when it was repeated" in seen.evidence.why


async def test_refutes_the_same_error_that_comes_now_and_then_to_calls_that_are_under_way_together() -> None:
    class Locked(Items):
        busy = 0

        async def list(self, request: Any) -> Response:
            self.busy += 1
            try:
                await asyncio.sleep(0.01)
                return JSONResponse({"error": "locked"}, 503) if self.busy > 1 else await super().list(request)
            finally:
                self.busy -= 1

    seen = await tried(CHECK, Locked(), document())
    assert seen.cell("listItems") == "refuted"
    [finding] = seen.evidence.findings
    assert "now and then, while other calls are under way" in finding.title
    assert finding.count >= 2


async def test_is_unknown_where_no_call_succeeds() -> None:
    seen = await tried(CHECK, Closed(), document())
    assert seen.verdict == "unknown"


async def test_is_unknown_where_the_time_ends_before_a_server_error_could_be_repeated() -> None:
    class FailsAndHangs(Items):
        calls = 0

        async def list(self, request: Any) -> Response:
            self.calls += "limit" in request.query_params
            if self.calls < 12:
                return await super().list(request)
            if self.calls > 12:
                await asyncio.Event().wait()
            return JSONResponse({"error": "no"}, 500)

    seen = await tried(CHECK, FailsAndHangs(), document(), budget=5.0, boundary={"exclude": ["getItem", "deleteItem"]})
    assert seen.cell("listItems") == "unknown"
    assert "answered 500, and the time ended before it was repeated" in seen.evidence.why


def _shelves() -> dict[str, Any]:
    """A contract of shelves, which are only listed, with books that nothing makes and no listing shows."""
    told = {"404": {"description": "none"}}
    shelf = {"name": "shelfId", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    book = {"name": "bookId", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    shown = {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}}
    listing = {"description": "all", "content": {"application/json": {"schema": shown}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "shelves", "version": "1"},
        "paths": {
            "/shelves": {"get": {"operationId": "listShelves", "responses": {"200": listing}}},
            "/shelves/{shelfId}/books": {
                "parameters": [shelf],
                "get": {"operationId": "listBooks", "responses": {"200": listing, **told}},
            },
            "/shelves/{shelfId}/books/{bookId}": {
                "parameters": [shelf, book],
                "get": {"operationId": "getBook", "responses": {"200": {"description": "it"}, **told}},
            },
        },
    }


class _Shelves:
    """Knows one shelf and no book; below a shelf that is there, `_book` answers."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        parts = scope["path"].strip("/").split("/")
        if len(parts) == 1:
            answer: Response = JSONResponse([{"id": "tall-17"}])
        elif parts[1] != "tall-17":
            answer = Response(status_code=404)
        else:
            answer = JSONResponse([]) if len(parts) == 3 else self._book()
        await answer(scope, receive, send)

    def _book(self) -> Response:
        return JSONResponse({"error": "None has no title"}, 500)


async def test_an_object_that_is_not_there_is_asked_for_below_a_parent_that_is() -> None:
    seen = await tried(CHECK, _Shelves(), _shelves())
    [finding] = seen.evidence.findings
    assert finding.operation == "getBook"
    assert "/shelves/tall-17/books/" in finding.detail

    class Correct(_Shelves):
        def _book(self) -> Response:
            return Response(status_code=404)

    seen = await tried(CHECK, Correct(), _shelves())
    assert not seen.evidence.findings
    assert seen.cell("getBook") == "unknown"


async def test_what_lets_nobody_in_is_not_asked_again_and_again() -> None:
    asked: list[str] = []

    class Locked(_Shelves):
        def _book(self) -> Response:
            asked.append("getBook")
            return JSONResponse({"error": "another token, please"}, 401)

    seen = await tried(CHECK, Locked(), _shelves())
    assert seen.cell("getBook") == "unknown"
    assert len(asked) == 1
