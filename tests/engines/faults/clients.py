"""A raw client of a relay, and short words for what the tests do again and again."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

from seamwright.engines.faults import Relay

__all__ = ["ASK", "OK", "Client", "asking", "fresh", "relay_to", "until"]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ASK = b"GET / HTTP/1.1\r\nHost: t\r\n\r\n"


def relay_to(port: int, **options: Any) -> Relay:
    """A relay on a free port to this one."""
    return Relay("127.0.0.1", 0, "127.0.0.1", port, **options)


def asking(operation: str = "GET /", body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request."""
    method, path = operation.split()
    head = f"{method} {path} HTTP/1.1\r\nHost: t\r\n" + "".join(
        f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items()
    )
    if body:
        head += f"Content-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class Client:
    """A raw, blocking socket, used from a thread so that the relay's loop runs on."""

    def __init__(self, relay: Relay) -> None:
        self.address = relay.address

    async def __aenter__(self) -> Client:
        self.socket = await asyncio.to_thread(socket.create_connection, self.address, 5)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.socket.close()

    async def send(self, data: bytes) -> None:
        await asyncio.to_thread(self.socket.sendall, data)

    async def receive(self) -> bytes:
        return await asyncio.to_thread(self.socket.recv, 65536)

    async def ask(self, request: bytes = ASK) -> bytes:
        await self.send(request)
        return await self.receive()

    async def rest(self) -> bytes:
        """Everything until the connection ends in order."""
        return b"".join([data async for data in self.pieces()])

    async def pieces(self) -> AsyncIterator[bytes]:
        while data := await self.receive():
            yield data


async def fresh(relay: Relay, request: bytes = ASK) -> bytes:
    """What comes first of the answer on a connection of its own."""
    async with Client(relay) as client:
        return await client.ask(request)


async def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)
