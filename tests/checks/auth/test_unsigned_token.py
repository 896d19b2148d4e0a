"""`none` in any spelling, and an empty signature, are refuted when let in."""

from __future__ import annotations

import base64
import json
from typing import Any

from seamwright.checks.auth.unsigned_token import CHECK
from tests.checks.auth.gate import Gate, alice, document
from tests.checks.stage import tried


def _decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class _NoneBelieved(Gate):
    spellings: frozenset[str] = frozenset({"none"})

    def verified(self, presented: str) -> dict[str, Any] | None:
        parts = presented.split(".")
        try:
            if len(parts) == 3 and not parts[2] and _decoded(parts[0])["alg"] in self.spellings:
                claims: dict[str, Any] = _decoded(parts[1])
                return claims
        except ValueError:
            return None
        return super().verified(presented)


async def test_refutes_the_algorithm_none() -> None:
    seen = await tried(CHECK, _NoneBelieved(), document(), identities={"alice": alice()})
    [finding] = seen.evidence.findings
    assert finding.facts["wrong"] == "none"
    assert finding.severity == "critical"


async def test_refutes_another_spelling_alone() -> None:
    class Filtered(_NoneBelieved):
        spellings = frozenset({"nOnE"})

    seen = await tried(CHECK, Filtered(), document(), identities={"alice": alice()})
    assert "nOnE" in seen.evidence.findings[0].title


async def test_refutes_an_empty_signature() -> None:
    class Unsigned(_NoneBelieved):
        spellings = frozenset({"RS256"})

    seen = await tried(CHECK, Unsigned(), document(), identities={"alice": alice()})
    assert [f.facts["wrong"] for f in seen.evidence.findings] == ["empty-signature"]


async def test_proves_a_gate_that_asks_for_signatures() -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice()})
    assert seen.verdict == "proved"
    assert seen.evidence.tried == 6


async def test_is_unknown_where_any_text_is_let_in() -> None:
    class Anything(Gate):
        def subject(self, presented: str) -> str | None:
            return "somebody"

    seen = await tried(CHECK, Anything(), document(), identities={"alice": alice()})
    assert seen.verdict == "unknown"
    assert "auth.forged-token" in seen.evidence.why
