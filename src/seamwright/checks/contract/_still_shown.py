"""Tells whether an object is still shown after its end as it was before."""

from __future__ import annotations

from seamwright.checks._deleted import marks
from seamwright.checks._reading import json_of, objects_in
from seamwright.checks.contract._player import Played, shows
from seamwright.model.exchange import Exchange

__all__ = ["still_shown"]


def still_shown(before: Exchange, after: Exchange, made: Played) -> bool:
    """Whether an object is shown after its end as it was before; not one that is shown as deleted (soft delete)."""
    return (shows(after, made) or _alike(before, after, made)) and not set(marks(after)) - set(marks(before))


def _alike(before: Exchange, after: Exchange, made: Played) -> bool:
    """Whether an answer shows something with the object's id and fields: a canary may have been changed meanwhile."""
    own = str(made.address[-1]) if made.address else ""

    def fields(exchange: Exchange) -> list[set[str]]:
        return [set(shown) for shown in objects_in(json_of(exchange)) if own in map(str, shown.values())]

    known = set[str]().union(*fields(before))
    return after.ok and any(len(shown & known) > 1 for shown in fields(after))
