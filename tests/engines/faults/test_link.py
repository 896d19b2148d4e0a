"""What faults do to one connection: told without sockets where order matters, and on sockets where bytes do."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import cast

import pytest

from seamwright.engines.faults import (
    Close,
    DropAnswer,
    Fault,
    Hang,
    Latency,
    Malformed,
    Relay,
    Reset,
    Selection,
    Truncate,
)
from seamwright.engines.faults.link import Link
from seamwright.engines.faults.struck import Struck
from seamwright.engines.faults.turn import Strike, Turn
from tests.engines.faults.clients import ASK, OK, Client, asking, fresh, relay_to
from tests.engines.servers import echo, http, serving


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


# on sockets

LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000


@pytest.mark.parametrize("protocol", ["tcp", "http"])
@pytest.mark.parametrize("end", ["reset", "close"])
async def test_an_answer_ends_after_so_many_bytes(protocol: str, end: str) -> None:
    with serving(http(LONG)) as port:
        async with relay_to(port, protocol=protocol) as relay, Client(relay) as client:
            await relay.arm(Truncate(100, end), 30, Selection(first=1))
            expected = LONG[: 100 + (LONG.index(b"x") if protocol == "http" else 0)]
            assert await client.ask() == expected
            if end == "reset":
                with pytest.raises(ConnectionResetError):
                    await client.receive()
            else:
                assert await client.receive() == b""
            assert await fresh(relay) == LONG


async def test_a_limit_can_be_that_of_the_connection() -> None:
    with serving(echo) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await relay.arm(Truncate(5, "close", total=True), 30)
            assert await client.ask(b"abc") == b"abc"
            assert await client.ask(b"def") == b"de"
            assert await client.receive() == b""


async def test_the_upstream_can_be_the_one_that_gets_no_more() -> None:
    got: list[bytes | str] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(100):
                got.append(data)
        except ConnectionResetError:
            got.append("reset")

    with serving(behave) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await relay.arm(Truncate(4, direction="request"), 30)
            with pytest.raises(ConnectionResetError):
                await client.ask(b"0123456789")
            async with asyncio.timeout(5):
                while got != [b"0123", "reset"]:
                    await asyncio.sleep(0.005)


async def test_an_answer_hangs_amid_its_body_until_its_time_is_over() -> None:
    with serving(http(LONG)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(Hang(after=10, seconds=0.2, end="close"), 30)
            began = time.monotonic()
            assert await client.ask() == LONG[: LONG.index(b"x") + 10]
            assert await client.receive() == b""
            assert time.monotonic() - began > 0.19


async def test_a_close_is_in_order_and_the_upstream_sees_nothing() -> None:
    seen: list[bytes] = []
    with serving(http(OK, seen=seen)) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await relay.arm(Close(), 30)
            assert await client.ask() == b""
            assert seen == []


async def test_idle_connections_get_a_true_reset_when_that_is_asked_for() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay, Client(relay) as one, Client(relay) as two:
            assert [await one.ask(), await two.ask()] == [OK, OK]
            await relay.arm(Reset(), 30, Selection(open=True, connection=2))
            with pytest.raises(ConnectionResetError):
                await two.receive()
            assert await one.ask() == OK


async def test_a_reset_may_take_its_time() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await relay.arm(Reset(0.1), 30)
            began = time.monotonic()
            with pytest.raises(ConnectionResetError):
                await client.ask()
            assert time.monotonic() - began > 0.095


async def test_the_answer_to_one_operation_is_dropped_among_pipelined_ones() -> None:
    seen: list[bytes] = []
    charge = asking("POST /charges", b"{}")
    with serving(http(OK, seen=seen)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(DropAnswer(), 30, Selection(operation="POST /charges"))
            await client.send(ASK + charge)
            got = b""
            with contextlib.suppress(ConnectionResetError):
                while data := await client.receive():
                    got += data
            assert got in (b"", OK)  # a reset may overtake what was on its way
            assert seen == [ASK, charge]
            (entry,) = [entry for entry in await relay.log() if "was dropped" in entry.done]
            assert (entry.operation, entry.request, entry.turn) == ("POST /charges", 2, 2)


EXPECTING = asking("POST /charges", b"{}", Expect="100-continue")


async def continuing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Asks for each body, and answers when it has come."""
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await reader.readexactly(2)
        writer.write(LONG)


@pytest.mark.parametrize(
    ("fault", "got"),
    [
        (DropAnswer("close"), b""),
        (Truncate(10, "close"), LONG[: LONG.index(b"x") + 10]),
        (Hang(after=10, seconds=0.1, end="close"), LONG[: LONG.index(b"x") + 10]),
        (Malformed("head"), LONG.replace(b"200", b"2OO", 1)),
    ],
)
async def test_an_answer_on_the_way_to_the_answer_is_none(fault: Fault, got: bytes) -> None:
    with serving(continuing) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(fault, 30)
            assert await client.ask(EXPECTING[:-2]) == b"HTTP/1.1 100 Continue\r\n\r\n"
            assert await client.ask(EXPECTING[-2:]) == got


async def test_what_would_not_show_on_an_idle_connection_waits_for_its_next_request() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            assert await client.ask() == OK
            await relay.arm(Latency(0.1), 30, Selection(open=True, first=1))
            began = time.monotonic()
            assert await client.ask() == OK
            assert time.monotonic() - began > 0.095
            assert [entry.done for entry in await relay.log()][1:] == ["answer held back for 0.1 s"]


async def test_an_upstream_that_has_no_name_ends_its_callers() -> None:
    async with Relay("127.0.0.1", 0, "no..name", 80) as relay:
        with pytest.raises(ConnectionResetError):  # maybe while it still connects
            await fresh(relay)
        assert "no connection to no..name:80" in (await relay.log())[0].done
