"""A timer for absolute moments: a Linux timerfd where there is one, the event loop's own timer elsewhere.

The event loops round their timers to a millisecond; a schedule of 10,000 requests a second needs better.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
import time
from collections.abc import Callable
from typing import Protocol

__all__ = ["LoopTicker", "Ticker", "TimerfdTicker", "open_ticker"]

_SECOND = 1_000_000_000


class Ticker(Protocol):
    """Calls back once for each `arm`. All moments are nanoseconds of `time.monotonic_ns`."""

    def arm(self, at_ns: int) -> None:
        """Call back at `at_ns`, or at once when that is past. A later `arm` replaces an earlier one."""

    def close(self) -> None:
        """Call back no more; give up the timer."""


class LoopTicker:
    """The event loop's timer: portable, a millisecond coarse."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._callback = callback
        self._timer: asyncio.TimerHandle | None = None

    def arm(self, at_ns: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay = max(0, at_ns - time.monotonic_ns()) / _SECOND
        self._timer = self._loop.call_later(delay, self._callback)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _TimerSpec(ctypes.Structure):
    _fields_ = (
        ("interval_seconds", ctypes.c_long),
        ("interval_nanoseconds", ctypes.c_long),
        ("value_seconds", ctypes.c_long),
        ("value_nanoseconds", ctypes.c_long),
    )


class TimerfdTicker:
    """timerfd_create(2) on CLOCK_MONOTONIC with absolute times: nanoseconds, and no drift.

    By ctypes, because `os.timerfd_create` came with Python 3.13. Raises OSError where the kernel has no timerfd.
    """

    _ABSOLUTE = 1  # TFD_TIMER_ABSTIME
    _CLOCK_MONOTONIC = 1

    def __init__(self, callback: Callable[[], None]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        if not hasattr(self._libc, "timerfd_create") or ctypes.sizeof(ctypes.c_long) != 8:
            raise OSError("this C library has no 64-bit timerfd")
        self._fd = int(self._libc.timerfd_create(self._CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC))
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        self._spec = _TimerSpec(0, 0, 0, 0)
        self._by_reference = ctypes.byref(self._spec)
        self._callback = callback
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._fd, self._due)

    def arm(self, at_ns: int) -> None:
        # A value of zero would disarm the timer; the past fires at once.
        self._spec.value_seconds, self._spec.value_nanoseconds = divmod(max(1, at_ns), _SECOND)
        if self._libc.timerfd_settime(self._fd, self._ABSOLUTE, self._by_reference, None) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    def close(self) -> None:
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _due(self) -> None:
        try:
            os.read(self._fd, 8)
        except BlockingIOError:
            return  # armed anew between the kernel's report and this call: the new moment is still to come
        self._callback()


def open_ticker(callback: Callable[[], None]) -> Ticker:
    """The finest ticker that this machine has, on the running event loop."""
    if sys.platform == "linux":
        try:
            return TimerfdTicker(callback)
        except OSError:
            return LoopTicker(callback)
    return LoopTicker(callback)
