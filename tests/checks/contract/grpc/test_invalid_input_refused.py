"""Tried on servers that refuse what is no message, on ones that take it, and on one that takes nothing."""

from __future__ import annotations

from typing import Any

import grpc  # type: ignore[import-untyped]

from seamwright.checks.contract.grpc.invalid_input_refused import CHECK
from tests.checks.rpc import tried_rpc
from tests.checks.stage import tried_at
from tests.rpc import SHOP, contract_of, serving_rpc
from tests.shop import Shop, refuse

RULED = """
syntax = "proto2";
package ruled;
service Names { rpc Keep(Name) returns (Name); }
message Name { required string first = 1; optional string last = 2; }
"""


class _Careless(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Answers one rpc without ever reading what it was sent."""

    def service(self, details: Any) -> Any:
        if not details.method.endswith("/ListOrders"):
            return None
        return grpc.unary_unary_rpc_method_handler(lambda request, context: b"")


async def test_broken_bytes_are_refused() -> None:
    found = await tried_rpc(CHECK, SHOP, Shop().answers())
    assert found.verdict == "proved", found.evidence.why
    assert found.evidence.tried == 4 * 4 + 4, "four ways of being no message, and texts that are no UTF-8"


async def test_broken_bytes_are_taken() -> None:
    with serving_rpc(SHOP, Shop().answers(), more=(_Careless(),)) as url:
        found = await tried_at(CHECK, url, contract_of(SHOP), boundary={"kind": "grpc"})
    assert found.cell("Orders.ListOrders") == "refuted"
    assert found.cell("Orders.GetOrder") == "proved"
    [finding] = found.evidence.findings
    assert finding.facts["keyword"] == "undecodable"
    assert finding.facts["wrong"] == "accepted"
    assert len(finding.exchanges) == 3, "the message, the message again, and the honest call between them"


async def test_texts_that_are_no_utf8_are_taken() -> None:
    # On the wire a text and bytes are the same, so a server that reads bytes takes any of them for a text.
    careless = SHOP.replace("string customer = 1;", "bytes customer = 1;").replace(
        "string note = 3;", "bytes note = 3;"
    )

    def create(request: Any, context: Any) -> Any:
        return {"id": "1"}

    found = await tried_rpc(CHECK, careless, Shop().answers(CreateOrder=create), contract=contract_of(SHOP))
    assert found.cell("Orders.CreateOrder") == "refuted"
    assert [(f.facts["keyword"], f.facts["place"]) for f in found.evidence.findings] == [("utf8", "customer")]


async def test_a_required_field_is_not_asked_for() -> None:
    def keep(request: Any, context: Any) -> Any:
        return {"first": "a"}

    lenient = RULED.replace("required", "optional")
    found = await tried_rpc(CHECK, lenient, {"Keep": keep}, contract=contract_of(RULED))
    assert [f.facts["keyword"] for f in found.evidence.findings] == ["required"]
    found = await tried_rpc(CHECK, RULED, {"Keep": keep})
    assert found.verdict == "proved", "proto2's required is asked for by the parser, as UNKNOWN or INTERNAL"


async def test_there_is_no_call_that_works() -> None:
    def never(request: Any, context: Any) -> None:
        refuse(context, "PERMISSION_DENIED", "not for you")

    found = await tried_rpc(CHECK, SHOP, Shop().answers(ListOrders=never))
    assert found.cell("Orders.ListOrders") == "unknown"
    assert "nothing to compare with" in found.evidence.why
