"""Dates that are none, out of order, passed or undeclared are refuted; a well-told end is proved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.responses import Response

from seamwright.checks.contract.deprecation_headers import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried

NOW = datetime.now(UTC).replace(microsecond=0)
YEAR = timedelta(days=365)


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def at(moment: datetime) -> str:
    return f"@{int(moment.timestamp())}"


class Ending(Items):
    """Tells of the end of its listing in these headers."""

    def __init__(self, **told: str) -> None:
        super().__init__()
        self.told = told

    def page(self, limit: int) -> Response:
        answer = super().page(limit)
        answer.headers.update(self.told)
        return answer


def told(*, deprecated: bool = True, headers: tuple[str, ...] = (), **extension: Any) -> dict[str, Any]:
    contract = document()
    listing = contract["paths"]["/items"]["get"]
    listing["deprecated"] = deprecated
    listing["responses"]["200"]["headers"] = {name: {"schema": {"type": "string"}} for name in headers}
    listing |= {f"x-{name}": value for name, value in extension.items()}
    return contract


async def wrong(app: Items, contract: dict[str, Any]) -> list[str]:
    """What is wrong with the listing; nothing else is."""
    seen = await tried(CHECK, app, contract)
    assert seen.cell("getItem") == "proved"
    assert all(f.severity == "low" and f.operation == "listItems" for f in seen.evidence.findings)
    return [f.facts["wrong"] for f in seen.evidence.findings]


async def test_refutes_dates_that_are_none() -> None:
    """The forms of old drafts, and of people."""
    app = Ending(deprecation="true", sunset=(NOW + YEAR).date().isoformat())
    assert await wrong(app, told()) == ["deprecation date", "sunset date"]


async def test_refutes_an_end_before_the_deprecation() -> None:
    app = Ending(deprecation=at(NOW + 2 * YEAR), sunset=http_date(NOW + YEAR))
    assert await wrong(app, told()) == ["sunset before deprecation"]


async def test_refutes_an_end_that_has_passed() -> None:
    app = Ending(deprecation=at(NOW - 2 * YEAR), sunset=http_date(NOW - YEAR))
    assert await wrong(app, told()) == ["sunset passed"]
    assert await wrong(Items(), told(sunset=(NOW - YEAR).date().isoformat())) == ["sunset passed"]


async def test_refutes_a_deprecation_that_the_contract_does_not_know() -> None:
    assert await wrong(Ending(deprecation=at(NOW - YEAR)), told(deprecated=False)) == ["undeclared deprecation"]


async def test_refutes_a_header_that_is_declared_and_does_not_come() -> None:
    contract = told(headers=("Deprecation", "Sunset"))
    assert await wrong(Ending(deprecation=at(NOW - YEAR)), contract) == ["no sunset"]


async def test_proves_a_well_told_end_also_in_production() -> None:
    app = Ending(deprecation=at(NOW - YEAR), sunset=http_date(NOW + YEAR))
    assert await wrong(app, told(headers=("Deprecation", "Sunset"), sunset=(NOW + YEAR).date().isoformat())) == []
    contract = told()
    contract["paths"] = {"/items": {"get": contract["paths"]["/items"]["get"]}}
    assert (await tried(CHECK, app, contract, environment="production")).verdict == "proved"


async def test_a_deprecated_operation_need_not_tell_and_one_to_come_need_not_be_declared() -> None:
    assert await wrong(Items(), told()) == []
    assert await wrong(Ending(deprecation=at(NOW + YEAR)), told(deprecated=False)) == []


async def test_is_unknown_where_nothing_is_answered() -> None:
    assert (await tried(CHECK, Closed(), told())).verdict == "unknown"


def test_says_nothing_where_there_is_nothing_to_look_at() -> None:
    contract = told()
    for methods in contract["paths"].values():
        methods.pop("get")
    assert "only looks" in skipped(CHECK, contract).why
