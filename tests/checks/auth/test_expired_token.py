"""Expiry that is not looked at is refuted with the issuer's key; without it, a short-lived token is waited for."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from seamwright.checks.auth import expired_token
from seamwright.checks.auth.expired_token import CHECK
from tests.checks.auth.gate import Gate, alice, document, opaque_document
from tests.checks.stage import skipped, tried


class _Forever(Gate):
    def expiry_holds(self, claims: dict[str, Any], now: float) -> bool:
        return True


class _Opaque(Gate):
    """Tokens are texts in a table, each with its end; a login gives a fresh one."""

    lives, forgiven = 1.0, 0.0

    def __init__(self) -> None:
        super().__init__()
        self.ends: dict[str, float] = {}

    def subject(self, presented: str) -> str | None:
        return "alice" if time.time() < self.ends.get(presented, 0.0) + self.forgiven else None

    async def login(self, request: Request) -> Response:
        name = f"opaque-{len(self.ends)}"
        self.ends[name] = time.time() + self.lives
        return JSONResponse({"access_token": name})


_LOGIN = {"login": {"operation": "login", "body": {"user": "alice"}}, "short_lived": "1s"}


async def test_refutes_a_gate_that_does_not_look(tmp_path: Path) -> None:
    seen = await tried(CHECK, _Forever(), document(), identities={"alice": alice(tmp_path)})
    [finding] = seen.evidence.findings
    assert finding.facts["wrong"] == "exp"
    assert "an hour ago" in finding.title


async def test_proves_a_gate_that_looks(tmp_path: Path) -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice(tmp_path)})
    assert seen.verdict == "proved"


async def test_is_unknown_with_another_key(tmp_path: Path) -> None:
    seen = await tried(CHECK, _Forever(), document(), identities={"alice": alice(tmp_path, RSAKey.generate_key(2048))})
    assert seen.verdict == "unknown"
    assert "not the issuer's" in seen.evidence.why


async def test_proves_by_waiting_for_a_real_token_to_end() -> None:
    seen = await tried(CHECK, _Opaque(), opaque_document(), identities={"alice": _LOGIN})
    assert seen.verdict == "proved"
    assert seen.exchanges[-1].ok, "a fresh token is let in afterwards"


async def test_refutes_by_waiting_beyond_any_skew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expired_token, "SKEW", 1.0)

    class Forgiving(_Opaque):
        forgiven = 60.0

    seen = await tried(CHECK, Forgiving(), opaque_document(), identities={"alice": _LOGIN})
    assert seen.verdict == "refuted"
    assert len(seen.evidence.findings[0].exchanges) == 2


async def test_is_unknown_while_skew_may_excuse_it() -> None:
    class Forgiving(_Opaque):
        forgiven = 60.0

    seen = await tried(CHECK, Forgiving(), opaque_document(), identities={"alice": _LOGIN}, budget=8.0)
    assert seen.verdict == "unknown"
    assert "skew" in seen.evidence.why


async def test_is_unknown_where_tokens_outlive_the_budget() -> None:
    class LongLived(_Opaque):
        lives = 600.0

    identity = {**_LOGIN, "short_lived": "10m"}
    seen = await tried(CHECK, LongLived(), opaque_document(), identities={"alice": identity})
    assert seen.verdict == "unknown"
    assert "budget" in seen.evidence.why


def test_does_not_apply_without_key_and_short_lived_tokens() -> None:
    why = skipped(CHECK, document(), identities={"alice": alice()}).why
    assert "signing_key_file" in why
    assert "short_lived" in why
