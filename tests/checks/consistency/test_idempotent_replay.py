"""Replays: keys that are ignored, forgotten, taken for everybody's, kept well, and not to be told."""

from __future__ import annotations

from typing import Any

from seamwright.checks.consistency.idempotent_replay import CHECK
from tests.checks.consistency.accounts import DOCUMENT, PEOPLE, Accounts, Refused
from tests.checks.stage import skipped, tried

Json = dict[str, Any]


class _IgnoresKeys(Accounts):
    async def make(self, caller: str, key: str, body: Json) -> Json:
        return self.store(body)


class _KeepsNoBody(Accounts):
    """The first result for whatever comes under the key."""

    async def make(self, caller: str, key: str, body: Json) -> Json:
        if (caller, key) not in self.results:
            self.results[caller, key] = (body, self.store(body))
        made = self.results[caller, key][1]
        assert made is not None
        return made


class _KeysOfEverybody(Accounts):
    async def make(self, caller: str, key: str, body: Json) -> Json:
        return await super().make("anybody", key, body)


class _RefusesReplays(Accounts):
    async def make(self, caller: str, key: str, body: Json) -> Json:
        if (caller, key) in self.results:
            raise Refused(409)
        return await super().make(caller, key, body)


class _SameBodySameAccount(Accounts):
    """Goes by the body and not by the key, so nothing can be said of keys."""

    async def make(self, caller: str, key: str, body: Json) -> Json:
        if self.accounts:
            return dict(self.accounts[1])
        return self.store(body)


async def _kinds(app: Accounts) -> tuple[str, list[str]]:
    result = await tried(CHECK, app.app, DOCUMENT, **PEOPLE)
    return result.verdict, [f.facts["kind"] for f in result.evidence.findings]


async def test_refutes_keys_that_are_ignored() -> None:
    assert await _kinds(_IgnoresKeys()) == ("refuted", ["twice"])


async def test_refutes_another_body_that_is_answered_with_the_earlier_result() -> None:
    assert await _kinds(_KeepsNoBody()) == ("refuted", ["other-body-hidden"])


async def test_refutes_keys_that_are_shared_between_callers() -> None:
    assert await _kinds(_KeysOfEverybody()) == ("refuted", ["other-caller"])


async def test_refutes_a_replay_that_gets_another_result() -> None:
    assert await _kinds(_RefusesReplays()) == ("refuted", ["other-result"])


async def test_proves_one_effect_for_one_key() -> None:
    app = Accounts()
    assert await _kinds(app) == ("proved", [])
    assert len(app.accounts) > 2


async def test_unknown_when_another_key_makes_no_difference() -> None:
    result = await tried(CHECK, _SameBodySameAccount().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "unknown"
    assert "under another key the request has no effect of its own" in result.evidence.why


def test_does_not_apply_without_the_header() -> None:
    document = {**DOCUMENT, "paths": {"/accounts/{id}": DOCUMENT["paths"]["/accounts/{id}"]}}
    assert "Idempotency-Key" in skipped(CHECK, document).why
