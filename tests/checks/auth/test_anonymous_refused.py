"""Routes without their guard are refuted, by what comes back or by what has changed."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from seamwright.checks.auth.anonymous_refused import CHECK
from tests.checks.auth.gate import Gate, alice, document
from tests.checks.stage import skipped, tried


async def test_refutes_a_read_by_the_text_of_its_owner() -> None:
    class ReadOpen(Gate):
        open = frozenset({"read"})

    seen = await tried(CHECK, ReadOpen(), document(), identities={"alice": alice()})
    [finding] = seen.evidence.findings
    assert finding.operation == "getNote"
    assert finding.facts["proof"] == "the answer holds the text that the honest caller had stored"
    witness = next(e for e in seen.exchanges if e.number == finding.exchanges[0])
    assert witness.identity is None
    assert witness.request.header("authorization") is None
    assert seen.cell("whoAmI") == "proved"


async def test_refutes_a_write_by_what_has_changed() -> None:
    class ChangeOpen(Gate):
        open = frozenset({"change"})

    seen = await tried(CHECK, ChangeOpen(), document(), identities={"alice": alice()})
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.severity) == ("changeNote", "critical")
    assert finding.facts["proof"] == "what the honest caller reads has changed by it"


async def test_refutes_a_creation_that_is_answered_alike() -> None:
    class CreateOpen(Gate):
        open = frozenset({"create"})

    seen = await tried(CHECK, CreateOpen(), document(), identities={"alice": alice()})
    assert [f.operation for f in seen.evidence.findings] == ["createNote"]


async def test_refutes_an_answer_that_is_promised_to_others() -> None:
    class MeOpen(Gate):
        open = frozenset({"me"})

    seen = await tried(CHECK, MeOpen(), document(), identities={"alice": alice()})
    assert [f.operation for f in seen.evidence.findings] == ["whoAmI"]


async def test_proves_what_is_guarded_and_leaves_out_what_is_open() -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice()})
    assert seen.verdict == "proved"
    assert {c.cell for c in seen.evidence.cells} == {"createNote", "getNote", "changeNote", "whoAmI"}
    assert {e.status for e in seen.exchanges if e.note == "without credentials"} == {401}


async def test_a_404_counts_as_refusal_where_the_honest_caller_gets_more() -> None:
    class Hiding(Gate):
        def refusal(self) -> Response:
            return Response(status_code=404)

    assert (await tried(CHECK, Hiding(), document(), identities={"alice": alice()})).verdict == "proved"


async def test_is_unknown_where_the_honest_caller_is_refused_too() -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice(iss="https://other.test")})
    assert seen.verdict == "unknown"
    assert seen.evidence.cause == "usage"
    assert seen.evidence.findings == ()


async def test_is_unknown_where_a_write_is_answered_but_nothing_changes() -> None:
    class Pretends(Gate):
        open = frozenset({"change"})

        def changed(self, number: int, text: str) -> Response:
            return JSONResponse({"id": number, "text": text})

    seen = await tried(CHECK, Pretends(), document(), identities={"alice": alice()})
    assert seen.cell("changeNote") == "unknown"
    assert "has not changed" in seen.evidence.why


async def test_is_unknown_where_strangers_see_a_page_instead() -> None:
    class LoginPage(Gate):
        def refusal(self) -> Response:
            return HTMLResponse("<h1>Please log in</h1>")

    seen = await tried(CHECK, LoginPage(), document(), identities={"alice": alice()})
    assert seen.verdict == "unknown"
    assert "Please log in" in seen.evidence.why


async def test_is_unknown_without_anybody_to_compare_with() -> None:
    seen = await tried(CHECK, Gate(), document())
    assert seen.verdict == "unknown"
    assert "identities" in seen.evidence.why
    assert seen.evidence.cause == "usage"


def test_does_not_apply_to_an_open_api() -> None:
    told: dict[str, Any] = document()
    del told["security"]
    assert "credentials" in skipped(CHECK, told).why
