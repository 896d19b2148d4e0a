"""Starts a relay as a process of its own, so that faults can be armed beside a long-running system."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from seamwright.kit.child import ChildNotReady, child
from seamwright.model.errors import TargetError

__all__ = ["RelayProcess", "relay_process"]

START_WITHIN = 15.0
"""Seconds; a Python that starts on a busy machine takes some of them."""

STOP_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class RelayProcess:
    """A running relay: where callers connect (`host:port`), and where faults are armed."""

    address: str
    control: str
    token: str = field(repr=False)


@asynccontextmanager
async def relay_process(
    upstream: str, listen: str = "127.0.0.1:0", *, within: float = START_WITHIN
) -> AsyncIterator[RelayProcess]:
    """Relay `listen` to `upstream` (both `host:port`) until the end of the block.

    The process ends with ours, by whatever way ours ends: it watches its standard input. Raises TargetError when it
    does not come up `within` seconds.
    """
    command = [sys.executable, "-m", "seamwright.engines.faults.control"]
    command += ["--upstream", upstream, "--listen", listen, "--lifeline"]
    try:
        async with child(command, ready_within=within, end_within=STOP_WITHIN) as (_, line):
            told = json.loads(line)
            yield RelayProcess(told["relay"], told["control"], told["token"])
    except ChildNotReady as error:
        raise TargetError(f"the relay in front of {upstream} did not start: {error}") from None
