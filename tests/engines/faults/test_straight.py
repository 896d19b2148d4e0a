"""The straight way changes nothing about what is relayed and what is counted."""

from __future__ import annotations

import asyncio
import random
import re

import pytest

from seamwright.engines.faults import Latency, Relay, Reset, Selection, Status, Trickle
from tests.engines.faults.clients import ASK, OK, Client, asking, relay_to, until
from tests.engines.servers import echo, http, read_request, serving

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


async def test_a_request_that_was_answered_for_the_upstream_never_reaches_it_though_its_fault_has_ended() -> None:
    seen: list[bytes] = []
    with serving(http(OK, seen=seen)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            armed = await relay.arm(Status(503), 30)
            assert (await client.ask(POST[:-5])).startswith(b"HTTP/1.1 503")
            await relay.disarm(armed)
            assert not straight(relay)
            assert await client.ask(POST[-5:] + ASK) == OK
            assert seen == [ASK]
            assert straight(relay)


async def _tagged(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with path and body, in one piece, in chunks, or after a 100."""
    number = 0
    while request := await read_request(reader):
        number += 1
        head, _, body = request.partition(b"\r\n\r\n")
        told = head.split(b" ")[1] + body
        if number % 3 == 0:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if number % 2:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told) + told)
        else:
            parts = (told[:7], told[7:])
            chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts if part)
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
        await writer.drain()


async def _one_answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    while b" 100 " in head:
        head = await reader.readuntil(b"\r\n\r\n")
    if b"chunked" not in head:
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length is not None
        return head, await reader.readexactly(int(length[1]))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return head, body


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_armed_and_ended_amid_it_each_answer_is_that_of_its_request(seed: int) -> None:
    draw = random.Random(seed)
    faults = (Latency(0.002), Trickle(5000, 0.0001, 1000), Latency(0.001, direction="request"), Status(503))
    counts = {b"200": 0, b"503": 0}
    done = asyncio.Event()

    async def asks(relay: Relay, name: int) -> None:
        reader, writer = await asyncio.open_connection(*relay.address, limit=2**22)
        for number in range(60):
            wanted = []
            for later in range(draw.choice((1, 1, 3))):
                path = f"/{name}/{number}/{later}"
                body = draw.randbytes(draw.choice((0, 10, 5000, 300_000)))
                request = asking(f"POST {path}", body)
                wanted.append(path.encode() + body)
                cut = draw.randrange(len(request))
                writer.write(request[:cut])
                await asyncio.sleep(0)
                writer.write(request[cut:])
            for told in wanted:
                head, body = await asyncio.wait_for(_one_answer(reader), 10)
                counts[head[9:12]] += 1
                assert b" 503 " in head or body == told, f"{name}/{number}, seed {seed}"
        writer.close()

    async def arms(relay: Relay) -> None:
        while not done.is_set():
            armed = await relay.arm(draw.choice(faults), 10, Selection(probability=0.5))
            await asyncio.sleep(draw.random() * 0.01)
            await relay.disarm(armed)
            await asyncio.sleep(draw.random() * 0.01)

    with serving(_tagged) as port:
        async with relay_to(port, protocol="http", seed=seed) as relay:
            arming = asyncio.ensure_future(arms(relay))
            await asyncio.gather(*(asks(relay, name) for name in range(4)))
            done.set()
            await arming
    assert min(counts.values()) > 0, counts
