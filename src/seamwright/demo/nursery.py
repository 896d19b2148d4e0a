"""Starts many shops quickly: everything is imported once here, and each shop is forked off for whoever connects.

`python -m seamwright.demo.nursery SOCKET` listens on a Unix socket and ends with its standard input. Whoever connects
sends one line of JSON, `{"arguments": […], "env": {…}}`, and speaks from then on with the launcher of a shop of their
own: its ready line comes back, and the shop ends when the connection does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from seamwright.demo.system import RunningShop, ShopNotStarted, arguments_for
from seamwright.kit.child import ChildNotReady, child

__all__ = ["Nursery", "main"]

_LONGEST_LINE = 1_000_000
_START_WITHIN = 60.0
_END_WITHIN = 8.0


class Nursery:
    """A nursery that this process has started: `async with Nursery.opened() as nursery: …`"""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[Nursery]:
        """Starts it, and ends it with the block."""
        with tempfile.TemporaryDirectory(prefix="seamwright-nursery-") as folder:
            path = Path(folder) / "socket"
            command = [sys.executable, "-m", "seamwright.demo.nursery", str(path)]
            try:
                async with child(command, ready_within=_START_WITHIN, end_within=_END_WITHIN):
                    yield cls(path)
            except ChildNotReady as error:
                raise ShopNotStarted(f"the nursery of shops did not start: {error}") from None

    @asynccontextmanager
    async def shop(
        self,
        *,
        data: Path,
        defects: Sequence[str] = (),
        payments_url: str | None = None,
        databases: Mapping[str, str] | None = None,
        queue: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> AsyncIterator[RunningShop]:
        """A shop of its own, ended with the block; raises `ShopNotStarted`.

        `databases` and `queue` are as in `Shop.start`.
        """
        reader, writer = await asyncio.open_unix_connection(str(self._path), limit=_LONGEST_LINE)
        arguments = arguments_for(
            data=data, defects=defects, payments_url=payments_url, databases=databases, queue=queue
        )
        writer.write(json.dumps({"arguments": arguments, "env": dict(env or {})}).encode() + b"\n")
        try:
            yield await _come_up(reader)
        finally:
            writer.write_eof()
            # The launcher and its services hold the other end; when it is closed, all of them are gone.
            async with asyncio.timeout(_END_WITHIN):
                await reader.read()
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def _come_up(reader: asyncio.StreamReader) -> RunningShop:
    told: list[str] = []
    while line := (await reader.readline()).decode(errors="replace"):
        if line.startswith("{"):
            return RunningShop.from_json(line)
        told.append(line.strip())
    raise ShopNotStarted(f"the shop did not start: {' '.join(told) or 'its launcher ended without a word'}")


def main() -> int:
    """Listens until standard input ends; never returns in a launcher that was forked off."""
    from seamwright.demo.__main__ import main as launch

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # launchers are reaped by the kernel
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select.select([listener.fileno(), 0], [], [])
            if listener.fileno() in ready:
                connection, _ = listener.accept()
                if os.fork() == 0:
                    listener.close()
                    _launched(connection, launch)
                connection.close()
            elif os.read(0, 4096) == b"":
                return 0


def _launched(connection: socket.socket, launch: Callable[[list[str]], int]) -> None:
    """In the child: becomes the launcher of one shop, which speaks through the connection."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        line = b""
        while not line.endswith(b"\n"):
            # Byte by byte: what follows the line is the launcher's to read.
            byte = connection.recv(1)
            if not byte:
                os._exit(0)
            line += byte
        asked = json.loads(line)
        for descriptor in (0, 1, 2):
            os.dup2(connection.fileno(), descriptor)
        connection.close()
        os.environ.update(asked["env"])
        status = launch(asked["arguments"])
    except SystemExit as error:
        print(error.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001  a forked child must never run on into its parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
