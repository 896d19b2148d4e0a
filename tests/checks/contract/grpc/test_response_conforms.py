"""Tried on servers whose answers are right, wrong in one way, or never come."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.checks.contract.grpc.response_conforms import CHECK
from tests.checks.rpc import tried_rpc
from tests.checks.stage import skipped
from tests.rpc import SHOP, contract_of, descriptors_of
from tests.shop import Shop, refuse

STREAM = """
syntax = "proto3";
service Clock {
  rpc Watch(Every) returns (stream Tick);
  rpc Silent(Every) returns (stream Tick);
  rpc Sum(stream Every) returns (Tick);
}
message Every { int32 seconds = 1; }
message Tick { int64 at = 1; Kind kind = 2; }
enum Kind { SMALL = 0; LARGE = 1; }
"""


async def test_answers_as_promised() -> None:
    found = await tried_rpc(CHECK, SHOP, Shop().answers(), depth=5)
    assert found.verdict == "proved", found.evidence.why
    assert found.evidence.tried >= 4 * 5
    assert {e.operation for e in found.exchanges if e.status == 200} == {
        "Orders.CreateOrder",
        "Orders.GetOrder",
        "Orders.ListOrders",
        "Orders.DeleteOrder",
    }


@pytest.mark.parametrize(
    ("data", "keyword", "where"),
    [
        # field 4 (state) = 7, a number that the enum does not have
        (b"\x0a\x011\x20\x07", "enum", "/state"),
        # field 1 (id) as a number, where the contract has a text
        (b"\x08\x01", "wire-type", "/id"),
        # field 2 (customer) is cut off
        (b"\x12\x7fab", "syntax", ""),
        # the text of field 5 (note) is no UTF-8
        (b"\x2a\x02\xc3\x28", "syntax", ""),
        # field 6 (created) lies after the year 9999
        (b"\x32\x07\x08\x80\xa0\xdd\xe2\x92\x3f", "format", ""),
    ],
)
async def test_answers_that_are_not(data: bytes, keyword: str, where: str) -> None:
    shop = Shop()

    def get(request: Any, context: Any) -> bytes:
        shop.get(request, context)
        return data

    found = await tried_rpc(CHECK, SHOP, shop.answers(GetOrder=get), depth=0)
    assert found.verdict == "refuted", found.evidence.why
    [finding] = found.evidence.findings
    assert finding.operation == "Orders.GetOrder"
    assert finding.facts["keyword"] == keyword
    assert finding.facts["place"] == where
    assert finding.count > 1, "the same mistake is one finding"
    assert found.cell("Orders.CreateOrder") == "proved"


async def test_one_message_is_promised_and_two_come() -> None:
    # The same service, but for this rpc, which streams on the server's side alone.
    text = SHOP.replace("returns (ListOrdersResponse)", "returns (stream ListOrdersResponse)")
    assert descriptors_of(text) != descriptors_of(SHOP)

    def twice(request: Any, context: Any) -> Any:
        yield {"orders": []}
        yield {"orders": []}

    found = await tried_rpc(CHECK, text, Shop().answers(ListOrders=twice), contract=contract_of(SHOP), depth=0)
    assert found.cell("Orders.ListOrders") == "refuted"
    assert [f.facts["keyword"] for f in found.evidence.findings] == ["cardinality"]
    assert "2 came" in found.evidence.findings[0].detail


async def test_nothing_is_accepted() -> None:
    shop = Shop()

    def never(request: Any, context: Any) -> None:
        refuse(context, "INVALID_ARGUMENT", "the customer is not known")

    found = await tried_rpc(CHECK, SHOP, shop.answers(CreateOrder=never), depth=0)
    assert found.verdict == "unknown"
    assert found.cell("Orders.CreateOrder") == "unknown"
    assert "the customer is not known" in found.evidence.why


async def test_streams_are_left_after_a_while() -> None:
    def watch(request: Any, context: Any) -> Any:
        at = 0
        while context.is_active():
            at += 1
            yield {"at": at}

    def silent(request: Any, context: Any) -> Any:
        yield {"at": 1, "kind": "LARGE"}

    def added(requests: Any, context: Any) -> Any:
        return {"at": sum(1 for _ in requests)}

    found = await tried_rpc(CHECK, STREAM, {"Watch": watch, "Silent": silent, "Sum": added}, depth=3)
    assert found.verdict == "proved", found.evidence.why
    assert {e.operation: e.status for e in found.exchanges} == {
        "Clock.Watch": 206,
        "Clock.Silent": 200,
        "Clock.Sum": 200,
    }


def test_production_has_a_check_of_its_own() -> None:
    told = skipped(
        CHECK, contract_of(SHOP), boundary={"kind": "grpc", "url": "grpc://127.0.0.1:9"}, environment="production"
    )
    assert "grpc-safe-response-conforms" in told.why
