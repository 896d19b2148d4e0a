"""A TCP relay that shows faults on demand, each with a time to live, and logs what it did as evidence."""

from __future__ import annotations

from seamwright.engines.faults.door import MAX_TTL, Armed, FaultDoor, LogEntry
from seamwright.engines.faults.faults import DropAnswer, Fault, Hang, Refuse, Reset, Slow, fault_from, kinds
from seamwright.engines.faults.relay import Relay

__all__ = [
    "MAX_TTL",
    "Armed",
    "DropAnswer",
    "Fault",
    "FaultDoor",
    "Hang",
    "LogEntry",
    "Refuse",
    "Relay",
    "Reset",
    "Slow",
    "fault_from",
    "kinds",
]
