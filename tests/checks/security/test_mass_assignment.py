"""Undeclared fields: on an API that takes them over, one that ignores them, one that echoes them, one that fails."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.security.mass_assignment import CHECK
from tests.checks.security.notes import DOCUMENT, PEOPLE, Notes, Refused
from tests.checks.stage import tried


class _TakesAll(Notes):
    def taken(self, body: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in body.items() if name not in ("id", "owner")}


class _EchoesAll(Notes):
    """Looks vulnerable: the answer repeats whatever was sent. It is not kept, though."""

    async def _change(self, request: Request) -> Response:
        note, body = self._writable(request), await self.body(request)
        note.update(self.taken(body))
        return self._answer(request, {**note, **body})


class _RefusesAll(Notes):
    def taken(self, body: dict[str, Any]) -> dict[str, Any]:
        if set(body) != {"text"}:
            raise Refused(422)
        return body


class _FailsOnMore(Notes):
    def taken(self, body: dict[str, Any]) -> dict[str, Any]:
        if set(body) != {"text"}:
            raise Refused(500)
        return body


async def test_refutes_an_api_that_takes_over_what_it_is_given() -> None:
    result = await tried(CHECK, _TakesAll().app, DOCUMENT, **PEOPLE)
    findings = {f.operation: f for f in result.evidence.findings}
    assert set(findings) == {"createNote", "changeNote"}
    assert {"status", "is_admin"} <= set(findings["changeNote"].facts["fields"])
    assert "owner" not in findings["changeNote"].facts["fields"]


async def test_proves_an_api_that_ignores_them() -> None:
    result = await tried(CHECK, Notes().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert {"owner", "status"} <= set(result.evidence.measures["createNote ignored"])


async def test_proves_an_api_that_refuses_them() -> None:
    result = await tried(CHECK, _RefusesAll().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert {"owner", "status"} <= set(result.evidence.measures["changeNote refused"])


async def test_proves_an_api_that_only_echoes_them() -> None:
    assert (await tried(CHECK, _EchoesAll().app, DOCUMENT, **PEOPLE)).verdict == "proved"


async def test_unknown_when_the_boundary_fails_on_them() -> None:
    result = await tried(CHECK, _FailsOnMore().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "unknown"
    assert "the boundary failed instead of deciding" in result.evidence.why


async def test_unknown_when_no_reading_shows_what_was_sent() -> None:
    """A field that is stored and never shown is as good as a field that is ignored, to whoever only reads."""

    class _ShowsLittle(_TakesAll):
        def _answer(self, request: Request, content: Any, status: int = 200) -> Response:
            if isinstance(content, dict) and "text" in content:
                content = {name: content[name] for name in ("id", "text")}
            return super()._answer(request, content, status)

    little = {"type": "object", "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}
    told = deepcopy(DOCUMENT)
    for place in ("/notes", "/notes/{id}"):
        for operation in told["paths"][place].values():
            for answer in operation["responses"].values():
                if operation["operationId"] != "listNotes" and "content" in answer:
                    answer["content"]["application/json"]["schema"] = little
    result = await tried(CHECK, _ShowsLittle().app, told, **PEOPLE)
    assert result.verdict == "unknown", result.evidence
    assert "no reading shows" in result.evidence.why
