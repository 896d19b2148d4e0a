"""A port that refuses stays ours, whether the kernel chose it or we did."""

from __future__ import annotations

import asyncio
import socket

import pytest

from seamwright.engines.faults.listener import Listener
from tests.engines.servers import free_port


class Greets(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert hasattr(transport, "write")
        transport.write(b"hi")
        transport.close()


async def greeting(address: tuple[str, int]) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    data = await reader.read()
    writer.close()
    return data


@pytest.mark.parametrize("chosen", [True, False])
async def test_it_refuses_and_listens_again_on_the_same_port(chosen: bool) -> None:
    listener = Listener.bind("127.0.0.1", 0 if chosen else free_port(), Greets)
    address = listener.address
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await greeting(address)
        await listener.listen()
        await listener.listen()
        assert listener.listening
        assert await greeting(address) == b"hi"
        listener.refuse()
        assert not listener.listening
        assert listener.address == address
    listener.close()


@pytest.mark.parametrize("chosen", [True, False])
async def test_nobody_gets_the_port_while_it_refuses_and_anybody_after_the_end(chosen: bool) -> None:
    listener = Listener.bind("127.0.0.1", 0 if chosen else free_port(), Greets)
    address = listener.address
    await listener.listen()
    listener.refuse()
    with socket.socket() as thief, pytest.raises(OSError, match="in use"):
        thief.bind(address)
    listener.close()
    with socket.socket() as heir:
        heir.bind(address)


async def test_a_socket_bound_beforehand_is_taken_over() -> None:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    address = bound.getsockname()
    listener = Listener(bound, Greets)
    assert listener.address == address
    await listener.listen()
    listener.refuse()
    await listener.listen()
    assert await greeting(address) == b"hi"
    listener.close()


async def test_a_socket_that_listens_already_or_is_not_bound_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy, pytest.raises(ValueError, match="listens already"):
        Listener(busy, Greets)
    with socket.socket() as loose, pytest.raises(ValueError, match="not bound"):
        Listener(loose, Greets)


async def test_a_port_in_use_is_told_with_its_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1:{port}"):
            Listener.bind("127.0.0.1", port, Greets)
