"""The one way out: budget, pace and places."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from seamwright.drivers.http import HttpConnection
from seamwright.model.errors import BudgetSpent, RefusedByScope
from seamwright.model.exchange import Request
from seamwright.run.recording import Coverage, Numbers, Recording
from seamwright.run.redaction import Redaction
from seamwright.run.scope import Scope
from seamwright.run.sessions import Clock, Pace, Sender
from tests.run.shelf import Shelf
from tests.run.trial import manifest_of
from tests.serving import serving


def recording() -> Recording:
    return Recording("contract.x", Redaction([]), Numbers(), Coverage())


def sender(url: str, connection: HttpConnection, environment: Any = "test") -> Sender:
    return Sender("api", connection, Scope(manifest_of({"api": url}, environment=environment)), lambda text: None)


def test_a_clock_never_goes_below_nothing() -> None:
    assert Clock(-5).remaining == 0
    assert 9 < Clock(10).remaining <= 10


async def test_a_pace_is_held_in_order() -> None:
    pace = Pace(50.0)
    began, order = time.monotonic(), []

    async def one(number: int) -> None:
        await pace.turn()
        order.append(number)

    await asyncio.gather(*(one(n) for n in range(6)))
    assert time.monotonic() - began >= 5 / 50
    assert order == list(range(6))


async def test_without_a_rate_nobody_waits() -> None:
    pace, began = Pace(None), time.monotonic()
    for _ in range(1000):
        await pace.turn()
    assert time.monotonic() - began < 0.5


async def test_what_is_sent_is_recorded_and_what_is_refused_is_not_sent() -> None:
    shelf, connection, kept = Shelf(), HttpConnection(), recording()
    with serving(shelf.app()) as url:
        out = sender(url, connection)
        sent = await out.send(
            Request("GET", f"{url}/echo"), recording=kept, timeout=5, operation="echo", identity="alice", note="n"
        )
        with pytest.raises(RefusedByScope):
            await out.send(Request("GET", "http://192.0.2.1/"), recording=kept, timeout=5)
        with pytest.raises(BudgetSpent, match="the time budget of 0 s ended"):
            await out.send(Request("GET", f"{url}/echo"), recording=kept, timeout=5, clock=Clock(0))
        short = await out.send(Request("GET", f"{url}/hang"), recording=kept, timeout=60, clock=Clock(0.3))
        await connection.close()

    assert (sent.boundary, sent.operation, sent.identity, sent.note, sent.status) == ("api", "echo", "alice", "n", 200)
    assert short.failure is not None
    assert short.failure.kind == "timeout"
    assert [str(asked) for asked in shelf.log] == ["GET /echo", "GET /hang"]
    assert len(kept.exchanges) == 2


async def test_production_is_asked_slowly() -> None:
    shelf, connection = Shelf(), HttpConnection()
    with serving(shelf.app()) as url:
        out, kept, began = sender(url, connection, "production"), recording(), time.monotonic()
        sends = (out.send(Request("GET", f"{url}/echo"), recording=kept, timeout=5, declared=True) for _ in range(5))
        await asyncio.gather(*sends)
        took = time.monotonic() - began
        await connection.close()
    assert took >= 4 / 10
