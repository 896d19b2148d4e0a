"""A relay that shows faults on demand, each with a time to live, and logs what it did as evidence."""

from __future__ import annotations

from seamwright.engines.faults.door import MAX_TTL, Armed, FaultDoor, LogEntry
from seamwright.engines.faults.faults import (
    Bandwidth,
    Close,
    DropAnswer,
    Fault,
    Hang,
    Latency,
    Malformed,
    Oversize,
    Refuse,
    Reset,
    SlowClose,
    Status,
    Trickle,
    Truncate,
    fault_from,
    kinds,
)
from seamwright.engines.faults.relay import Relay
from seamwright.engines.faults.selection import Selection
from seamwright.engines.faults.struck import WHOLE

__all__ = [
    "MAX_TTL",
    "WHOLE",
    "Armed",
    "Bandwidth",
    "Close",
    "DropAnswer",
    "Fault",
    "FaultDoor",
    "Hang",
    "Latency",
    "LogEntry",
    "Malformed",
    "Oversize",
    "Refuse",
    "Relay",
    "Reset",
    "Selection",
    "SlowClose",
    "Status",
    "Trickle",
    "Truncate",
    "fault_from",
    "kinds",
]
