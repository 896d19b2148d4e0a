"""A bank that sends 32 MiB: for a shop that reads it all, one that gives up, and one that hands files on."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from seamwright.checks.resilience.oversize_answer import CHECK
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _ReadsItAll(Shop):
    timeout = 5.0
    budget = 5.0
    longest = 1 << 40


class _HandsItOn(_ReadsItAll):
    """What comes from the bank is what its caller wants, however long."""

    async def buy(self) -> Response:
        return JSONResponse({"state": "paid", "receipt": await self.ask("/charges")}, 201)


async def test_refutes_a_shop_that_reads_it_all() -> None:
    result = await tried_on(CHECK, _ReadsItAll, deadline="8s")
    assert result.verdict == "refuted"
    assert result.evidence.findings[0].title == (
        "buy (POST /purchases) reads an answer of 32 MiB to its end when bank answers with 32 MiB"
    )


async def test_unknown_where_it_hands_on_more_than_is_read_here() -> None:
    result = await tried_on(CHECK, _HandsItOn, deadline="8s")
    assert result.verdict == "unknown"
    assert "answers with more than is read here" in result.evidence.why


def test_proves_a_shop_in_good_order(healthy: Mapping[str, Evidence]) -> None:
    evidence = healthy[CHECK.id]
    assert evidence.verdict == "proved", evidence.why
    assert evidence.measures["bank: buy statuses"] == [503]
    assert evidence.measures["bank: buy struck"] >= 1


def test_unknown_where_no_call_works_to_begin_with(down: Mapping[str, Evidence]) -> None:
    evidence = down[CHECK.id]
    assert evidence.verdict == "unknown"
    assert "no valid call was answered 2xx of buy" in evidence.why
