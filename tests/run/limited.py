"""A server in a process of its own whose limit is known: `slots` requests at a time, each of so many milliseconds.

`python limited.py queue SLOTS MS` lets the others wait; `python limited.py refuse RATE` answers 503 to what comes above
RATE a second, over and above a tenth of a second's worth at once. Prints its port, and ends when its input does.
"""

from __future__ import annotations

import asyncio
import sys
import time

HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
GOOD = HEAD % b"200 OK" + b'{"ok":true}'
BAD = HEAD % b"503 Too much" + b'{"ok":null}'


class _Bucket:
    """So many a second, evenly."""

    def __init__(self, rate: float) -> None:
        self.rate, self.most = rate, max(2.0, rate / 10)
        self.left, self.at = self.most, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.left = min(self.most, self.left + self.rate * (now - self.at))
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


async def main(mode: str, *numbers: str) -> None:
    slots = asyncio.Semaphore(int(numbers[0]))
    bucket = _Bucket(float(numbers[0]))

    async def answer() -> bytes:
        if mode == "refuse":
            return GOOD if bucket.take() else BAD
        async with slots:
            await asyncio.sleep(float(numbers[1]) / 1000)
        return GOOD

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(await answer())
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
