"""Tried in production: only what is declared to have no side effects is called, on objects that are there already."""

from __future__ import annotations

from typing import Any

from seamwright.checks.contract.grpc.safe_response_conforms import CHECK
from tests.checks.rpc import tried_rpc
from tests.checks.stage import skipped
from tests.rpc import SHOP, contract_of
from tests.shop import Shop


def _stocked() -> Shop:
    shop = Shop()
    shop.orders["a"] = {"id": "a", "customer": "alice"}
    return shop


async def test_reads_what_a_listing_shows() -> None:
    shop = _stocked()
    found = await tried_rpc(CHECK, SHOP, shop.answers(), environment="production")
    assert found.verdict == "proved", found.evidence.why
    assert {c.cell for c in found.evidence.cells} == {"Orders.GetOrder", "Orders.ListOrders"}
    assert {e.operation for e in found.exchanges} == {"Orders.GetOrder", "Orders.ListOrders"}
    assert list(shop.orders) == ["a"], "nothing was made, nothing was taken away"


async def test_an_answer_that_breaks_the_contract() -> None:
    def get(request: Any, context: Any) -> bytes:
        return b"\x20\x63"

    found = await tried_rpc(CHECK, SHOP, _stocked().answers(GetOrder=get), environment="production")
    assert found.cell("Orders.GetOrder") == "refuted"
    assert [f.facts["keyword"] for f in found.evidence.findings] == ["enum"]


async def test_there_is_no_object_to_read() -> None:
    found = await tried_rpc(CHECK, SHOP, Shop().answers(), environment="production")
    assert found.verdict == "unknown"
    assert found.cell("Orders.GetOrder") == "unknown"
    assert "no order for its field id" in found.evidence.why


def test_a_name_is_no_promise() -> None:
    text = SHOP.replace("{ option idempotency_level = NO_SIDE_EFFECTS; }", ";")
    boundary = {"kind": "grpc", "url": "grpc://127.0.0.1:9"}
    told = skipped(CHECK, contract_of(text), boundary=boundary, environment="production")
    assert "NO_SIDE_EFFECTS" in told.why
    told = skipped(CHECK, contract_of(SHOP), boundary=boundary)
    assert "environment is test" in told.why
