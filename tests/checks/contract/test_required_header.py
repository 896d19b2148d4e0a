"""A required header that may be left out is refuted; one that is asked for is proved; slowed down is unknown."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.required_header import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried

KEY = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "minLength": 8}}


def told() -> dict[str, Any]:
    """The contract of items, where a key comes with each creation."""
    contract = document()
    contract["paths"]["/items"]["post"]["parameters"] = [KEY]
    return contract


class Keyed(Items):
    """Asks for the key, and answers otherwise without one."""

    without = 400

    async def create(self, request: Any) -> Response:
        if not request.headers.get("idempotency-key"):
            return self.refused(self.without)
        return await super().create(request)


async def test_refutes_a_header_that_nobody_asks_for() -> None:
    seen = await tried(CHECK, Items(), told())
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["header"], finding.facts["accepted"]) == (
        "createItem",
        "Idempotency-Key",
        True,
    )
    first, again, honest = (next(e for e in seen.exchanges if e.number == n) for n in finding.exchanges)
    assert first.request.header("idempotency-key") is None
    assert (first.status, again.status, honest.status) == (201, 201, 201)
    assert honest.request.header("idempotency-key")


async def test_refutes_a_crash_without_it() -> None:
    class Crashes(Keyed):
        without = 500

    seen = await tried(CHECK, Crashes(), told())
    [finding] = seen.evidence.findings
    assert "answers 500" in finding.title
    assert finding.facts["accepted"] is False


async def test_proves_an_api_that_asks_for_it() -> None:
    seen = await tried(CHECK, Keyed(), told())
    assert seen.verdict == "proved"
    assert {c.cell for c in seen.evidence.cells} == {"createItem"}


async def test_is_unknown_where_it_is_slowed_down() -> None:
    class Slowed(Keyed):
        without = 429

    seen = await tried(CHECK, Slowed(), told())
    assert seen.verdict == "unknown"
    assert "429" in seen.evidence.why


async def test_is_unknown_where_no_call_is_accepted() -> None:
    seen = await tried(CHECK, Closed(), told())
    assert seen.verdict == "unknown"
    assert "nothing to compare with" in seen.evidence.why


async def test_is_unknown_where_the_answer_is_not_the_same_twice() -> None:
    class Wavering(Keyed):
        calls = 0

        def refused(self, status: int) -> Response:
            Wavering.calls += 1
            return (
                JSONResponse({"id": 1, "name": "a", "count": 1}, 201) if Wavering.calls == 1 else super().refused(400)
            )

    seen = await tried(CHECK, Wavering(), told())
    assert seen.verdict == "unknown"
    assert "and then 400" in seen.evidence.why


def test_credentials_are_left_to_the_checks_of_auth() -> None:
    contract = document()
    contract["components"] = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}}
    for name in ("X-Api-Key", "User-Agent"):
        contract["paths"]["/items"]["get"].setdefault("parameters", []).append(
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        )
    assert "beside credentials" in skipped(CHECK, contract).why
