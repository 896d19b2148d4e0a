"""Reading across customers, on an API that forgets to ask, one that hides it well, and one where nobody can tell."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.security.object_read_across_customers import CHECK
from tests.checks.security.notes import DOCUMENT, PEOPLE, Notes, Refused
from tests.checks.stage import skipped, tried


class _OpenToAll(Notes):
    def may_read(self, who: str, note: dict[str, Any]) -> bool:
        return True


class _TellsInTheError(Notes):
    async def _get(self, request: Request) -> Response:
        who, note = self._caller(request), self._found(request)
        return self._answer(request, note, 200 if note["owner"] == who else 403)


class _EmptyInsteadOfRefused(Notes):
    """Looks vulnerable: 200 for somebody else's id. It shows nothing of it, though."""

    async def _get(self, request: Request) -> Response:
        who, note = self._caller(request), self._found(request)
        if note["owner"] != who:
            return self._answer(request, {"id": note["id"], "owner": "", "status": "hidden", "text": ""})
        return self._answer(request, note)


class _CreatesNothing(Notes):
    async def _create(self, request: Request) -> Response:
        raise Refused(503)


class _BreaksForStrangers(Notes):
    def may_read(self, who: str, note: dict[str, Any]) -> bool:
        if who != note["owner"]:
            raise Refused(500)
        return True


async def test_refutes_an_object_that_anybody_may_read() -> None:
    result = await tried(CHECK, _OpenToAll().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert finding.operation == "getNote"
    assert "bob is refused the object that alice owns" in finding.detail
    shown = {e.number: e for e in result.exchanges}
    assert [shown[n].identity for n in finding.exchanges] == ["alice", "alice", "bob", "bob"]


async def test_decides_on_the_canary_and_not_on_the_status() -> None:
    result = await tried(CHECK, _TellsInTheError().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "refuted"
    assert result.evidence.findings[0].facts["status"] == 403


async def test_proves_an_api_that_asks_who_owns_it() -> None:
    result = await tried(CHECK, Notes().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert {e.identity for e in result.exchanges} == {"alice", "bob"}


async def test_proves_an_api_that_answers_200_without_showing_anything() -> None:
    assert (await tried(CHECK, _EmptyInsteadOfRefused().app, DOCUMENT, **PEOPLE)).verdict == "proved"


async def test_unknown_when_no_object_can_be_had() -> None:
    result = await tried(CHECK, _CreatesNothing().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "unknown"
    assert "bob could not create an object" in result.evidence.why


async def test_unknown_when_the_boundary_fails_instead_of_deciding() -> None:
    result = await tried(CHECK, _BreaksForStrangers().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "unknown"
    assert "bob asked for an object of alice" in result.evidence.why


def test_does_not_apply_without_private_objects() -> None:
    assert "'owning'" in skipped(CHECK, DOCUMENT).why
