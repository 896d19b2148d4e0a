"""The one way to arm faults, whether the relay is in this process or beside another system, and the log it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from seamwright.engines.faults.faults import Fault
from seamwright.engines.faults.selection import ALL, Selection

__all__ = ["MAX_TTL", "Armed", "FaultDoor", "LogEntry", "check_ttl"]

MAX_TTL = 3600.0
"""The longest time to live of a fault, in seconds: nobody may leave one behind for good."""


@dataclass(frozen=True, slots=True)
class Armed:
    """The handle of an armed fault. `expires_at` is in seconds since the epoch; the fault ends then by itself."""

    id: int
    fault: Fault
    expires_at: float
    where: Selection = ALL


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that a relay did on its own account: evidence.

    `number` counts from 1 without gaps. `at` is in seconds since the epoch. `fault` is the id of the armed fault, or
    None where no fault was the cause (the upstream could not be reached). `connection`, `turn` (of the connection) and
    `request` (of the relay) count from 1; they are 0 where the entry is about no single one. `operation` and `trace`
    are those of the request, as far as the relay knows its protocol.
    """

    number: int
    at: float
    fault: int | None
    kind: str
    connection: int
    turn: int
    done: str
    request: int = 0
    operation: str = ""
    trace: str | None = None


class FaultDoor(Protocol):
    """Arms, disarms and tells. Both `Relay` and `RemoteRelay` are one."""

    async def arm(self, fault: Fault, ttl: float, where: Selection = ALL) -> Armed:
        """From now on this fault strikes what is selected, for at most `ttl` seconds. It is in force when this
        returns. Raises ValueError where the relay cannot show it."""
        ...

    async def disarm(self, armed: Armed) -> bool:
        """End this fault now; False when it had ended already."""
        ...

    async def clear(self) -> int:
        """End all faults, whoever armed them; how many there were."""
        ...

    async def armed(self) -> tuple[Armed, ...]:
        """The faults in force, in the order in which they were armed."""
        ...

    async def log(self, since: int = 0) -> tuple[LogEntry, ...]:
        """The entries after the one numbered `since`, oldest first (a relay keeps the last 10,000)."""
        ...


def check_ttl(ttl: float) -> float:
    """`ttl` itself if it is a time to live that a fault may have, otherwise ValueError."""
    if isinstance(ttl, bool) or not isinstance(ttl, int | float) or not 0 < ttl <= MAX_TTL:
        raise ValueError(f"the time to live of a fault must be more than 0 and at most {MAX_TTL:g} s, not {ttl!r}")
    return float(ttl)
