"""What faults do to requests and answers, on sockets."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from seamwright.engines.faults import (
    Close,
    DropAnswer,
    Fault,
    Hang,
    Latency,
    Malformed,
    Reset,
    Selection,
    Truncate,
)
from tests.engines.faults.clients import ASK, OK, Client, asking, fresh, relay_to
from tests.engines.servers import echo, http, serving

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
