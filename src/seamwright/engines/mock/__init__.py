"""A contract that answers: resources with state, read off paths and schemas. Sans-io: values in, values out."""

from __future__ import annotations

from seamwright.engines.mock.arrivals import Arrival, Judge, Reply
from seamwright.engines.mock.http import HttpMock, Routed
from seamwright.engines.mock.journal import Entry, Journal
from seamwright.engines.mock.profile import Disturbance, Fault, Latency, Profile, fault_from, latency_from
from seamwright.engines.mock.store import Record, Scope, Store

__all__ = [
    "Arrival",
    "Disturbance",
    "Entry",
    "Fault",
    "HttpMock",
    "Journal",
    "Judge",
    "Latency",
    "Profile",
    "Record",
    "Reply",
    "Routed",
    "Scope",
    "Store",
    "fault_from",
    "latency_from",
]
