"""A defect: one part of a service replaced by what a developer in a hurry would have written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar, cast

__all__ = ["Defect", "compose"]

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Defect:
    """A planted mistake.

    `part` is a subclass of the healthy part that it spoils. `family` and `check` say which check is expected to
    refute the shop because of it, and `mistake` tells it in one sentence.
    """

    name: str
    family: str
    service: str
    check: str
    mistake: str
    part: type = field(repr=False)


def compose(healthy: type[_Part], defects: Iterable[Defect]) -> type[_Part]:
    """The healthy class, or a class in which the parts of those defects that concern it come first."""
    parts = tuple(defect.part for defect in defects if issubclass(defect.part, healthy))
    if not parts:
        return healthy
    return cast("type[_Part]", type(healthy.__name__, parts, {}))
