"""Tokens that are read without being verified are refuted; opaque ones are unknown."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from starlette.responses import Response

from seamwright.checks.auth.forged_token import CHECK
from tests.checks.auth.gate import Gate, alice, document
from tests.checks.stage import skipped, tried


class _Believing(Gate):
    def verified(self, presented: str) -> dict[str, Any] | None:
        part = presented.split(".")[1] if presented.count(".") == 2 else ""
        try:
            claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        except ValueError:
            return None
        return claims


async def test_refutes_claims_that_are_believed() -> None:
    seen = await tried(CHECK, _Believing(), document(), identities={"alice": alice()})
    [finding] = seen.evidence.findings
    assert finding.operation == "whoAmI"
    assert finding.count == 2, "the flipped bit and the changed subject are one root cause"
    assert seen.evidence.tried == 2


async def test_refutes_any_text_as_token() -> None:
    class Anything(Gate):
        def subject(self, presented: str) -> str | None:
            return "somebody" if presented else None

    seen = await tried(CHECK, Anything(), document(), identities={"alice": alice()})
    [finding] = seen.evidence.findings
    assert finding.facts["wrong"] == "any-token"


async def test_proves_a_gate_that_verifies() -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice()})
    assert seen.verdict == "proved"
    assert [e.status for e in seen.exchanges] == [200, 401, 401, 401, 200]


async def test_is_unknown_for_an_opaque_token() -> None:
    class Opaque(Gate):
        def subject(self, presented: str) -> str | None:
            return "alice" if presented == "sesame-opaque" else None

    seen = await tried(CHECK, Opaque(), document(), identities={"alice": {"token": "sesame-opaque"}})
    assert seen.verdict == "unknown"
    assert "no signed JWT" in seen.evidence.why


async def test_is_unknown_where_the_honest_token_is_refused() -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice(aud="elsewhere")})
    assert seen.verdict == "unknown"
    assert seen.evidence.cause == "usage"


async def test_is_unknown_where_a_forged_token_crashes_the_service() -> None:
    class Crashes(Gate):
        def refusal(self) -> Response:
            return Response(status_code=500)

    seen = await tried(CHECK, Crashes(), document(), identities={"alice": alice()})
    assert seen.verdict == "unknown"
    assert "neither let in nor refused" in seen.evidence.why


async def test_is_unknown_where_nobody_has_a_token() -> None:
    seen = await tried(CHECK, Gate(), document())
    assert seen.verdict == "unknown"
    assert seen.evidence.cause == "usage"
    assert "identities" in seen.evidence.why


def test_does_not_apply_without_bearer_tokens() -> None:
    told = document()
    told["components"]["securitySchemes"]["bearer"] = {"type": "apiKey", "in": "header", "name": "x-key"}
    assert "bearer" in skipped(CHECK, told, identities={"alice": alice()}).why


def _keyed() -> dict[str, Any]:
    """The contract in which a token is called a key in the Authorization header."""
    told = document()
    told["components"]["securitySchemes"]["bearer"] = {"type": "apiKey", "in": "header", "name": "Authorization"}
    return told


@pytest.mark.parametrize("form", ["token", ""], ids=["Token …", "nothing before it"])
async def test_tokens_are_tried_in_the_form_that_lets_honest_ones_in(form: str) -> None:
    class Named(Gate):
        word = form

    class Believing(_Believing):
        word = form

    seen = await tried(CHECK, Named(), _keyed(), identities={"alice": alice()})
    assert seen.verdict == "proved", seen.evidence.why
    seen = await tried(CHECK, Believing(), _keyed(), identities={"alice": alice()})
    assert [finding.operation for finding in seen.evidence.findings] == ["whoAmI"]
    opaque = {"alice": {"token": "sesame-opaque"}}

    class Opaque(Named):
        def subject(self, presented: str) -> str | None:
            return "alice" if presented == "sesame-opaque" else None

    seen = await tried(CHECK, Opaque(), _keyed(), identities=opaque)
    assert seen.verdict == "unknown"
    assert "no signed JWT" in seen.evidence.why


async def test_the_word_of_the_manifest_stands_before_what_is_tried() -> None:
    class Named(_Believing):
        word = "jwt"

    seen = await tried(CHECK, Named(), document(), identities={"alice": {**alice(), "prefix": "JWT"}})
    assert [finding.operation for finding in seen.evidence.findings] == ["whoAmI"]


def test_a_key_of_somebody_without_a_token_is_none() -> None:
    assert "takes a bearer token" in skipped(CHECK, _keyed(), identities={"alice": {"api_key": {"value": "k"}}}).why
