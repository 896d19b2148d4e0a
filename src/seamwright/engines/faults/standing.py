"""A relay in a process of its own that outlives whoever started it, so that no kill leaves the target out of reach.

The relay holds the listening port, and its standard input is a lifeline. When that ends with a word, the relay ends.
When it ends without one, whoever held it was killed: all faults are ended at once and the relay passes on without any,
until it is taken over by the next start on the same address, or for an hour.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from seamwright.engines.faults.left import Left, left_in
from seamwright.engines.faults.remote import RemoteRelay
from seamwright.engines.faults.rules import Rule, rule_as_json

__all__ = ["FAREWELL", "NotStarted", "Standing", "Wanted", "standing"]

FAREWELL = b"end\n"
"""What is written to the lifeline before it is closed in order."""

_READY_WITHIN = 15.0
_END_WITHIN = 5.0
_TAKE_OVER_WITHIN = 5.0


class NotStarted(Exception):
    """The relay did not come up; the message is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to stand: addresses are `host:port`."""

    upstream: str = ""
    toxiproxy: int | None = None
    """Instead of one upstream: the port of Toxiproxy's API, whose clients make the relays."""
    ttl: float = 600.0
    """Seconds that a fault lives for where nothing else is said."""
    listen: str = "127.0.0.1:0"
    rules: Sequence[Rule] = ()
    protocol: str = "auto"
    seed: int = 0
    log: Path | None = None
    log_goes_on: bool = False
    """The log has lines already, which stay."""
    tls: Path | None = None
    """The folder of the authority by which TLS of callers is ended."""
    upstream_tls: bool = False
    upstream_ca: Path | None = None
    control_port: int = 0
    token: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class Standing:
    """A relay that stands: its address, its control API with the token, and its process."""

    address: str
    control: str
    token: str = field(repr=False)
    process: asyncio.subprocess.Process

    async def lost(self) -> None:
        """Wait until the relay's process has ended by itself."""
        await self.process.wait()


@asynccontextmanager
async def standing(wanted: Wanted, folder: Path, say: Callable[[str], None]) -> AsyncIterator[Standing]:
    """Keep a relay up until the end of the block; its rules are in force before it accepts its first connection.

    `folder` holds the notes; what killed relays left there is told to `say` first, a sentence each. Raises NotStarted.
    """
    listen = wanted.listen if wanted.toxiproxy is None else f"127.0.0.1:{wanted.toxiproxy}"
    for left in list(left_in(folder)):
        await _settle(left, listen, say)
    process = await _begun(wanted, folder)
    complaints: asyncio.Task[None] | None = None
    try:
        relay = await _ready(process)
        complaints = asyncio.create_task(_passed_on(process, say))
        yield relay
    finally:
        await _ended(process)
        if complaints is not None:
            await complaints


async def _begun(wanted: Wanted, folder: Path) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "seamwright.engines.faults.control", "--outlive", str(folder)]
    if wanted.toxiproxy is not None:
        command += ["--toxiproxy", str(wanted.toxiproxy)]
    else:
        command += ["--upstream", wanted.upstream, "--listen", wanted.listen, "--protocol", wanted.protocol]
    command += ["--ttl", str(wanted.ttl), "--seed", str(wanted.seed), "--control-port", str(wanted.control_port)]
    if wanted.tls is not None:
        command += ["--tls", str(wanted.tls)]
    if wanted.upstream_tls:
        command += ["--upstream-tls", *(["--upstream-ca", str(wanted.upstream_ca)] if wanted.upstream_ca else [])]
    if wanted.log is not None:
        command += ["--log", str(wanted.log), *(["--log-goes-on"] if wanted.log_goes_on else [])]
    for rule in wanted.rules:
        command += ["--rule", json.dumps(rule_as_json(rule))]
    pipe = asyncio.subprocess.PIPE
    environment = dict(os.environ)
    if wanted.token is not None:
        environment["SEAMWRIGHT_FAULTS_TOKEN"] = wanted.token
    # In a session of its own: what a terminal sends to whoever started it is not for the relay.
    return await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, start_new_session=True
    )


async def _ready(process: asyncio.subprocess.Process) -> Standing:
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _READY_WITHIN)
    except TimeoutError:
        raise NotStarted(f"the relay was not ready within {_READY_WITHIN:g} s") from None
    if not line:
        raise NotStarted((await process.stderr.read()).decode(errors="replace").strip() or "it ended without a word")
    told = json.loads(line)
    return Standing(told["relay"], told["control"], told["token"], process)


async def _passed_on(process: asyncio.subprocess.Process, say: Callable[[str], None]) -> None:
    """Say what the relay complains of. It would stand still if nobody read that."""
    assert process.stderr is not None
    while line := await process.stderr.readline():
        say(line.decode(errors="replace").rstrip())


async def _ended(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    # It may have ended by itself; uvloop then says so with a RuntimeError.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, RuntimeError):
        process.stdin.write(FAREWELL)
        await process.stdin.drain()
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _END_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _settle(left: Left, listen: str, say: Callable[[str], None]) -> None:
    """Tell of one note, and take the relay's place where that still stands in ours."""
    async with RemoteRelay(left.control, left.token, timeout=2.0) as relay:
        try:
            state = await relay.state()
        except (ConnectionError, PermissionError, ValueError):
            left.path.unlink(missing_ok=True)
            say(
                f"found: the relay {left.listen} to {left.upstream} (process {left.pid}) was killed with "
                f"{left.faults()} in force; nothing of it is left"
            )
            return
        if left.orphaned is None or state["pid"] != left.pid:
            return  # it stands in order, and is somebody else's
        since = time.strftime("%H:%M:%S", time.localtime(left.orphaned))
        ended = f"its faults were ended then: {left.faults()}"
        what = f"found: whoever started the relay {left.listen} to {left.upstream} was killed at {since}; {ended}"
        if left.listen != listen:
            say(f"{what}; it passes on (process {left.pid}) and ends by itself")
            return
        await relay.stop()
    until = time.monotonic() + _TAKE_OVER_WITHIN
    while left.path.exists() and time.monotonic() < until:  # noqa: ASYNC110 - nothing but the file tells
        await asyncio.sleep(0.01)
    say(f"{what}; it is taken over")
