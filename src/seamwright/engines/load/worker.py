"""One process's share of a load run: told what to do over its standard input, and telling over its standard output.

It ends when its input does, so none outlives the process that started it, however that came to its end.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import queue
import signal
import ssl
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from seamwright.engines.load.plan import LoadPlan, Validate

__all__ = ["FRAME", "Judge", "Secure", "Share", "framed", "main"]

FRAME = struct.Struct(">Q")
"""The length before each message; a message is a pickle, of a process and for a process of this program alone."""

Judge = Callable[[], Validate]
"""Makes the `validate` of a plan, in the process that is to use it: something that can be pickled."""

Secure = Callable[[], ssl.SSLContext]
"""Makes the `tls` of a plan, likewise."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process is to do: of every `of` requests or users, the one whose turn is `index`."""

    plan: LoadPlan
    index: int
    of: int
    judge: Judge | None
    secure: Secure | None


def framed(message: Any) -> bytes:
    """A message as it goes over a pipe."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return FRAME.pack(len(data)) + data


def main() -> None:
    """Read the search path and the share, make ready, wait for the moment to begin, and tell what came of it."""
    # Ctrl-C on a terminal reaches every process of the group; the one that started this one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever else is printed must not stand between the messages
    sys.path[:] = _read(sys.stdin.buffer)
    share: Share = _read(sys.stdin.buffer)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_worked(share, _Teller(told)))
    # Not by the usual way out, on which it would wait for the thread that still listens.
    sys.stderr.flush()
    os._exit(0)


class _Teller:
    """Writes messages in a thread of its own: a pipe that is full must not hold up the schedule."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._messages: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def tell(self, kind: str, value: Any = None) -> None:
        self._messages.put(framed((kind, value)))

    def end(self) -> None:
        self._messages.put(None)
        self._thread.join()

    def _write(self) -> None:
        while (data := self._messages.get()) is not None:
            view = memoryview(data)
            while view:
                view = view[self._stream.write(view) :]


async def _worked(share: Share, teller: _Teller) -> None:
    from seamwright.engines.load.run import Run

    try:
        plan = replace(
            share.plan,
            validate=share.judge() if share.judge is not None else None,
            tls=share.secure() if share.secure is not None else None,
        )
        run = Run(plan, lambda row: teller.tell("row", row), share=share.index, of=share.of)
        begin: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        threading.Thread(target=_listen, args=(asyncio.get_running_loop(), begin, run), daemon=True).start()
        try:
            await run.warm()
            teller.tell("ready")
            outcome = await run.go(await begin)
        finally:
            await run.close()
        outcome.recorder.flush()
        teller.tell("done", outcome)
    except Exception:  # noqa: BLE001 - it is told to the process that started this one, which raises it
        teller.tell("failed", traceback.format_exc())
    teller.end()


def _listen(loop: asyncio.AbstractEventLoop, begin: asyncio.Future[int], run: Any) -> None:
    while True:
        try:
            kind, value = _read(sys.stdin.buffer)
        except EOFError:
            # Nobody is there any more to hear of it; the kernel closes the connections.
            os._exit(0)
        if kind == "go":
            loop.call_soon_threadsafe(begin.set_result, value)
        else:
            loop.call_soon_threadsafe(run.stop, value)


def _read(stream: BinaryIO) -> Any:
    """The next message. Raises EOFError at the end of the stream, in the middle of a message too."""
    head = stream.read(FRAME.size)
    if len(head) < FRAME.size:
        raise EOFError
    (length,) = FRAME.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
