"""Finds for each operation of the old document the one that is it in the new document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from seamwright.contracts.diff.openapi.surface import Entry, shape_of

__all__ = ["Matched", "matched", "renamed"]


@dataclass(frozen=True, slots=True)
class Matched:
    """The operations that both documents have, and those of one only."""

    both: tuple[tuple[Entry, Entry], ...]
    gone: tuple[Entry, ...]
    come: tuple[Entry, ...]


def matched(old: Iterable[Entry], new: Iterable[Entry]) -> Matched:
    """Match operations by method and path; the names in a path's template do not matter."""
    gone, come, both = list(old), list(new), []
    for key in (_exact, _shaped):
        free: dict[tuple[str, str], list[Entry]] = {}
        for entry in come:
            free.setdefault(key(entry), []).append(entry)
        for entry in tuple(gone):
            fits = free.get(key(entry))
            if fits:
                twin = fits.pop(0)
                both.append((entry, twin))
                gone.remove(entry)
                come.remove(twin)
    return Matched(tuple(both), tuple(gone), tuple(come))


def renamed(old: Entry, new: Entry) -> dict[str, str]:
    """The names in the old path's template that the new one has others for, in their place."""
    names = (re.findall(r"{([^{}]*)}", entry.path) for entry in (old, new))
    return {one: other for one, other in zip(*names, strict=False) if one != other}


def _exact(entry: Entry) -> tuple[str, str]:
    return entry.method, entry.path


def _shaped(entry: Entry) -> tuple[str, str]:
    return entry.method, shape_of(entry.path)
