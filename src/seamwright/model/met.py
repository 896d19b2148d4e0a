"""Server errors that were met on the way: calls of any check of a run that were answered with one."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity

__all__ = ["Met"]

MOST = 8
"""Calls that are remembered of one operation."""


@dataclass(frozen=True, slots=True)
class Met:
    """One call that was answered with a server error: what was sent, as whom, what came, and which check sent it."""

    case: Case
    identity: Identity | None
    exchange: Exchange
    check: str
    kind: str = ""
    """What was special in the call, as `Call.kind` says."""

    @staticmethod
    def of(learned: Mapping[tuple[str, ...], Any], operation: str) -> list[Met]:
        """What was met with an operation."""
        met: list[Met] = learned.get(("server errors", operation), [])
        return met

    def remember(self, learned: MutableMapping[tuple[str, ...], Any]) -> None:
        """Let the checks that come later know; the first ones of each operation are kept."""
        met = learned.setdefault(("server errors", self.case.operation), [])
        if len(met) < MOST:
            met.append(self)
