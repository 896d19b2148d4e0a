"""Changes against one entity tag: tags that are not looked at, looked at too early, looked at, and not there."""

from __future__ import annotations

import asyncio
from typing import Any

from seamwright.checks.consistency.lost_update import CHECK
from tests.checks.consistency.accounts import DOCUMENT, PEOPLE, Accounts, Refused
from tests.checks.stage import tried

Json = dict[str, Any]


class _LooksAtNoTag(Accounts):
    async def overwrite(self, account: Json, tag: str | None, body: Json) -> None:
        account |= {**body, "version": account["version"] + 1}


class _LooksTooEarly(Accounts):
    """Right for one change after the other; several at once all pass the comparison."""

    async def overwrite(self, account: Json, tag: str | None, body: Json) -> None:
        if tag is None:
            raise Refused(428)
        if tag != self.tag(account):
            raise Refused(412)
        await asyncio.sleep(0.05)
        account |= {**body, "version": account["version"] + 1}


class _TagNeedNotBe(Accounts):
    async def overwrite(self, account: Json, tag: str | None, body: Json) -> None:
        await super().overwrite(account, self.tag(account) if tag is None else tag, body)


class _ConflictInstead(Accounts):
    """409 instead of 412; nothing is lost."""

    async def overwrite(self, account: Json, tag: str | None, body: Json) -> None:
        try:
            await super().overwrite(account, tag, body)
        except Refused as refused:
            raise Refused(409) from refused


class _NeverChanges(Accounts):
    async def overwrite(self, account: Json, tag: str | None, body: Json) -> None:
        return


async def _kinds(app: Accounts) -> tuple[str, list[str]]:
    result = await tried(CHECK, app.app, DOCUMENT, **PEOPLE)
    return result.verdict, [f.facts["kind"] for f in result.evidence.findings]


async def test_refutes_a_tag_that_is_not_looked_at() -> None:
    assert await _kinds(_LooksAtNoTag()) == ("refuted", ["stale"])


async def test_refutes_a_tag_that_is_looked_at_too_early() -> None:
    assert await _kinds(_LooksTooEarly()) == ("refuted", ["race"])


async def test_refutes_a_change_without_the_tag_that_the_contract_requires() -> None:
    assert await _kinds(_TagNeedNotBe()) == ("refuted", ["no-tag"])


async def test_proves_changes_of_which_only_one_is_made() -> None:
    assert await _kinds(Accounts()) == ("proved", [])


async def test_proves_a_refusal_by_another_status() -> None:
    assert await _kinds(_ConflictInstead()) == ("proved", [])


async def test_unknown_when_no_change_is_ever_seen() -> None:
    result = await tried(CHECK, _NeverChanges().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "unknown"
    assert "no honest change" in result.evidence.why
