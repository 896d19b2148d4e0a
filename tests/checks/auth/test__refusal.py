"""A stranger who is neither clearly refused nor clearly let in decides nothing."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from seamwright.checks.auth.anonymous_refused import CHECK
from tests.checks.auth.gate import Gate, alice, document
from tests.checks.stage import tried


async def test_let_in_once_and_then_refused() -> None:
    class Once(Gate):
        def __init__(self) -> None:
            self.left = 1
            super().__init__()

        def subject(self, presented: str) -> str | None:
            return super().subject(presented)

        def refusal(self) -> Response:
            self.left -= 1
            return Response('{"subject": "nobody"}', 200 if self.left == 0 else 401, media_type="application/json")

    told = document()
    told["paths"] = {"/me": told["paths"]["/me"]}
    seen = await tried(CHECK, Once(), told, identities={"alice": alice()})
    assert seen.verdict == "unknown"
    assert "was answered 200 once, and then 401" in seen.evidence.why


async def test_an_answer_that_is_no_refusal_and_no_success() -> None:
    class Broken(Gate):
        def refusal(self) -> Response:
            return Response(status_code=500)

    seen = await tried(CHECK, Broken(), document(), identities={"alice": alice()})
    assert seen.verdict == "unknown"
    assert "was neither refused (401, 403) nor let in: 500" in seen.evidence.why


async def test_a_404_to_everybody_tells_nobody_apart() -> None:
    class Gone(Gate):
        def refusal(self) -> Response:
            return Response(status_code=404)

        async def me(self, request: Any) -> Response:
            return Response(status_code=404)

    seen = await tried(CHECK, Gone(), document(), identities={"alice": alice()})
    assert seen.cell("whoAmI") == "unknown"
    assert "that does not tell them apart" in seen.evidence.why


async def test_the_finding_names_the_operation_and_what_shows_it() -> None:
    class MeOpen(Gate):
        open = frozenset({"me"})

    seen = await tried(CHECK, MeOpen(), document(), identities={"alice": alice()})
    [finding] = seen.evidence.findings
    assert finding.title == (
        "whoAmI (GET /me) lets in a caller without credentials, although the contract asks for credentials"
    )
    assert finding.detail.startswith("expected: 401 to a caller without credentials\nseen: 200 application/json")
    assert finding.by_hand.startswith("curl -i "), "nobody needs credentials to see it again"
    assert finding.by_hand.endswith("/me")
