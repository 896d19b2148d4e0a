"""Tokens for other readers: signed with the test issuer's key, or real ones of misdirected identities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seamwright.checks.auth.wrong_audience import CHECK
from tests.checks.auth.gate import AUDIENCE, Gate, alice, document, token
from tests.checks.stage import skipped, tried

_REPORTS = {"token": token(aud="payments", sub="reports"), "audience": "payments"}


class _Anybodys(Gate):
    def audience_holds(self, claims: dict[str, Any]) -> bool:
        return True


class _Migrating(Gate):
    def audience_holds(self, claims: dict[str, Any]) -> bool:
        return claims.get("aud") in (AUDIENCE, "payments")


async def test_refutes_a_gate_that_does_not_look(tmp_path: Path) -> None:
    seen = await tried(CHECK, _Anybodys(), document(), identities={"alice": alice(tmp_path)})
    assert [f.facts["wrong"] for f in seen.evidence.findings] == ["aud"]


async def test_refutes_by_a_real_token_without_any_key() -> None:
    seen = await tried(CHECK, _Anybodys(), document(), identities={"alice": alice(), "reports": _REPORTS})
    [finding] = seen.evidence.findings
    assert "token of reports" in finding.title


async def test_refutes_a_second_audience_that_was_let_in(tmp_path: Path) -> None:
    seen = await tried(CHECK, _Migrating(), document(), identities={"alice": alice(tmp_path), "reports": _REPORTS})
    [finding] = seen.evidence.findings
    assert "payments" in finding.title
    assert seen.evidence.tried == 2


async def test_proves_a_gate_that_looks(tmp_path: Path) -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice(tmp_path), "reports": _REPORTS})
    assert seen.verdict == "proved"
    assert seen.evidence.tried == 3


async def test_is_unknown_where_tokens_name_no_audience(tmp_path: Path) -> None:
    seen = await tried(CHECK, _Anybodys(), document(), identities={"alice": alice(tmp_path, aud=None)})
    assert seen.verdict == "unknown"
    assert "no audience" in seen.evidence.why


def test_does_not_apply_without_key_and_other_tokens() -> None:
    assert "audience" in skipped(CHECK, document(), identities={"alice": alice()}).why
