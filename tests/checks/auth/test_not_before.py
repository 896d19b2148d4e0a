"""A gate that does not look at the claim is refuted, with tokens that the test issuer's key signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

from seamwright.checks.auth.not_before import CHECK
from tests.checks.auth.gate import Gate, alice, document
from tests.checks.stage import skipped, tried


class _Careless(Gate):
    def begin_holds(self, claims: dict[str, Any], now: float) -> bool:
        return True


async def test_refutes_a_gate_that_does_not_look(tmp_path: Path) -> None:
    seen = await tried(CHECK, _Careless(), document(), identities={"alice": alice(tmp_path)})
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["wrong"]) == ("whoAmI", "nbf")
    assert len(finding.exchanges) == 2


async def test_proves_a_gate_that_looks(tmp_path: Path) -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice(tmp_path)})
    assert seen.verdict == "proved"
    notes = [e.note for e in seen.exchanges]
    assert "signed anew, with nothing wrong" in notes
    assert notes[-1] == "honest token, afterwards"


async def test_is_unknown_with_another_key(tmp_path: Path) -> None:
    other = RSAKey.generate_key(2048)
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice(tmp_path, other)})
    assert seen.verdict == "unknown"
    assert "is not the issuer's" in seen.evidence.why
    assert seen.evidence.cause == "usage"


def test_does_not_apply_without_a_key() -> None:
    assert "signing_key_file" in skipped(CHECK, document(), identities={"alice": alice()}).why
