"""Operations of another role: on an API that forgets to ask for it, one that asks, and one where nothing is shown."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.security.admin_operation_refused import CHECK
from tests.checks.security.notes import DOCUMENT, PEOPLE, Notes, Refused
from tests.checks.stage import skipped, tried


class _AdminForAll(Notes):
    def may_administer(self, who: str) -> bool:
        return True


class _EmptyForOthers(Notes):
    """Neither refuses a customer nor shows anything."""

    async def _all(self, request: Request) -> Response:
        notes = list(self.notes.values()) if self._caller(request) == "root" else []
        return self._answer(request, {"items": notes})


class _BrokenForAdmins(Notes):
    def may_administer(self, who: str) -> bool:
        raise Refused(503)


async def test_refutes_operations_that_ask_for_no_role() -> None:
    result = await tried(CHECK, _AdminForAll().app, DOCUMENT, **PEOPLE)
    assert {f.operation for f in result.evidence.findings} == {"archiveNote", "listAllNotes"}
    listed = next(f for f in result.evidence.findings if f.operation == "listAllNotes")
    assert "it shows an object of bob" in listed.detail


async def test_proves_operations_that_ask_for_the_role() -> None:
    result = await tried(CHECK, Notes().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert {c.cell for c in result.evidence.cells} == {"archiveNote", "listAllNotes"}


async def test_unknown_when_a_customer_is_neither_refused_nor_shown_anything() -> None:
    result = await tried(CHECK, _EmptyForOthers().app, DOCUMENT, **PEOPLE)
    assert (result.cell("listAllNotes"), result.cell("archiveNote")) == ("unknown", "proved")
    assert "neither refused nor shown what root sees" in result.evidence.why


async def test_unknown_when_the_admin_control_fails() -> None:
    result = await tried(CHECK, _BrokenForAdmins().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "unknown"
    assert "root may call it, and cannot" in result.evidence.why


def test_does_not_apply_without_a_policy() -> None:
    assert "no policy" in skipped(CHECK, DOCUMENT).why


class _LivesOn(_AdminForAll):
    """Shows a customer all that an admin sees, a moment later; nothing there can be created by a check."""

    looks = 0

    async def _all(self, request: Request) -> Response:
        self._caller(request)
        self.looks += 1
        people = [{"username": name, "balance": self.looks} for name in ("alice", "bob", "root")]
        return self._answer(request, {"items": people})


async def test_refutes_a_listing_that_changes_between_two_looks() -> None:
    result = await tried(CHECK, _LivesOn().app, DOCUMENT, **PEOPLE)
    assert result.cell("listAllNotes") == "refuted"
