"""How many processes a load run should have, where nobody says: as many as it needs, of the cores that are free."""

from __future__ import annotations

import ipaddress
import math
import os
from dataclasses import dataclass

from seamwright.engines.load.profile import Offered, Users

__all__ = ["Cores", "choose", "cores_here", "is_here"]

PER_PROCESS = 4000.0
"""Requests a second that one process carries with every answer judged, with room to spare."""

USERS = 64
"""Users of a closed model that one process carries."""


@dataclass(frozen=True, slots=True)
class Cores:
    """The cores that this process may use, and how many of them were busy over the last minute."""

    all: int
    busy: int


def cores_here() -> Cores:
    """Those of this machine."""
    number = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    busy = round(os.getloadavg()[0]) if hasattr(os, "getloadavg") else 0
    return Cores(number, min(busy, number))


def is_here(host: str) -> bool:
    """Whether the target is on this machine, as far as its name tells: a loopback address, or localhost."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def choose(offered: Offered, host: str, cores: Cores) -> tuple[int, str]:
    """How many processes are to send it, and why in words. A target on this machine is left half of the free cores."""
    if isinstance(offered, Users):
        needed, carries = math.ceil(offered.number / USERS), f"{USERS} users"
    else:
        needed, carries = max(1, math.ceil(offered.peak / PER_PROCESS)), f"{PER_PROCESS:g}/s"
    if needed == 1:
        return 1, f"one process carries {carries}"
    free = max(1, cores.all - cores.busy)
    if is_here(host):
        free = max(1, free // 2)
    why = f"{carries} each, and of {cores.all} cores {cores.busy} were busy"
    return min(needed, free), why + ("; the target is on this machine, and has its half" if is_here(host) else "")
