"""Bytes that the kernel moves are the same bytes, and stop being moved by it the moment that somebody must look."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from seamwright.engines.faults import Bandwidth, Relay, Reset, Selection, Status
from tests.engines.faults.clients import OK, Client, asking, relay_to, until
from tests.engines.servers import read_request, reset, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="splice(2) is Linux's")

BODY = os.urandom(1 << 20) * 24
HEAD = f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()


async def downloads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A long answer to `GET /long`, a short one to all else."""
    while request := await read_request(reader):
        if b"/long" in request:
            writer.write(HEAD)
            writer.write(BODY)
        else:
            writer.write(OK)
        await writer.drain()


async def sums(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The digest of an upload, at its end."""
    digest = hashlib.sha256()
    while data := await reader.read(1 << 20):
        digest.update(data)
    writer.write(digest.digest())
    await writer.drain()


def spliced(relay: Relay) -> bool:
    return any(link.splice is not None for link in relay._links.values())


async def begun(relay: Relay, client: Client) -> tuple[bytearray, int]:
    """Ask for the long answer and read of it until the kernel moves it; what came, and how often was asked.

    Where the client happens to be slower than the relay, an answer goes the usual way, and is asked for again.
    """
    for asked in range(1, 30):
        await client.send(asking("GET /long"))
        got = bytearray()
        while len(got) < len(HEAD) + len(BODY):
            if spliced(relay) and 2 * len(got) < len(BODY):
                return got, asked
            got += await asyncio.to_thread(client.socket.recv, 1 << 16 if len(got) < 1 << 20 else 1 << 20)
    raise AssertionError("no answer was moved by the kernel")


async def rest_of(client: Client, got: bytearray) -> bytes:
    while len(got) < len(HEAD) + len(BODY):
        got += await asyncio.to_thread(client.socket.recv, 1 << 20)
    return bytes(got)


def files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("protocol", ["tcp", "http", "auto"])
async def test_a_long_answer_goes_by_itself_and_the_next_request_is_seen_again(protocol: str) -> None:
    with serving(downloads) as port:
        async with relay_to(port, protocol=protocol) as relay, Client(relay) as client:
            assert await client.ask() == OK
            before, asked = files(), 1
            for _ in range(2):
                got, times = await begun(relay, client)
                asked += times + 1
                assert await rest_of(client, got) == HEAD + BODY
                assert await client.ask() == OK
            assert not spliced(relay)
            await until(lambda: files() <= before)
            assert relay.requests == asked
            await relay.arm(Reset(), 30, Selection(nth=1))
            with pytest.raises(ConnectionResetError):
                await client.ask()
            assert [(entry.turn, entry.request) for entry in await relay.log() if entry.turn] == [
                (asked + 1, asked + 1)
            ]


async def test_an_upload_goes_by_itself_too() -> None:
    with serving(sums) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await client.send(BODY)
            await asyncio.to_thread(client.socket.shutdown, socket.SHUT_WR)
            assert await client.rest() == hashlib.sha256(BODY).digest()
            await until(lambda: relay.connections == 0)


async def test_a_fault_that_is_armed_amid_it_loses_no_byte() -> None:
    with serving(downloads) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            got, _ = await begun(relay, client)
            armed = await relay.arm(Bandwidth(2_000_000), 30, Selection(open=True))
            assert not spliced(relay)
            began = time.monotonic()
            while time.monotonic() - began < 0.3:
                got += await asyncio.to_thread(client.socket.recv, 1 << 20)
            assert len(got) < len(BODY)
            await relay.disarm(armed)
            assert await rest_of(client, got) == HEAD + BODY


async def test_a_client_that_does_not_read_or_goes_away_ends_it() -> None:
    with serving(downloads) as port:
        async with relay_to(port) as relay:
            before = files()
            async with Client(relay) as client:
                await begun(relay, client)
            await until(lambda: relay.connections == 0 and files() <= before)


async def test_a_reset_by_the_upstream_arrives_as_one() -> None:
    told = threading.Event()

    async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(HEAD + BODY[:4_000_000])
        await writer.drain()
        while not told.is_set():
            await asyncio.sleep(0.005)
        reset(writer)

    with serving(breaks_off) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await client.send(asking("GET /long"))
            got = 0
            while got < len(HEAD) + 4_000_000:
                got += len(await client.receive())
            told.set()
            with pytest.raises(ConnectionResetError):
                await client.receive()


async def test_what_is_armed_for_later_does_not_disturb_a_long_answer() -> None:
    with serving(downloads) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            got, _ = await begun(relay, client)
            await relay.arm(Status(503), 30)
            assert await rest_of(client, got) == HEAD + BODY
            assert (await client.ask()).startswith(b"HTTP/1.1 503")
