"""Fixtures that every test may use."""

from __future__ import annotations

import signal

from tests.browser import *  # noqa: F403
from tests.services import *  # noqa: F403


def pytest_configure() -> None:
    """Let Ctrl-C be heard: a shell that starts tests in the background has them, and all they start, ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
