"""Real little servers for the engines' tests, each on an event loop and a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator

__all__ = ["Behaviour", "echo", "free_port", "http", "read_request", "reset", "serving"]

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.contextmanager
def serving(behave: Behaviour, *, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[int]:
    """Serve each connection with `behave` on 127.0.0.1; gives the port."""
    started = threading.Event()
    ports: list[int] = []
    stops: list[Callable[[], object]] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await behave(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client went; servers live with that
        finally:
            writer.close()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        stops.append(lambda: loop.call_soon_threadsafe(stop.set))
        server = await asyncio.start_server(one, "127.0.0.1", port, ssl=tls, limit=2**20)
        ports.append(server.sockets[0].getsockname()[1])
        started.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(main(),), daemon=True)
    thread.start()
    assert started.wait(5), "the test's server did not start"
    try:
        yield ports[0]
    finally:
        stops[0]()
        thread.join(5)
        assert not thread.is_alive(), "the test's server did not stop"


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """One HTTP request with its Content-Length body; empty at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return b""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return head + await reader.readexactly(int(value))
    return head


def http(*answers: bytes, seen: list[bytes] | None = None) -> Behaviour:
    """Answer every request of a connection with the next of `answers`, the last one over and over."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = 0
        while request := await read_request(reader):
            if seen is not None:
                seen.append(request)
            writer.write(answers[min(number, len(answers) - 1)])
            await writer.drain()
            number += 1

    return behave


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Give back every byte, and end when the client has ended."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


def reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with RST."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
