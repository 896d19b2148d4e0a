"""Everything in the engines that speaks over the network is tried on both event loops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import uvloop


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Each async test of this folder runs once on each of these."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
