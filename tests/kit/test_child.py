"""Children that come up, flood, hang, refuse to end, and outlive nobody."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path

import pytest

from seamwright.kit.child import ChildNotReady, child

READY = "import sys; print('ready', flush=True); "


def _python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


async def test_it_is_given_with_its_line_and_ends_with_the_block() -> None:
    async with child(_python(READY + "sys.stdin.read()"), ready_within=20, end_within=5) as (process, line):
        assert line == b"ready\n"
        assert process.returncode is None
    assert process.returncode == 0


async def test_one_that_writes_more_than_a_pipe_holds_goes_on(tmp_path: Path) -> None:
    flood = READY + "sys.stderr.write('x' * 1_000_000); sys.stderr.flush(); print('through', flush=True)"
    log = tmp_path / "child.log"
    async with child(_python(flood), ready_within=20, end_within=5, log=log) as (process, _):
        assert process.stdout is not None
        async with asyncio.timeout(10):
            assert await process.stdout.readline() == b"through\n"
    assert log.read_text() == "x" * 1_000_000


async def test_one_that_is_never_ready_is_told_and_is_gone() -> None:
    began = time.monotonic()
    silent = "import sys; print('waiting', file=sys.stderr, flush=True); sys.stdin.read()"
    with pytest.raises(ChildNotReady, match=r"it was not ready within 2 s waiting"):
        async with child(_python(silent), ready_within=2, end_within=5):
            raise AssertionError("it was never ready")
    assert time.monotonic() - began < 6


async def test_the_last_words_of_one_that_ends_are_told() -> None:
    with pytest.raises(ChildNotReady, match="no such port"):
        async with child(_python("import sys; sys.exit('no such port')"), ready_within=20, end_within=5):
            raise AssertionError("it was never ready")
    with pytest.raises(ChildNotReady, match="it ended without a word"):
        async with child(_python(""), ready_within=20, end_within=5):
            raise AssertionError("it was never ready")


async def test_one_that_does_not_end_is_killed() -> None:
    deaf = READY + "import time; time.sleep(60)"
    async with child(_python(deaf), ready_within=20, end_within=0.2) as (process, _):
        pass
    assert process.returncode == -signal.SIGKILL


async def test_it_ends_when_the_block_breaks() -> None:
    with pytest.raises(ZeroDivisionError):
        async with child(_python(READY + "sys.stdin.read()"), ready_within=20, end_within=5) as (process, _):
            raise ZeroDivisionError
    assert process.returncode == 0
