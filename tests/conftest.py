"""Fixtures that every test may use."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.browser import *  # noqa: F403
from tests.services import *  # noqa: F403

LONG = (
    "faces/cli/test_verify.py",
    "faces/cli/test_demo.py",
    "end/test_reproduction.py",
    "faces/cli/test_load.py",
    "end",
    "demo",
    "ledger",
    "faces",
    "docs",
    "engines/load",
    "checks/resilience",
    "checks/load",
)
"""Files and folders whose tests start whole systems, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left alone with it in the end."""
    here = Path(__file__).parent
    ranks: dict[Path, int] = {}
    for item in items:
        if item.path not in ranks:
            name = item.path.relative_to(here).as_posix()
            ranks[item.path] = next((n for n, part in enumerate(LONG) if f"{name}/".startswith(f"{part}/")), len(LONG))
    items.sort(key=lambda item: ranks[item.path])


def pytest_configure() -> None:
    """Let Ctrl-C be heard: a shell that starts tests in the background has them, and all they start, ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
