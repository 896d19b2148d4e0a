"""A server as quick as Python can be: uvloop and one small JSON answer, whatever is asked. Prints its port.

With the word `numbered` every answer has a number of its own, in its head and in its body. It may be stopped with
SIGSTOP, and goes on with SIGCONT. Ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n{"id":7,"name":"a plain cup"}'


NUMBERED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: %010d\r\nContent-Length: 38\r\n\r\n"
    b'{"id":%010d,"name":"a plain cup"}'
)


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
            self.transport.write(self.answers(heads))  # type: ignore[attr-defined]

    def answers(self, number: int) -> bytes:
        return ANSWER * number


class Numbered(Plain):
    """Answers that all differ."""

    numbers = itertools.count(10**9)

    def answers(self, number: int) -> bytes:
        return b"".join(NUMBERED % (n, n) for n in itertools.islice(self.numbers, number))


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Numbered if sys.argv[1:] == ["numbered"] else Plain, "127.0.0.1", 0, backlog=1024)
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
