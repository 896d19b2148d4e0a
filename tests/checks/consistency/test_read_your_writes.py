"""The next reading: of a cache, of a field that was dropped, of the truth, and where nothing is promised yet."""

from __future__ import annotations

import copy
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from seamwright.checks.consistency.read_your_writes import CHECK
from tests.checks.consistency.accounts import DOCUMENT, PEOPLE, Accounts
from tests.checks.stage import tried

Json = dict[str, Any]


class _Cached(Accounts):
    """Shows each account as it was when it was first read."""

    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[int, Json] = {}

    def seen(self, account: Json) -> Json:
        return self.cache.setdefault(account["id"], dict(account))


class _DropsTheNote(Accounts):
    def store(self, body: Json) -> Json:
        made = super().store(body)
        self.accounts[made["id"]]["note"] = ""
        return made


class _KeepsWhatIsClosed(Accounts):
    def remove(self, account: Json) -> None:
        """Only says so."""


class _Later(Accounts):
    async def _create(self, request: Request) -> Response:
        return JSONResponse(self.store(json.loads(await request.body())), 202)


async def _verdicts(app: Accounts) -> dict[str, str]:
    result = await tried(CHECK, app.app, DOCUMENT, **PEOPLE)
    return {c.cell: str(c.verdict) for c in result.evidence.cells}


async def test_refutes_a_cache_that_is_not_told_of_changes() -> None:
    assert await _verdicts(_Cached()) == {
        "openAccount": "proved",
        "changeAccount": "refuted",
        "closeAccount": "proved",
    }


async def test_refutes_a_field_that_is_dropped() -> None:
    result = await tried(CHECK, _DropsTheNote().app, DOCUMENT, **PEOPLE)
    assert result.cell("openAccount") == "refuted"
    assert "note was sent as" in result.evidence.findings[0].detail


async def test_refutes_what_is_still_there_after_it_was_deleted() -> None:
    result = await tried(CHECK, _KeepsWhatIsClosed().app, DOCUMENT, **PEOPLE)
    assert result.cell("closeAccount") == "refuted"
    assert "it is still there" in result.evidence.findings[0].detail


async def test_proves_an_api_that_shows_what_it_has_done() -> None:
    assert set((await _verdicts(Accounts())).values()) == {"proved"}


async def test_unknown_where_it_is_promised_for_later() -> None:
    document = copy.deepcopy(DOCUMENT)
    answers = document["paths"]["/accounts"]["post"]["responses"]
    answers["202"] = answers.pop("201")
    result = await tried(CHECK, _Later().app, document, **PEOPLE)
    assert result.cell("openAccount") == "unknown"
    assert "202" in result.evidence.why


class _Spells(Accounts):
    """Shows a moment and an amount in another spelling than they were sent in."""

    def seen(self, account: Json) -> Json:
        since = {"since": "2030-01-01T00:00:00.000000+00:00"} if "since" in account else {}
        return {**account, "cents": f"{account['cents']}.00", **since}


async def test_another_spelling_is_no_difference() -> None:
    document = copy.deepcopy(DOCUMENT)
    moment = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
    opens = document["paths"]["/accounts"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    shown = document["paths"]["/accounts/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    opens["properties"]["since"] = shown["properties"]["since"] = moment
    opens["required"] = [*opens["required"], "since"]
    shown["properties"]["cents"] = {"type": "string"}
    result = await tried(CHECK, _Spells().app, document, **PEOPLE)
    assert result.cell("openAccount") == "proved", result.evidence.findings


class _AnotherAmount(Accounts):
    def seen(self, account: Json) -> Json:
        return {**account, "cents": f"{account['cents'] + 1}"}


async def test_refutes_another_amount_whatever_its_type() -> None:
    result = await tried(CHECK, _AnotherAmount().app, DOCUMENT, **PEOPLE)
    assert "cents was sent as" in result.evidence.findings[0].detail
