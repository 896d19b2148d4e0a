"""Child processes that say when they are ready, and that end with their parent because they watch their standard input.

A pipe to the child's standard input is a lifeline: the kernel closes it in whatever way the parent ends, SIGKILL
included. The child has to do its part: print one line when it is ready, and end when its standard input does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["ChildNotReady", "child"]

_LAST_WORDS = 50
"""Lines of the child's standard error that are kept for the message where it does not come up."""


class ChildNotReady(RuntimeError):
    """The child did not come up; the message is what it said last."""


@asynccontextmanager
async def child(
    command: Sequence[str],
    *,
    ready_within: float,
    end_within: float,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, bytes]]:
    """Start a child and give it with the line that it printed when it was ready; end it with the block.

    It has `ready_within` seconds for its line, or ChildNotReady is raised. Once its standard input is closed, it has
    `end_within` seconds, and is killed then. `env` is its whole environment (ours by default). Its standard error is
    read all the time, so that its pipe never fills, and appended to `log` where that is given.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=env)
    assert process.stdout is not None
    assert process.stderr is not None
    told: deque[str] = deque(maxlen=_LAST_WORDS)
    listening = asyncio.create_task(_listen(process.stderr, told, log))
    try:
        try:
            line = await asyncio.wait_for(process.stdout.readline(), ready_within)
        except TimeoutError:
            raise ChildNotReady(" ".join([f"it was not ready within {ready_within:g} s", *told])) from None
        if not line:
            await _heard_out(listening, end_within)
            raise ChildNotReady("\n".join(told).strip() or "it ended without a word")
        yield process, line
    finally:
        await _end(process, end_within)
        await _heard_out(listening, end_within)


async def _listen(stream: asyncio.StreamReader, told: deque[str], log: Path | None) -> None:
    while chunk := await stream.read(65536):
        told.extend(chunk.decode(errors="replace").splitlines())
        if log is not None:
            with log.open("ab") as file:
                file.write(chunk)


async def _heard_out(listening: asyncio.Task[None], within: float) -> None:
    """Wait for the end of the child's standard error, not for ever: whom it has started may hold it open."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(listening, within)


async def _end(process: asyncio.subprocess.Process, within: float) -> None:
    if process.returncode is not None:
        return
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), within)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
