"""Commands that put test data back: where they run, how they fail, and that they end with whoever waits for them."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from seamwright.model.errors import Undecided
from seamwright.model.verdict import Cause
from seamwright.run.resetting import run_command


async def test_it_runs_in_the_folder(tmp_path: Path) -> None:
    await run_command("touch 'was reset'", tmp_path)
    assert (tmp_path / "was reset").exists()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("ls /no/such/folder", "ended with 2: ls: "),
        ("no-such-command --at-all", "could not be started: "),
        ("touch 'open", "could not be started: No closing quotation"),
    ],
)
async def test_what_fails_is_told(tmp_path: Path, command: str, why: str) -> None:
    with pytest.raises(Undecided, match="reset command") as told:
        await run_command(command, tmp_path)
    assert why in str(told.value)
    assert told.value.cause is Cause.USAGE


async def test_it_ends_with_whoever_waits_for_it(tmp_path: Path) -> None:
    began = tmp_path / "pid"
    waiting = asyncio.create_task(
        run_command(f"sh -c 'echo $$ > {began}.new; mv {began}.new {began}; exec sleep 60'", tmp_path)
    )
    async with asyncio.timeout(10):
        while not began.exists():
            await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(ProcessLookupError):
        os.kill(int(began.read_text()), 0)
