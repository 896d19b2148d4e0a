"""Tells from what is shown of an object that it was deleted softly: it is kept, and says that it is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seamwright.checks._reading import json_of, objects_in
from seamwright.model.accounts import flat
from seamwright.model.exchange import Exchange

__all__ = ["marks"]

_STATES = frozenset(
    {
        "deleted",
        "removed",
        "archived",
        "trashed",
        "purged",
        "inactive",
        "deactivated",
        "disabled",
        "closed",
        "cancelled",
    }
    | {"canceled", "revoked", "terminated", "expired", "withdrawn", "retired", "discarded", "obsolete", "gone"}
)
_STATE_FIELDS = frozenset({"status", "state", "lifecycle", "lifecyclestate", "phase", "stage", "visibility"})
_GONE_IF_TRUE = frozenset(
    {
        "deleted",
        "isdeleted",
        "removed",
        "isremoved",
        "archived",
        "isarchived",
        "trashed",
        "intrash",
        "disabled",
        "hidden",
    }
    | {"inactive", "closed", "cancelled", "canceled", "revoked", "destroyed", "purged", "tombstone", "softdeleted"}
)
_GONE_IF_FALSE = frozenset({"active", "isactive", "enabled", "isenabled", "alive", "exists", "available", "valid"})


def marks(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """What in an answer says that its object is gone: a field and its value, as `status: archived`."""
    for shown in objects_in(json_of(exchange)):
        for name, value in shown.items():
            if _says_gone(flat(str(name)), value):
                yield str(name), str(value) if not isinstance(value, Mapping) else "…"


def _says_gone(name: str, value: Any) -> bool:
    if name in _STATE_FIELDS:
        return isinstance(value, str) and flat(value) in _STATES
    if name in _GONE_IF_TRUE and isinstance(value, bool | int):
        return bool(value)
    if name in _GONE_IF_FALSE and isinstance(value, bool | int):
        return not value
    when = name.removesuffix("at").removesuffix("on").removesuffix("date").removesuffix("time")
    return when != name and when in _GONE_IF_TRUE and value not in (None, "", False, 0)
