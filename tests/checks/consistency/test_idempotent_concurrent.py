"""One key, many requests at once: looked up first and stored last, claimed at once, and never accepted."""

from __future__ import annotations

import asyncio
from typing import Any

from seamwright.checks.consistency.idempotent_concurrent import CHECK, ROUNDS
from tests.checks.consistency.accounts import DOCUMENT, PEOPLE, Accounts, Refused
from tests.checks.stage import tried

Json = dict[str, Any]


class _LooksThenActs(Accounts):
    """Right for one request after the other, wrong for two at once."""

    async def make(self, caller: str, key: str, body: Json) -> Json:
        known = self.results.get((caller, key))
        if known is None:
            await asyncio.sleep(0.05)
            known = self.results[caller, key] = (body, self.store(body))
        assert known[1] is not None
        return known[1]


class _OneAnswerTwoAccounts(_LooksThenActs):
    """All get the id of the first account; only the list shows that there are more."""

    async def make(self, caller: str, key: str, body: Json) -> Json:
        made = await super().make(caller, key, body)
        first = self.results.setdefault(("first", key), (body, made))[1]
        assert first is not None
        return first


class _TwoAtATime(Accounts):
    """With more than two at once nothing is accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = self.most = 0

    async def make(self, caller: str, key: str, body: Json) -> Json:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await asyncio.sleep(0.1)
            if self.most > 2:
                raise Refused(503)
            return await super().make(caller, key, body)
        finally:
            self.inside -= 1
            self.most = self.most if self.inside else 0


async def test_refutes_a_key_that_is_stored_last() -> None:
    result = await tried(CHECK, _LooksThenActs().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert min(finding.facts["effects"]) > 1


async def test_counts_what_is_listed_and_not_only_what_is_told() -> None:
    result = await tried(CHECK, _OneAnswerTwoAccounts().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "refuted"
    facts = result.evidence.findings[0].facts
    assert len(facts["ids"]) == 1
    assert facts["listed"] > 1


async def test_proves_a_key_that_is_claimed_first() -> None:
    result = await tried(CHECK, Accounts().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert result.evidence.measures["openAccount effects"] == [1] * ROUNDS
    assert "409" in result.evidence.measures["openAccount answers"]


async def test_unknown_when_none_of_them_is_accepted() -> None:
    result = await tried(CHECK, _TwoAtATime().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "unknown"
    assert "none was accepted" in result.evidence.why
