"""Where faults are armed during a run: relays that Seamwright opens, and relays that stand already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seamwright.model.bench import Fault, Strike
from seamwright.model.boundary import Boundary
from seamwright.model.errors import Undecided, UsageError
from seamwright.model.manifest import Manifest
from seamwright.model.verdict import Cause
from seamwright.run.scope import port_of

if TYPE_CHECKING:
    from seamwright.engines.faults import Armed, FaultDoor, Selection
    from seamwright.engines.faults import Fault as EngineFault

__all__ = ["Doors", "Told", "armed"]


class Doors:
    """The doors of every boundary that has a relay; those with `listen` are relayed as long as this is open."""

    def __init__(self, doors: Mapping[str, FaultDoor]) -> None:
        self._doors = doors

    def get(self, boundary: str) -> FaultDoor | None:
        """The door in front of a boundary; None where there is no relay."""
        return self._doors.get(boundary)

    @classmethod
    @asynccontextmanager
    async def opened(cls, manifest: Manifest) -> AsyncIterator[Doors]:
        """Open every door of a manifest. Raises UsageError when an address cannot be listened on."""
        doors: dict[str, FaultDoor] = {}
        async with AsyncExitStack() as stack:
            for name, boundary in manifest.boundaries.items():
                if boundary.relay is not None:
                    doors[name] = await _open(boundary, stack)
            yield cls(doors)


async def _open(boundary: Boundary, stack: AsyncExitStack) -> FaultDoor:
    relay = boundary.relay
    assert relay is not None
    if relay.control is not None:
        from seamwright.engines.faults.remote import RemoteRelay

        remote = RemoteRelay(relay.control, relay.token or "")
        stack.push_async_callback(remote.aclose)
        return remote
    from seamwright.engines.faults import Relay

    assert relay.listen is not None
    host, _, port = relay.listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"boundaries.{boundary.name}.relay.listen: {relay.listen!r} is no host:port")
    to = port_of(boundary.url)
    if not to:
        raise UsageError(
            f"boundaries.{boundary.name}.url: say the port of {boundary.origin}, so that it can be relayed to"
        )
    # Over TLS nothing can be read, and what is not HTTP is told by what it looks like.
    upstream = urlsplit(boundary.url)
    protocol = "http" if upstream.scheme == "http" else "auto"
    opened = Relay(host.strip("[]"), int(port), upstream.hostname or "", to, protocol=protocol)
    try:
        await opened.start()
    except OSError as error:
        raise UsageError(
            f"boundaries.{boundary.name}.relay.listen: cannot listen on {relay.listen}: {error.strerror}; "
            "choose a free port, or stop what holds it"
        ) from None
    stack.push_async_callback(opened.stop)
    return opened


@asynccontextmanager
async def armed(door: FaultDoor, fault: Fault, ttl: float) -> AsyncIterator[Told]:
    """Arm a fault for at most `ttl` seconds; it is gone at the end of the block, however the block ends."""
    arming = asyncio.ensure_future(door.arm(*_engine_fault(fault, ttl)))
    try:
        handle = await asyncio.shield(arming)
    except ValueError as error:
        raise Undecided(f"the relay cannot show this fault: {error}", Cause.USAGE) from None
    except asyncio.CancelledError:
        # It may be in force by now, and nobody else knows by which handle it ends.
        await door.disarm(await arming)
        raise
    try:
        yield Told(door, handle)
    finally:
        await door.disarm(handle)


class Told:
    """What the log of a relay tells of one armed fault."""

    def __init__(self, door: FaultDoor, handle: Armed) -> None:
        self._door = door
        self._handle = handle

    async def strikes(self) -> Sequence[Strike]:
        """The requests that it has struck so far, in their order."""
        from seamwright.engines.faults import WHOLE

        found: dict[int, Strike] = {}
        for entry in await self._door.log():
            if entry.fault != self._handle.id or not entry.request:
                continue
            before = found.get(entry.request)
            whole = entry.done == WHOLE
            if before is None:
                found[entry.request] = Strike(entry.at, entry.request, entry.operation, whole)
            elif whole:
                found[entry.request] = replace(before, whole=True)
        return tuple(found.values())


def _engine_fault(fault: Fault, ttl: float) -> tuple[EngineFault, float, Selection]:
    from seamwright.engines.faults import Selection, fault_from

    slow = fault.kind == "slow"
    try:
        params = {"seconds": fault.seconds} if slow else fault.params
        found = fault_from("latency" if slow else fault.kind, params)
        return found, ttl, Selection(first=fault.first_n)
    except ValueError as error:
        raise UsageError(f"the fault cannot be armed: {error}") from None
