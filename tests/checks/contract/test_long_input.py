"""What a long text stops is refuted, what bounds it or takes it is proved, what refuses all is unknown."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import jsonschema_rs
import pytest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.checks.contract import long_input
from seamwright.checks.contract.long_input import CHECK
from tests.checks.contract.items import NEW, Closed, Items, document
from tests.checks.stage import skipped, tried

LONG = 1_000


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_input, "PATIENCE", 0.5)
    monkeypatch.setattr(long_input, "RECOVERY", 1.5)


def _open() -> dict[str, Any]:
    """The contract with a note that may be as long as one likes."""
    made = document()
    waiting: list[Any] = [made]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            node.get("note", {}).pop("maxLength", None)
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return made


class _Open(Items):
    """Takes notes of any length."""

    def __init__(self) -> None:
        super().__init__()
        new: Any = copy.deepcopy(NEW)
        del new["properties"]["note"]["maxLength"]
        self.new = jsonschema_rs.Draft202012Validator(new)


def _is_long(body: Any) -> bool:
    return any(isinstance(value, str) and len(value) > LONG for value in body.values())


async def test_refutes_a_service_that_answers_nobody_after_a_long_text() -> None:
    class Stalls(_Open):
        stalled = False

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if self.stalled:
                await asyncio.sleep(600)
            await super().__call__(scope, receive, send)

        async def create(self, request: Any) -> Response:
            if _is_long(await request.json()):
                self.stalled = True
                await asyncio.sleep(600)
            return await super().create(request)

    seen = await tried(CHECK, Stalls(), _open())
    [finding] = seen.evidence.findings
    assert finding.operation == "createItem"
    assert finding.title.endswith("and the service answers nobody any more")
    assert finding.severity == "high"
    others = [cell.cell for cell in seen.evidence.cells if cell.cell != "createItem"]
    assert not any(seen.cell(cell) == "refuted" for cell in others), "what was stopped by it is not to blame"


async def test_an_object_that_must_be_made_anew_for_each_call_does_not_hide_the_silence() -> None:
    class Stalls(_Open):
        stalled = False

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if self.stalled:
                await asyncio.sleep(600)
            await super().__call__(scope, receive, send)

        def routes(self) -> list[Route]:
            return [*super().routes(), Route("/items/{item_id}/note", self.annotate, methods=["PUT"])]

        async def annotate(self, request: Any) -> Response:
            if self.number(request) not in self.items:
                return self.missing(request)
            if _is_long(await request.json()):
                self.stalled = True
                await asyncio.sleep(600)
            return Response(status_code=204)

        async def create(self, request: Any) -> Response:
            return self.refused(413) if _is_long(await request.json()) else await super().create(request)

    made = _open()
    note = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
    item_id = made["paths"]["/items/{itemId}"]["get"]["parameters"]
    body = {"required": True, "content": {"application/json": {"schema": note}}}
    told = {"204": {"description": "noted"}, "404": {"description": "nothing there"}}
    made["paths"]["/items/{itemId}/note"] = {
        "put": {"operationId": "annotate", "parameters": item_id, "requestBody": body, "responses": told}
    }
    seen = await tried(CHECK, Stalls(), made)
    [finding] = seen.evidence.findings
    assert finding.operation == "annotate"
    assert finding.title.endswith("and the service answers nobody any more")


async def test_refutes_a_call_that_is_never_answered_though_others_are() -> None:
    class Hangs(_Open):
        async def create(self, request: Any) -> Response:
            if _is_long(await request.json()):
                await asyncio.sleep(600)
            return await super().create(request)

    seen = await tried(CHECK, Hangs(), _open())
    [finding] = seen.evidence.findings
    assert "gives no answer when body/" in finding.title
    assert "nobody" not in finding.title
    assert len(finding.exchanges) == 2


async def test_refutes_a_crash_on_a_long_text() -> None:
    class Narrow(_Open):
        def made(self, body: dict[str, Any]) -> Response:
            return JSONResponse({"error": "DataError"}, 500) if _is_long(body) else super().made(body)

    seen = await tried(CHECK, Narrow(), _open())
    [finding] = seen.evidence.findings
    assert finding.facts["status"] == 500
    assert len(finding.exchanges) == 3


async def test_proves_a_service_that_takes_or_refuses_it() -> None:
    class Bounded(_Open):
        async def create(self, request: Any) -> Response:
            return self.refused(413) if _is_long(await request.json()) else await super().create(request)

    assert (await tried(CHECK, _Open(), _open())).cell("createItem") == "proved"
    assert (await tried(CHECK, Bounded(), _open())).cell("createItem") == "proved"


async def test_refutes_a_crash_before_it_is_asked_who_calls() -> None:
    class Picky(_Open):
        async def create(self, request: Any) -> Response:
            return JSONResponse({"error": "no"}, 500) if _is_long(await request.json()) else self.refused(422)

    seen = await tried(CHECK, Picky(), _open())
    assert {f.operation for f in seen.evidence.findings} == {"createItem"}


async def test_is_unknown_where_no_call_is_accepted() -> None:
    seen = await tried(CHECK, Closed(), _open())
    assert seen.verdict == "unknown"
    assert not seen.evidence.findings


async def test_is_unknown_where_it_happened_once() -> None:
    class Once(_Open):
        struck = False

        async def create(self, request: Any) -> Response:
            if _is_long(await request.json()) and not self.struck:
                self.struck = True
                await asyncio.sleep(600)
            return await super().create(request)

    seen = await tried(CHECK, Once(), _open())
    assert seen.cell("createItem") == "unknown"
    assert any("once" in cell.why for cell in seen.evidence.cells)


def test_does_not_apply_where_every_text_has_a_limit() -> None:
    assert "no text" in skipped(CHECK, document()).why
