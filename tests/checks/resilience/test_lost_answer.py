"""An answer of the bank is lost: for a shop that charges anew, one with the same key, and one that stops there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from seamwright.checks.resilience.lost_answer import CHECK
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import DOCUMENT, Shop, tried_on
from tests.checks.stage import skipped


class _SameKey(Shop):
    attempts = 2


class _KeyOfTheAttempt(_SameKey):
    def key(self, purchase: str) -> str:
        return uuid.uuid4().hex


async def test_refutes_a_shop_that_charges_anew() -> None:
    result = await tried_on(CHECK, _KeyOfTheAttempt)
    assert result.verdict == "refuted"
    [finding] = result.evidence.findings
    assert finding.title == ("buy (POST /purchases) breaks 'a purchase is charged once' when an answer of bank is lost")
    assert "seen: 3 after 3 lost answers of bank (3 times 201)" in finding.detail


async def test_proves_a_shop_that_sends_it_again_under_its_key() -> None:
    result = await tried_on(CHECK, _SameKey)
    assert result.verdict == "proved"
    assert result.evidence.measures["bank: buy answers lost"] == 3


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    assert healthy[CHECK.id].verdict == "proved", healthy[CHECK.id].why


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    assert down[CHECK.id].verdict == "unknown"


def test_does_not_apply_where_nothing_shows_the_effects() -> None:
    bank = {"kind": "http", "url": "http://127.0.0.1:9", "relay": {"listen": "127.0.0.1:8"}}
    told = skipped(CHECK, DOCUMENT, boundary={"depends_on": ["bank"]}, boundaries={"bank": bank})
    assert "no invariant of the manifest names an operation" in told.why
