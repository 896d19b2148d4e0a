"""Tried on a server that ends calls at their deadlines, on one that does not, and on one that answers at once."""

from __future__ import annotations

import time
from typing import Any

import pytest

from seamwright.checks.contract.grpc.deadline import CHECK, DEADLINE
from tests.checks.rpc import tried_rpc
from tests.checks.stage import tried_at
from tests.rpc import SHOP, contract_of
from tests.shop import Shop, refuse
from tests.wire.serving_http2 import serving_without_deadlines

CLOCK = """
syntax = "proto3";
service Clock {
  rpc Watch(Every) returns (stream Tick);
  rpc GetSlowly(Every) returns (Tick);
  rpc Early(stream Every) returns (stream Tick);
}
message Every { int32 seconds = 1; }
message Tick { int64 at = 1; }
"""


def _watch(request: Any, context: Any) -> Any:
    at = 0
    while context.is_active():
        at += 1
        yield {"at": at}
        time.sleep(0.02)


def _slowly(request: Any, context: Any) -> Any:
    time.sleep(0.9)
    return {"at": 1}


def _early(requests: Any, context: Any) -> Any:
    refuse(context, "UNAUTHENTICATED", "who are you?")
    yield {"at": 1}


async def test_calls_end_by_their_deadline() -> None:
    found = await tried_rpc(CHECK, SHOP, Shop().answers())
    assert found.verdict == "proved", found.evidence.why
    held = [e for e in found.exchanges if e.note == "the message is held back"]
    assert {e.operation for e in held} == {o.id for o in contract_of(SHOP).operations}
    assert all(e.status == 504 and e.seconds >= 0.8 * DEADLINE for e in held)


async def test_streams_and_slow_rpcs_too() -> None:
    found = await tried_rpc(CHECK, CLOCK, {"Watch": _watch, "GetSlowly": _slowly, "Early": _early})
    assert found.cell("Clock.Watch") == "proved"
    assert found.cell("Clock.GetSlowly") == "proved"
    slow = [e for e in found.exchanges if e.note.startswith("with a deadline of") and e.operation == "Clock.GetSlowly"]
    assert [e.status for e in slow] == [504]


async def test_an_rpc_that_answers_before_anything_is_said_meets_no_deadline() -> None:
    found = await tried_rpc(CHECK, CLOCK, {"Watch": _watch, "GetSlowly": _slowly, "Early": _early})
    assert found.cell("Clock.Early") == "unknown"
    assert "deadline was not met" in found.evidence.why


async def test_a_server_that_knows_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seamwright.checks.contract.grpc.deadline.GRACE", 0.5)
    with serving_without_deadlines() as url:
        found = await tried_at(CHECK, url, contract_of(SHOP), boundary={"kind": "grpc"})
    assert found.verdict == "refuted"
    [finding] = found.evidence.findings
    assert finding.count == 4, "one mistake, seen at every rpc"
    assert "no end within" in finding.detail
