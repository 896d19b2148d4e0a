"""Serves an ASGI app on a free loopback port for a test, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn

__all__ = ["free_port", "serving"]


def free_port() -> int:
    """A loopback port that nobody listens on at this moment; for tests of refused connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Started(uvicorn.Server):
    """Tells when it accepts connections, instead of being asked again and again, and ends as soon as it is told to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self.accepting.set()

    async def main_loop(self) -> None:
        """As uvicorn's own, which looks every tenth of a second whether it is to end."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), 0.1)

    def end(self) -> None:
        """From another thread: end now, without waiting for connections."""
        self.should_exit = True
        self.force_exit = True
        if self.accepting.is_set():
            self._loop.call_soon_threadsafe(self._over.set)


@contextlib.contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve the app; gives its base URL. The socket is bound before the server starts, so the port is ours."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    server = _Started(uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        assert server.accepting.wait(10), "the test server did not start within 10 s"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        if thread.is_alive():
            server.end()
        thread.join(10)
        listener.close()
        assert not thread.is_alive(), "the test server did not stop within 10 s"
