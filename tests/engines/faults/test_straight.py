"""The straight way changes nothing about what is relayed and what is counted."""

from __future__ import annotations

import asyncio
import random

import pytest

from seamwright.engines.faults import Latency, Refuse, Relay, Reset, Selection
from tests.engines.faults.clients import ASK, OK, Client, asking, relay_to, until
from tests.engines.servers import echo, http, serving

POST = asking("POST /orders", b"0123456789")


def straight(relay: Relay) -> bool:
    return all(link._straight is not None for link in relay._links.values())


@pytest.mark.parametrize("protocol", ["tcp", "http", "auto"])
async def test_it_is_taken_while_nothing_is_armed_and_the_count_goes_on(protocol: str) -> None:
    with serving(http(OK)) as port:
        async with relay_to(port, protocol=protocol) as relay, Client(relay) as client:
            for _ in range(3):
                assert await client.ask() == OK
            assert await client.ask(POST) == OK
            assert straight(relay)
            armed = await relay.arm(Latency(0.001), 30)
            assert not straight(relay)
            assert await client.ask() == OK
            await relay.disarm(armed)
            assert straight(relay)
            assert await client.ask() == OK
            await relay.arm(Reset(), 30)
            with pytest.raises(ConnectionResetError):
                await client.ask()
            struck = [(entry.kind, entry.turn, entry.request) for entry in await relay.log() if entry.turn]
            assert struck == [("latency", 5, 5), ("reset", 7, 7)]


async def test_requests_in_pieces_and_pipelined_are_counted_once() -> None:
    stream = (ASK + POST) * 10
    draw = random.Random(3)
    with serving(http(OK)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            at = 0
            while at < len(stream):
                size = draw.randrange(1, 60)
                await client.send(stream[at : at + size])
                at += size
            got = b""
            while len(got) < 20 * len(OK):
                got += await client.receive()
            assert got == OK * 20
            assert relay.requests == 20


async def test_a_fault_armed_between_a_request_and_its_answer_strikes_the_next() -> None:
    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            await reader.readexactly(1)
            writer.write(OK)

    with serving(late) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await client.send(ASK)
            await until(lambda: relay.requests == 1)
            await relay.arm(Reset(), 30, Selection(operation="GET /"))
            # A byte of the next request lets the answer go; it is held until the request is whole.
            await client.send(ASK[:1])
            await client.send(ASK[1:])
            with pytest.raises(ConnectionResetError):
                await client.receive()
            (entry,) = [entry for entry in await relay.log() if entry.turn]
            assert (entry.turn, entry.request) == (2, 2)


async def test_what_is_no_http_after_all_is_passed_on() -> None:
    with serving(echo) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(Refuse(), 0.001)
            await until(lambda: relay.in_force == ())
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            assert await client.ask(b"\x00\x01") == b"\x00\x01"
            assert straight(relay)
            assert await client.ask(b"\x02") == b"\x02"


async def test_it_holds_back_who_sends_faster_than_is_read() -> None:
    with serving(echo) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            data = random.Random(1).randbytes(3_000_000)
            sending = asyncio.ensure_future(client.send(data))
            got = bytearray()
            while len(got) < len(data):
                got += await asyncio.to_thread(client.socket.recv, 65536)
            await sending
            assert bytes(got) == data
