"""The asynchronous part of a command ends cleanly by signals."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from seamwright.faces.cli.running import run


async def _answer() -> int:
    return 42


def test_it_gives_what_came_of_it() -> None:
    assert run(_answer()) == 42


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_through_every_block_that_it_is_in(number: signal.Signals) -> None:
    left: list[str] = []

    async def main() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            left.append("cleaned up")

    with pytest.raises(KeyboardInterrupt):
        run(main())
    assert left == ["cleaned up"]


def test_an_error_comes_through_unchanged() -> None:
    async def main() -> None:
        raise LookupError("as it was")

    with pytest.raises(LookupError, match="as it was"):
        run(main())
