"""Tried on a server that knows its rpcs, on ones that answer for any, and on one where nothing works."""

from __future__ import annotations

from typing import Any

import grpc  # type: ignore[import-untyped]

from seamwright.checks.contract.grpc.unknown_method import CHECK, ELSEWHERE
from tests.checks.rpc import tried_rpc
from tests.checks.stage import skipped, tried_at
from tests.rpc import SHOP, contract_of, serving_rpc
from tests.shop import Shop, refuse


class _Anything(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Answers for what is not there, in one service."""

    def __init__(self, code: str) -> None:
        self._code = code

    def service(self, details: Any) -> Any:
        if not details.method.startswith("/shop.v1.Orders/ThisMethod"):
            return None

        def answer(request: Any, context: Any) -> bytes:
            if self._code != "OK":
                refuse(context, self._code, "what was that?")
            return b""

        return grpc.unary_unary_rpc_method_handler(answer)


async def test_what_is_not_there_is_unimplemented() -> None:
    found = await tried_rpc(CHECK, SHOP, Shop().answers())
    assert found.verdict == "proved"
    assert [c.cell for c in found.evidence.cells] == ["shop.v1.Orders", ELSEWHERE]


async def test_what_is_not_there_is_answered() -> None:
    for code, severity in (("OK", "medium"), ("INTERNAL", "low")):
        with serving_rpc(SHOP, Shop().answers(), more=(_Anything(code),)) as url:
            found = await tried_at(CHECK, url, contract_of(SHOP), boundary={"kind": "grpc"})
        assert found.cell("shop.v1.Orders") == "refuted"
        assert found.cell(ELSEWHERE) == "proved"
        [finding] = found.evidence.findings
        assert (str(finding.severity), finding.facts["code"]) == (severity, code)


async def test_it_is_refused_before_anybody_looks() -> None:
    with serving_rpc(SHOP, Shop().answers(), more=(_Anything("UNAUTHENTICATED"),)) as url:
        found = await tried_at(CHECK, url, contract_of(SHOP), boundary={"kind": "grpc"})
    assert found.cell("shop.v1.Orders") == "unknown"
    assert "before anybody looked" in found.evidence.why


async def test_nothing_that_is_there_can_be_called() -> None:
    found = await tried_rpc(CHECK, SHOP, {})
    assert found.verdict == "unknown"
    assert "nothing to compare with" in found.evidence.why


def test_production() -> None:
    boundary = {"kind": "grpc", "url": "grpc://127.0.0.1:9"}
    assert skipped(CHECK, contract_of(SHOP), boundary=boundary, environment="production").forbidden
