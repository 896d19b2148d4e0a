"""Serves a WebSocket for a test: well-behaved, or with a hand of its own on the bytes."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

__all__ = ["accepted", "looping", "serving_raw", "serving_websocket"]

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.contextmanager
def looping(main: Callable[[Callable[[int], None]], Awaitable[None]], scheme: str, path: str = "") -> Iterator[str]:
    """Run a server on an event loop in a thread of its own; `main` tells its port and serves until it is cancelled."""
    ready = threading.Event()
    port = list[int]()
    stop = list[Callable[[], object]]()

    def told(number: int) -> None:
        port.append(number)
        ready.set()

    async def served() -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        stop.append(lambda: loop.call_soon_threadsafe(task.cancel))
        await main(told)

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(served())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        assert ready.wait(10), "the test server did not start within 10 s"
        yield f"{scheme}://127.0.0.1:{port[0]}{path}"
    finally:
        stop[0]()
        thread.join(10)
        assert not thread.is_alive(), "the test server did not stop within 10 s"


@contextlib.contextmanager
def serving_websocket(handle: Callable[[Any], Awaitable[None]], **options: Any) -> Iterator[str]:
    """Serve conversations with the library that servers use; gives `ws://host:port/talk`."""
    from websockets.asyncio.server import serve

    async def main(told: Callable[[int], None]) -> None:
        # By itself the library waits 10 s for those who do not say goodbye, which is as long as we wait for it.
        async with serve(handle, "127.0.0.1", 0, **{"close_timeout": 1, "open_timeout": 2, **options}) as server:
            told(next(iter(server.sockets)).getsockname()[1])
            await server.serve_forever()

    with looping(main, "ws", "/talk") as url:
        yield url


@contextlib.contextmanager
def serving_raw(handle: Handle) -> Iterator[str]:
    """Serve with bytes alone, as a server would that does not keep to RFC 6455."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await handle(reader, writer)
        writer.close()

    async def main(told: Callable[[int], None]) -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        told(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with looping(main, "ws", "/talk") as url:
        yield url


async def accepted(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, wrong: bool = False, more: bytes = b""
) -> None:
    """Answer any handshake with 101, whatever it says; `wrong` lies about the key, `more` are further headers."""
    head = await reader.readuntil(b"\r\n\r\n")
    key = next(
        (s.partition(b":")[2].strip() for s in head.split(b"\r\n") if s.lower().startswith(b"sec-websocket-key")), b""
    )
    told = b"nonsense" if wrong else base64.b64encode(hashlib.sha1(key + _GUID).digest())
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + told + b"\r\n" + more + b"\r\n"
    )
