"""The turns of one link, told without sockets: who speaks begins a turn, and each is struck once."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from seamwright.engines.faults.faults import DropAnswer, Hang, Slow
from seamwright.engines.faults.link import Link, Strike


class Owner:
    """Strikes with what lies ready and writes down what it hears."""

    def __init__(self, *strikes: Strike | None) -> None:
        self.strikes = list(strikes)
        self.asked: list[tuple[int, bool]] = []
        self.notes: list[str] = []

    def strike(self, link: Link, *, greeting: bool) -> Strike | None:
        self.asked.append((link.turn, greeting))
        return self.strikes.pop(0) if self.strikes else None

    def note(self, link: Link, strike: Strike | None, done: str) -> None:
        self.notes.append(done)

    def gone(self, link: Link) -> None:
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
    assert "reset" in owner.notes[-1]


async def test_an_answer_is_dropped_only_when_it_has_begun() -> None:
    link = connected(Owner(Strike(1, DropAnswer())))
    link.received(link.client, b"x")
    assert link.open
    link.received(link.upstream, b"y")
    assert not link.open


async def test_losing_the_client_forgets_what_is_held_back() -> None:
    link = connected(Owner(Strike(1, Slow(60))))
    link.received(link.client, b"x")
    link.received(link.upstream, b"y")
    assert cast(Any, link)._timer is not None
    link.client.connection_lost(None)
    link.upstream.connection_lost(None)
    assert cast(Any, link)._timer is None
    assert link.ended.done()
