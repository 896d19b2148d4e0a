"""One relayed connection: what comes first, what counts as a turn, and how it ends, told without sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from seamwright.engines.faults import (
    DropAnswer,
    Hang,
    Latency,
    Relay,
)
from seamwright.engines.faults.link import Link
from seamwright.engines.faults.struck import Struck
from seamwright.engines.faults.turn import Strike, Turn
from tests.engines.faults.clients import fresh


class Owner:
    """Strikes with what lies ready and writes down what it hears."""

    def __init__(self, *strikes: Strike | None) -> None:
        self.rules = 1
        self.ready = list(strikes)
        self.asked: list[tuple[int, bool]] = []
        self.notes: list[str] = []

    def numbered(self) -> int:
        return 1

    def strikes(self, link: Struck, turn: Turn) -> Sequence[Strike]:
        self.asked.append((turn.number, turn.head.greeting))
        found = self.ready.pop(0) if self.ready else None
        return [] if found is None else [found]

    def opened(self, link: Struck) -> None:
        self.notes.append("opened")

    def note(self, link: Struck, turn: Turn | None, strike: Strike | None, done: str) -> None:
        self.notes.append(done)

    def gone(self, link: Struck) -> None:
        self.notes.append("gone")


class Wire:
    """A transport that keeps what it is told."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.written.append(b"(pause)")

    def resume_reading(self) -> None:
        self.written.append(b"(resume)")

    def get_extra_info(self, name: str) -> Wire:
        return self

    def setsockopt(self, *option: object) -> None:
        self.written.append(b"(linger)")

    def abort(self) -> None:
        self.closed = True

    close = abort


def connected(owner: Owner) -> Link:
    link = Link(owner, 1)
    for side in (link.client, link.upstream):
        side.connection_made(cast(asyncio.BaseTransport, Wire()))
    return link


async def test_what_comes_before_there_is_an_upstream_is_neither_lost_nor_struck_twice() -> None:
    owner = Owner()
    link = Link(owner, 1)
    link.client.connection_made(cast(asyncio.BaseTransport, Wire()))
    link.client.data_received(b"early")
    assert owner.asked == []
    upstream = Wire()
    link.upstream.connection_made(cast(asyncio.BaseTransport, upstream))
    assert b"early" in upstream.written
    assert owner.asked == [(1, False)]


async def test_a_turn_begins_with_each_request_and_not_with_each_piece() -> None:
    owner = Owner()
    link = connected(owner)
    for side in (link.client, link.client, link.upstream, link.upstream, link.client, link.upstream):
        link.received(side, b"x")
    assert owner.asked == [(1, False), (2, False)]
    assert link.turn == 2


async def test_a_greeting_is_the_first_turn_and_no_request() -> None:
    owner = Owner()
    link = connected(owner)
    link.received(link.upstream, b"220")
    link.received(link.upstream, b" ready")
    link.received(link.client, b"HELO")
    assert owner.asked == [(1, True), (2, False)]


async def test_what_hangs_is_let_go_only_by_the_end_of_its_own_fault() -> None:
    link = connected(owner := Owner(Strike(7, Hang())))
    link.received(link.client, b"x")
    link.release(6)
    assert link.open
    link.release(7)
    assert not link.open
    assert "let go" in owner.notes[-1]


async def test_an_answer_is_dropped_only_when_it_has_begun() -> None:
    link = connected(Owner(Strike(1, DropAnswer())))
    link.received(link.client, b"x")
    assert link.open
    link.received(link.upstream, b"y")
    assert not link.open


async def test_losing_the_client_forgets_what_is_held_back() -> None:
    link = connected(Owner(Strike(1, Latency(0.02), 0.02)))
    link.received(link.client, b"x")
    link.received(link.upstream, b"y")
    link.client.connection_lost(None)
    link.upstream.connection_lost(None)
    await asyncio.sleep(0.03)
    assert cast(Wire, link.client.transport).written == []
    assert link.ended.done()


async def test_one_that_ends_while_it_is_being_accepted_is_gone() -> None:
    owner = Owner()
    link = Link(owner, 1)
    link.abort()
    assert link.ended.done()
    assert owner.notes == ["gone"]
    late = Wire()
    link.client.connection_made(cast(asyncio.BaseTransport, late))
    assert late.closed


async def test_an_upstream_that_has_no_name_ends_its_callers() -> None:
    async with Relay("127.0.0.1", 0, "no..name", 80) as relay:
        with pytest.raises(ConnectionResetError):  # maybe while it still connects
            await fresh(relay)
        assert "no connection to no..name:80" in (await relay.log())[0].done
