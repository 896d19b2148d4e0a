"""Keeps the resources of a mock: records by kind, scope and key. It knows nothing of any protocol."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Record", "Scope", "Store"]

Scope = tuple[tuple[str, str], ...]
"""What a record lies under, outermost first: `(("users", "7"),)` for an order of user 7."""


@dataclass(slots=True)
class Record:
    """One resource. `version` counts its changes, from 1; `key` is its id as text.

    `first` says that it was there from the beginning. `shown` is room for the forms in which it was shown since its
    last change, by whatever name they go.
    """

    kind: str
    scope: Scope
    key: str
    value: Any
    version: int = 1
    first: bool = False
    shown: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)


class Store:
    """Records in the order in which they were made.

    A record is looked for from a scope that may be wider than its own: from `()` every order is seen, from
    `(("users", "7"),)` those of user 7.
    """

    def __init__(self) -> None:
        self._records: dict[str, dict[tuple[Scope, str], Record]] = {}
        self._removed: set[tuple[str, Scope, str]] = set()
        self._sown: set[tuple[str, Scope]] = set()

    def find(self, kind: str, scope: Scope, key: str) -> Record | None:
        """The record of this key that is seen from the scope; the one that lies exactly there first."""
        records = self._records.get(kind, {})
        exact = records.get((scope, key))
        if exact is not None:
            return exact
        return next((r for r in records.values() if r.key == key and _within(r.scope, scope)), None)

    def seen(self, kind: str, scope: Scope) -> list[Record]:
        """Every record that is seen from the scope."""
        return [record for record in self._records.get(kind, {}).values() if _within(record.scope, scope)]

    def at(self, kind: str, scope: Scope) -> list[Record]:
        """Every record that lies exactly in the scope."""
        return [record for record in self._records.get(kind, {}).values() if record.scope == scope]

    def put(self, kind: str, scope: Scope, key: str, value: Any, *, first: bool = False) -> Record:
        """Keep a value under a key; one that is there already is replaced by it. `first` is for what is there from the
        beginning."""
        records = self._records.setdefault(kind, {})
        there = records.get((scope, key))
        if there is not None:
            self.change(there, value)
            return there
        record = records[scope, key] = Record(kind, scope, key, value, first=first)
        self._removed.discard((kind, scope, key))
        return record

    def change(self, record: Record, value: Any) -> None:
        """Give a record another value."""
        record.value = value
        record.version += 1
        record.shown.clear()

    def move(self, record: Record, scope: Scope) -> None:
        """Put a record under something else, unless its key is taken there."""
        records = self._records[record.kind]
        if (scope, record.key) not in records:
            del records[record.scope, record.key]
            record.scope = scope
            records[scope, record.key] = record

    def remove(self, record: Record) -> None:
        """Take a record away, and remember that it was there."""
        del self._records[record.kind][record.scope, record.key]
        self._removed.add((record.kind, record.scope, record.key))

    def removed(self, kind: str, scope: Scope, key: str) -> bool:
        """Whether a record of this key, seen from the scope, was there and was taken away."""
        return any(k == kind and name == key and _within(s, scope) for k, s, name in self._removed)

    def keys(self, kind: str) -> set[str]:
        """Every key that a record of this kind has or had."""
        there = {key for _, key in self._records.get(kind, {})}
        return there | {key for k, _, key in self._removed if k == kind}

    def sow(self, kind: str, scope: Scope) -> bool:
        """Say that a scope gets its first records now: True the first time, False ever after."""
        if (kind, scope) in self._sown:
            return False
        self._sown.add((kind, scope))
        return True

    def clear(self) -> None:
        """Forget everything, so that seeds come back."""
        self._records.clear()
        self._removed.clear()
        self._sown.clear()

    def retain(self, kinds: Container[str]) -> None:
        """Forget the records of every other kind."""
        for kind in [kind for kind in self._records if kind not in kinds]:
            del self._records[kind]
        self._removed = {each for each in self._removed if each[0] in kinds}
        self._sown = {each for each in self._sown if each[0] in kinds}

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that is kept, as plain values: kind → records."""
        return {
            kind: [
                {"scope": [list(step) for step in r.scope], "key": r.key, "version": r.version, "value": r.value}
                for r in records.values()
            ]
            for kind, records in self._records.items()
            if records
        }


def _within(inner: Scope, outer: Scope) -> bool:
    return all(step in inner for step in outer)
