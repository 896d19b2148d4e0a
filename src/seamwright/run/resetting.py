"""Runs the command of the manifest that puts test data back."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path

from seamwright.model.errors import Undecided
from seamwright.model.verdict import Cause

__all__ = ["run_command"]

SHOWN = 300
"""Characters of what a command said that are told when it fails."""


async def run_command(command: str, folder: Path) -> None:
    """Run a command in a folder, without a shell, and wait for its end; cancelled, it ends the command too.

    Raises Undecided where it cannot be started or does not end with 0.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except (OSError, ValueError) as error:
        raise Undecided(f"reset command {command!r} could not be started: {error}", Cause.USAGE) from None
    try:
        _, errors = await process.communicate()
    except asyncio.CancelledError:
        # The time of the check has ended; what it began must not go on changing data under those that come after it.
        if process.returncode is None:
            process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        told = errors.decode("utf-8", "replace").strip()[-SHOWN:]
        raise Undecided(f"reset command {command!r} ended with {process.returncode}: {told}", Cause.USAGE)
