"""Compares readings of an object, but for what changes by itself: times, versions, counts of views."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

__all__ = ["changes", "may_change"]

_VOLATILE = re.compile(
    r"(?:updated|modified|changed|accessed|seen|viewed|read|touched|synced|checked|fetched|visited|used|requested"
    r"|refreshed|generated|evaluated|computed)(?:at|on|date|time|timestamp|by|ts|utc|epoch)|updated|modified|changed"
    r"|(?:last|latest|server|current)\w+|now|timestamp|age|ttl|expiresin|uptime|nonce|took|duration"
    r"|etag|version|revision|rev|rowversion|versionid|sequence|seq|generation|concurrencystamp"
    r"|(?:view|hit|read|visit|access|request|impression|download|update|change|edit|revision)(?:s|es|s?count|s?counter)"
    r"|requestid|traceid|correlationid|links?|self|href|signedurl|history|audit\w*|events|logs?"
)
"""Fields that a write, or even a reading, changes by itself: they are about the calls, not about the object."""


def may_change(name: str) -> bool:
    """Whether a field may change by itself."""
    return _VOLATILE.fullmatch(re.sub(r"[^a-z0-9_]", "", name.lower()).replace("_", "")) is not None


def changes(before: Any, after: Any, known: Collection[str] = (), place: str = "") -> Iterator[str]:
    """The places in which two readings differ, but for fields that may change; `known` are places that do so anyway."""
    if place in known:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            if not may_change(str(name)):
                yield from changes(before.get(name), after.get(name), known, f"{place}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from changes(one, other, known, f"{place}/{number}")
    elif before != after:
        yield place or "/"
