"""A server as quick as Python can be: uvloop and one small JSON answer, whatever is asked. Prints its port.

It may be stopped with SIGSTOP, and goes on with SIGCONT. Ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n{"id":7,"name":"a plain cup"}'


class Plain(asyncio.Protocol):
    """Answers as many requests as their heads have ended; none of them has a body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        data = self.rest + data
        heads = data.count(b"\r\n\r\n")
        self.rest = data.rpartition(b"\r\n\r\n")[2]
        if heads:
            self.transport.write(ANSWER * heads)  # type: ignore[attr-defined]


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Plain, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            import uvloop
        except ImportError:
            asyncio.run(main())
        else:
            uvloop.run(main())
