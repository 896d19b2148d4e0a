"""Rpcs without their guard are refuted, by what they answer to nobody; guarded ones are proved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seamwright.checks.auth.grpc_anonymous_refused import CHECK
from tests.checks.rpc import tried_rpc
from tests.checks.stage import skipped
from tests.rpc import SHOP, contract_of
from tests.shop import Shop, refuse

ALICE = {"roles": ["customer"], "token": "token-of-alice"}
MAY = [{"roles": ["customer"], "may": ["Orders.CreateOrder", "Orders.GetOrder", "Orders.ListOrders"]}]


def _guarded(*open_rpcs: str) -> dict[str, Callable[[Any, Any], Any]]:
    """A shop that asks for the token, but for these rpcs."""
    answers = Shop().answers()

    def guard(name: str, answer: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def guarded(request: Any, context: Any) -> Any:
            told = dict(context.invocation_metadata()).get("authorization")
            if name not in open_rpcs and told != "Bearer token-of-alice":
                refuse(context, "UNAUTHENTICATED", "who are you?")
            return answer(request, context)

        return guarded

    return {name: guard(name, answer) for name, answer in answers.items()}


async def test_guarded_rpcs() -> None:
    found = await tried_rpc(CHECK, SHOP, _guarded(), identities={"alice": ALICE}, policy=MAY)
    assert found.verdict == "proved", found.evidence.why
    assert {c.cell for c in found.evidence.cells} == {"Orders.CreateOrder", "Orders.GetOrder", "Orders.ListOrders"}
    strangers = [e for e in found.exchanges if e.note == "without credentials"]
    assert strangers
    assert all(e.status == 401 and e.request.header("authorization") is None for e in strangers)


async def test_rpcs_without_their_guard() -> None:
    open_rpcs = _guarded("GetOrder", "CreateOrder")
    found = await tried_rpc(CHECK, SHOP, open_rpcs, identities={"alice": ALICE}, policy=MAY)
    assert {f.operation for f in found.evidence.findings} == {"Orders.GetOrder", "Orders.CreateOrder"}
    assert found.cell("Orders.ListOrders") == "proved"
    assert all("although the policy asks for credentials" in f.title for f in found.evidence.findings)


async def test_nobody_is_let_in() -> None:
    wrong = {**ALICE, "token": "another-token"}
    found = await tried_rpc(CHECK, SHOP, _guarded(), identities={"alice": wrong}, policy=MAY)
    assert found.verdict == "unknown"


def test_without_a_policy_nothing_is_known() -> None:
    boundary = {"kind": "grpc", "url": "grpc://127.0.0.1:9"}
    told = skipped(CHECK, contract_of(SHOP), boundary=boundary, identities={"alice": ALICE})
    assert "no policy" in told.why
    open_to_all = [{"roles": ["guest"], "may": ["*"]}]
    told = skipped(
        CHECK, contract_of(SHOP), boundary=boundary, identities={"guest": {"roles": ["guest"]}}, policy=open_to_all
    )
    assert "without credentials" in told.why
