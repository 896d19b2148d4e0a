"""One side ends in every way a connection can end."""

from __future__ import annotations

import asyncio
import socket

import pytest

from seamwright.engines.faults.side import Side


class Watching:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def made(self, side: Side) -> None:
        self.told.append("made")

    def received(self, side: Side, data: bytes) -> None:
        self.told.append(data.decode())

    def eof(self, side: Side) -> None:
        self.told.append("eof")

    def lost(self, side: Side, exc: Exception | None) -> None:
        self.told.append("lost")

    def flow(self) -> None:
        self.told.append("flow")


async def connected() -> tuple[Side, Watching, socket.socket]:
    watching = Watching()
    side = Side(watching, "client")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        await asyncio.get_running_loop().create_connection(lambda: side, *listening.getsockname())
        peer, _ = listening.accept()
    peer.settimeout(5)
    return side, watching, peer


async def test_it_tells_what_happens() -> None:
    side, watching, peer = await connected()
    with peer:
        peer.sendall(b"hello")
        peer.shutdown(socket.SHUT_WR)
        async with asyncio.timeout(5):
            while not side.ended:
                await asyncio.sleep(0.001)
        assert watching.told == ["made", "hello", "eof"]
        side.write(b"bye")
        side.finish()
        assert await asyncio.to_thread(peer.recv, 10) == b"bye"
        assert await asyncio.to_thread(peer.recv, 10) == b""
        side.close()


async def test_a_reset_is_one() -> None:
    side, _, peer = await connected()
    with peer:
        side.reset()
        with pytest.raises(ConnectionResetError):
            await asyncio.to_thread(peer.recv, 10)


async def test_what_was_written_before_a_reset_can_be_waited_for() -> None:
    side, _, peer = await connected()
    with peer:
        side.write(b"x" * 3_000_000)
        side.when_sent(side.reset)
        got = 0
        while got < 3_000_000:
            got += len(await asyncio.to_thread(peer.recv, 1_000_000))
        with pytest.raises(ConnectionResetError):
            await asyncio.to_thread(peer.recv, 1)


async def test_what_is_not_read_stays_with_the_peer() -> None:
    side, watching, peer = await connected()
    with peer:
        side.read(False)
        peer.sendall(b"x")
        await asyncio.sleep(0.02)
        assert watching.told == ["made"]
        side.read(True)
        async with asyncio.timeout(5):
            while watching.told == ["made"]:
                await asyncio.sleep(0.001)
        side.abort()
