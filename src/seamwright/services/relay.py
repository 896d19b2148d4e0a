"""Starts a relay as a process of its own, so that faults can be armed beside a long-running system."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from seamwright.model.errors import TargetError

__all__ = ["RelayProcess", "relay_process"]

_STOP_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class RelayProcess:
    """A running relay: where callers connect (`host:port`), and where faults are armed."""

    address: str
    control: str
    token: str = field(repr=False)


@asynccontextmanager
async def relay_process(upstream: str, listen: str = "127.0.0.1:0") -> AsyncIterator[RelayProcess]:
    """Relay `listen` to `upstream` (both `host:port`) until the end of the block.

    The process ends with ours, by whatever way ours ends: it watches its standard input. Raises TargetError when it
    does not come up.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "seamwright.engines.faults.control",
        "--upstream",
        upstream,
        "--listen",
        listen,
        "--lifeline",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield await _ready(process, upstream)
    finally:
        await _ended(process)


async def _ready(process: asyncio.subprocess.Process, upstream: str) -> RelayProcess:
    assert process.stdout is not None
    assert process.stderr is not None
    line = await process.stdout.readline()
    if not line:
        told = (await process.stderr.read()).decode(errors="replace").strip()
        raise TargetError(f"the relay in front of {upstream} did not start: {told or 'it ended without a word'}")
    told = json.loads(line)
    return RelayProcess(told["relay"], told["control"], told["token"])


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _STOP_WITHIN)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
