"""Tried on servers that bear what can be decoded, that fail over one value, and that cannot be asked at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest

from seamwright.checks.contract.grpc.server_error import CHECK
from tests.checks.rpc import tried_rpc
from tests.checks.stage import tried_at
from tests.rpc import SHOP, contract_of
from tests.shop import Shop, refuse


async def test_values_at_their_limits_are_borne() -> None:
    found = await tried_rpc(CHECK, SHOP, Shop().answers(), depth=5)
    assert found.verdict == "proved", found.evidence.why
    assert found.evidence.tried > 60
    notes = {e.note for e in found.exchanges}
    assert "page_size is -2147483648" in notes
    assert "customer holds a NUL character" in notes


async def test_a_value_at_its_limit_is_too_much() -> None:
    shop = Shop()

    def listed(request: Any, context: Any) -> Any:
        if request.get("page_size", 0) < 0:
            raise IndexError("list index out of range")
        return shop.list(request, context)

    found = await tried_rpc(CHECK, SHOP, shop.answers(ListOrders=listed), depth=0)
    assert found.verdict == "refuted"
    [finding] = found.evidence.findings
    assert finding.operation == "Orders.ListOrders"
    assert finding.facts["code"] == "UNKNOWN"
    assert finding.count == 2, "two numbers below zero, one mistake"
    assert "list index out of range" in finding.detail
    assert found.cell("Orders.GetOrder") == "proved"


async def test_a_refusal_of_the_caller_is_no_server_error() -> None:
    shop = Shop()

    def listed(request: Any, context: Any) -> Any:
        if request.get("page_size", 0) < 0:
            refuse(context, "INVALID_ARGUMENT", "page_size must not be negative")
        return shop.list(request, context)

    found = await tried_rpc(CHECK, SHOP, shop.answers(ListOrders=listed), depth=0)
    assert found.verdict == "proved", found.evidence.why


async def test_what_is_declared_is_not_there() -> None:
    answers = Shop().answers()
    del answers["DeleteOrder"]
    found = await tried_rpc(CHECK, SHOP, answers, depth=0)
    [finding] = found.evidence.findings
    assert finding.operation == "Orders.DeleteOrder"
    assert finding.facts["code"] == "UNIMPLEMENTED"


async def test_a_stack_trace_is_told() -> None:
    def get(request: Any, context: Any) -> Any:
        refuse(context, "FAILED_PRECONDITION", 'Traceback:\n  File "/srv/shop.py", line 12, in get\nKeyError')

    found = await tried_rpc(CHECK, SHOP, Shop().answers(GetOrder=get), depth=0)
    assert found.cell("Orders.GetOrder") == "refuted"
    assert [f.facts["runtime"] for f in found.evidence.findings] == ["Python"]


async def test_an_error_that_does_not_come_again() -> None:
    shop, failed = Shop(), list[int]()

    def listed(request: Any, context: Any) -> Any:
        if not failed:
            failed.append(1)
            raise RuntimeError("cold cache")
        return shop.list(request, context)

    found = await tried_rpc(CHECK, SHOP, shop.answers(ListOrders=listed), depth=0)
    assert found.cell("Orders.ListOrders") == "unknown"
    assert "UNKNOWN once" in found.evidence.why


@contextlib.contextmanager
def _one_rpc_then_gone() -> Iterator[str]:
    """A server that ends as soon as an order is read, and is not started again."""
    from seamwright.wire.protobuf import described
    from tests.rpc import answering

    told, shop = described(contract_of(SHOP)), Shop()
    server = grpc.server(ThreadPoolExecutor(4))

    def get(request: Any, context: Any) -> Any:
        server.stop(None)
        return shop.get(request, context)

    class Handler(grpc.GenericRpcHandler):  # type: ignore[misc]
        def service(self, details: Any) -> Any:
            method = told.method(details.method)
            answer = shop.answers(GetOrder=get).get(details.method.rpartition("/")[2])
            return answering(told, method, answer) if method and answer else None

    server.add_generic_rpc_handlers((Handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"grpc://127.0.0.1:{port}"
    finally:
        server.stop(None).wait(5)


async def test_a_server_that_is_gone_is_unknown_and_told_which_call_to_look_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("seamwright.checks.contract.grpc._calls.COMES_BACK", 0.3)
    with _one_rpc_then_gone() as url:
        found = await tried_at(CHECK, url, contract_of(SHOP), boundary={"kind": "grpc"}, depth=0)
    assert found.verdict == "unknown"
    assert "--operation Orders.GetOrder" in found.evidence.why


async def test_whatever_is_not_written_is_told_once() -> None:
    answers = Shop().answers()
    del answers["DeleteOrder"]
    del answers["CreateOrder"]
    found = await tried_rpc(CHECK, SHOP, answers, depth=20)
    [finding] = [f for f in found.evidence.findings if f.facts["code"] == "UNIMPLEMENTED"]
    assert finding.facts["operations"] == ["Orders.CreateOrder", "Orders.DeleteOrder"]
    assert finding.count == 2
    assert len([e for e in found.exchanges if e.operation == "Orders.CreateOrder" and e.note == "drawn"]) == 0


async def test_an_rpc_whose_objects_are_not_there_is_tried_without_them() -> None:
    shop = Shop()

    def create(request: Any, context: Any) -> Any:
        refuse(context, "FAILED_PRECONDITION", "the shop is closed")

    def delete(request: Any, context: Any) -> Any:
        raise KeyError(request["id"])

    found = await tried_rpc(
        CHECK,
        SHOP,
        shop.answers(CreateOrder=create, DeleteOrder=delete, ListOrders=lambda request, context: {}),
        depth=0,
    )
    assert found.cell("Orders.DeleteOrder") == "refuted"
    assert found.cell("Orders.GetOrder") == "unknown", "it bears what is not there, and nothing that is was tried"
