"""Where tokens are tried, and what is said when one was let in."""

from __future__ import annotations

from typing import Any

from seamwright.checks.auth._door import door_applies, has_bearer, has_key
from seamwright.checks.auth.forged_token import CHECK
from seamwright.model.check import Applicability, Applies, DoesNotApply
from seamwright.model.identity import Identity
from seamwright.model.subject import Subject
from tests.checks.auth.gate import Gate, alice, document
from tests.checks.stage import contract_of, manifest_of, tried


def _applies(told: dict[str, Any], *rest: Any, **identities: Any) -> Applicability:
    manifest = manifest_of("http://127.0.0.1:9", identities=identities)
    return door_applies(Subject(manifest.boundaries["api"], contract_of(told), manifest), *rest)


def test_the_door_is_the_plainest_safe_operation_that_takes_a_bearer_token() -> None:
    answer = _applies(document(), alice={"token": "t"})
    assert isinstance(answer, Applies)
    assert answer.cells == ("whoAmI",)
    assert answer.left_out["getNote"] == "tokens are tried at whoAmI alone"


def test_without_anybody_able_the_sentence_stays_unless_nothing_could_ever_be_said() -> None:
    assert isinstance(_applies(document()), Applies)
    assert _applies(document(), has_key, "give a key", alice={"token": "t"}) == DoesNotApply("give a key")


def test_an_api_without_bearer_tokens_has_no_door() -> None:
    told = document()
    told["components"]["securitySchemes"]["bearer"] = {"type": "apiKey", "in": "header", "name": "X-Key"}
    assert _applies(told) == DoesNotApply("none of its operations takes a bearer token")
    told = document()
    for path in told["paths"].values():
        path.pop("get", None)
    assert _applies(told) == DoesNotApply("none of its safe operations takes a bearer token")


def test_who_comes_with_what() -> None:
    assert has_bearer(Identity.model_validate({"token": "t"}))
    assert not has_bearer(Identity.model_validate({"basic": {"user": "u", "password": "p"}}))
    assert has_key(Identity.model_validate({"signing_key_file": "issuer.pem"}))
    assert not has_key(Identity())


async def test_a_2xx_that_is_not_what_those_get_who_are_let_in_is_undecided() -> None:
    class Page(Gate):
        def refusal(self) -> Any:
            from starlette.responses import HTMLResponse

            return HTMLResponse("<h1>Please log in</h1>")

    seen = await tried(CHECK, Page(), document(), identities={"alice": alice()})
    assert seen.verdict == "unknown"
    assert "whoAmI: answered 200, but not as declared" in seen.evidence.why


async def test_the_finding_says_only_what_was_seen() -> None:
    class Anything(Gate):
        def subject(self, presented: str) -> str | None:
            return "somebody" if presented else None

    seen = await tried(CHECK, Anything(), document(), identities={"alice": alice()})
    [finding] = seen.evidence.findings
    assert finding.title == "whoAmI (GET /me) lets in text that is no token"
    assert finding.detail.startswith("expected: 401 to text that is no token\nseen: 200 ")
    assert "was refused" not in finding.detail
