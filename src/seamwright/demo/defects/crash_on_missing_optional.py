"""An optional field is read as if it were always there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.demo.defect import Defect
from seamwright.demo.orders.wishes import Wishes

__all__ = ["DEFECT"]


class _NoteAlwaysThere(Wishes):
    def note(self, body: Mapping[str, Any]) -> str | None:
        note: str = body["note"]
        return note.strip()


DEFECT = Defect(
    name="crash-on-missing-optional",
    family="contract",
    service="orders",
    check="contract.server-error-on-valid",
    mistake="an order without its optional note crashes with a KeyError",
    part=_NoteAlwaysThere,
)
