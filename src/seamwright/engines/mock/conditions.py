"""Conditional requests (RFC 9110, section 13): entity tags, and what If-Match and If-None-Match make of them."""

from __future__ import annotations

import hashlib
import re

from seamwright.engines.mock.arrivals import Arrival
from seamwright.engines.mock.store import Record
from seamwright.model.operation import Operation

__all__ = ["entity_tag", "held", "unchanged"]

_TAG = re.compile(r'(?:W/)?"[^"]*"|\*|[^\s,"]+')


def entity_tag(record: Record) -> str:
    """The entity tag of a record as it is now: it changes with every change, and comes back with a restart.

    It is of digits: what contracts say of their tags is mostly that they are numbers, or hexadecimal.
    """
    named = f"{record.kind}|{record.scope}|{record.key}|{record.version}"
    return f'"{int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], "big") % 10**16:016}"'


def held(operation: Operation, arrival: Arrival, record: Record) -> bool:
    """Whether the request may change the record: its If-Match, where the contract has it, names the present tag."""
    if operation.parameter("header", "If-Match") is None:
        return True
    told = arrival.header("if-match")
    if told is None:
        return True
    tags = _tags(told)
    # A weak tag never matches here (RFC 9110, section 13.1.1).
    return "*" in tags or entity_tag(record) in tags or entity_tag(record).strip('"') in tags


def unchanged(operation: Operation, arrival: Arrival, record: Record) -> bool:
    """Whether the client has the record already: its If-None-Match names the present tag, where tags are told."""
    told = arrival.header("if-none-match")
    if told is None or "304" not in operation.answers:
        return False
    tags = [tag.removeprefix("W/") for tag in _tags(told)]
    return "*" in tags or entity_tag(record) in tags


def _tags(told: str) -> list[str]:
    return _TAG.findall(told)
