"""Moves bytes from one socket to the other inside the kernel (splice(2)), for as long as nobody has to look at them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from seamwright.engines.faults.side import Side

if TYPE_CHECKING or sys.platform == "linux":
    import fcntl

__all__ = ["Splice", "can_splice"]

_PIPE = 1 << 20
"""Bytes of the pipe between the sockets: as much as an ordinary user may have (pipe(7), pipe-max-size)."""


def can_splice(source: Side, sink: Side) -> bool:
    """Whether both are plain sockets of a kernel that knows how, and nothing waits to be sent."""
    if sys.platform != "linux" or source.transport is None or sink.transport is None:
        return False
    plain = all(side.transport.get_extra_info("ssl_object") is None for side in (source, sink) if side.transport)
    return plain and not sink.transport.get_write_buffer_size() and not sink.transport.is_closing()


class Splice:
    """From `source` to `sink`, whose transports keep their sockets and are not read and written meanwhile.

    `limit` is how many bytes may pass; None for any number. `passed` is told each count. `ended` is called when the
    limit is reached or the source has no more; then, and after `stop`, the transports are as they were. `broken` is
    called when either connection broke.
    """

    def __init__(
        self,
        source: Side,
        sink: Side,
        limit: int | None,
        passed: Callable[[int], None],
        ended: Callable[[], None],
        broken: Callable[[], None],
    ) -> None:
        """Raises OSError where there is no file left to open."""
        assert source.transport is not None
        assert sink.transport is not None
        self._loop = asyncio.get_running_loop()
        self.source = source
        self._sink = sink
        self._limit = limit
        self._passed = passed
        self._ended = ended
        self._broken = broken
        self._held = 0
        """Bytes in the pipe."""
        self._stopped = False
        # Files of our own for the same sockets: an event loop does not watch one that a transport has.
        with contextlib.ExitStack() as opened:
            self._source = os.dup(source.transport.get_extra_info("socket").fileno())
            opened.callback(os.close, self._source)
            self._target = os.dup(sink.transport.get_extra_info("socket").fileno())
            opened.callback(os.close, self._target)
            self._out, self._in = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
            opened.callback(os.close, self._out)
            opened.callback(os.close, self._in)
            self._files = opened.pop_all()
        with contextlib.suppress(OSError):  # the user has used up what pipes may hold; a smaller one is as right
            fcntl.fcntl(self._in, fcntl.F_SETPIPE_SZ, _PIPE)
        self._loop.add_reader(self._source, self._readable)

    def stop(self) -> None:
        """Move no more; what is under way goes out by the sink's transport."""
        if self._stopped:
            return
        self._stopped = True
        self._loop.remove_reader(self._source)
        self._loop.remove_writer(self._target)
        while self._held:
            data = os.read(self._out, self._held)
            self._held -= len(data)
            self._sink.write(data)
        self._files.close()

    def _readable(self) -> None:
        count = _PIPE if self._limit is None else min(_PIPE, self._limit)
        try:
            moved = os.splice(self._source, self._in, count, flags=os.SPLICE_F_NONBLOCK | os.SPLICE_F_MOVE)
        except BlockingIOError:
            return
        except OSError:
            self._break()
            return
        if not moved:
            self.stop()
            self._ended()
            return
        self._held += moved
        if self._limit is not None:
            self._limit -= moved
        self._passed(moved)
        self._drain(reading=True)

    def _writable(self) -> None:
        self._drain(reading=False)

    def _drain(self, *, reading: bool) -> None:
        while self._held:
            try:
                self._held -= os.splice(self._out, self._target, self._held, flags=os.SPLICE_F_NONBLOCK)
            except BlockingIOError:
                if reading:
                    self._loop.remove_reader(self._source)
                    self._loop.add_writer(self._target, self._writable)
                return
            except OSError:
                self._break()
                return
        if self._limit == 0:
            self.stop()
            self._ended()
        elif not reading:
            self._loop.remove_writer(self._target)
            self._loop.add_reader(self._source, self._readable)

    def _break(self) -> None:
        self._held = 0
        self.stop()
        self._broken()
