"""Writing across customers: on an API that lets strangers write, one that only says no, and one that cannot be read."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.security.object_write_across_customers import CHECK
from tests.checks.security.notes import DOCUMENT, PEOPLE, Notes, Refused
from tests.checks.stage import tried


class _WrittenByAnybody(Notes):
    def may_write(self, who: str, note: dict[str, Any]) -> bool:
        return True


class _DoesItAndSaysNo(Notes):
    """Deletes first and looks at the owner afterwards."""

    async def _delete(self, request: Request) -> Response:
        who, note = self._caller(request), self._found(request)
        del self.notes[note["id"]]
        if who != note["owner"]:
            raise Refused(403)
        return Response(status_code=204)


class _SaysYesAndDoesNothing(Notes):
    """Looks vulnerable: a stranger's change is answered 200. It changes nothing, though."""

    async def _change(self, request: Request) -> Response:
        who, note = self._caller(request), self._found(request)
        body = await self.body(request)
        if who == note["owner"]:
            note.update(self.taken(body))
        return self._answer(request, note if who == note["owner"] else {**note, **self.taken(body)})


class _ForgetsChanges(Notes):
    def taken(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"text": "always the same"}


async def test_refutes_an_object_that_anybody_may_write() -> None:
    result = await tried(CHECK, _WrittenByAnybody().app, DOCUMENT, **PEOPLE)
    assert {f.operation for f in result.evidence.findings} == {"changeNote", "deleteNote"}
    change = next(f for f in result.evidence.findings if f.operation == "changeNote")
    assert "on the next reading by alice the object has changed: text was" in change.detail


async def test_decides_on_the_next_reading_and_not_on_the_status() -> None:
    result = await tried(CHECK, _DoesItAndSaysNo().app, DOCUMENT, **PEOPLE)
    assert (result.cell("deleteNote"), result.cell("changeNote")) == ("refuted", "proved")
    assert "the object is gone" in result.evidence.findings[0].detail


async def test_proves_an_api_that_asks_who_owns_it() -> None:
    result = await tried(CHECK, Notes().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert {c.cell for c in result.evidence.cells} == {"changeNote", "deleteNote"}


async def test_proves_an_api_that_says_yes_and_changes_nothing() -> None:
    assert (await tried(CHECK, _SaysYesAndDoesNothing().app, DOCUMENT, **PEOPLE)).cell("changeNote") == "proved"


async def test_unknown_when_an_honest_change_cannot_be_seen() -> None:
    result = await tried(CHECK, _ForgetsChanges().app, DOCUMENT, **PEOPLE)
    assert result.cell("changeNote") == "unknown"
    assert "its effect is not seen on the next reading" in result.evidence.why
