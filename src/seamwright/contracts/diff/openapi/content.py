"""Finds for each media type of the old document the one that takes its place in the new document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

__all__ = ["Naming", "Paired", "paired"]

T = TypeVar("T")


class Naming(Enum):
    """What became of the name of a media type."""

    SAME = "same"
    PARAMETERS = "parameters"
    """Only its parameters differ, such as the charset."""
    NARROWER = "narrower"
    """Whoever takes the old one takes the new one: `application/json` became `application/problem+json`."""
    WIDER = "wider"


@dataclass(frozen=True, slots=True)
class Paired:
    """Media types of both documents, and those of one only."""

    both: tuple[tuple[str, str, Naming], ...]
    gone: tuple[str, ...]
    come: tuple[str, ...]


def paired(old: Mapping[str, T], new: Mapping[str, T]) -> Paired:
    """Pair media types: by name, else by a name that says more or less of the same."""
    gone, come = list(old), list(new)
    both: list[tuple[str, str, Naming]] = []
    for naming in Naming:
        for name in tuple(gone):
            other = next((candidate for candidate in come if _naming(name, candidate) is naming), None)
            if other is not None:
                both.append((name, other, naming))
                gone.remove(name)
                come.remove(other)
    return Paired(tuple(both), tuple(gone), tuple(come))


def _naming(old: str, new: str) -> Naming | None:
    (base, parameters), (new_base, new_parameters) = _split(old), _split(new)
    if base == new_base:
        return Naming.SAME if parameters == new_parameters else Naming.PARAMETERS
    if _takes(base, new_base):
        return Naming.NARROWER
    return Naming.WIDER if _takes(new_base, base) else None


def _takes(wide: str, narrow: str) -> bool:
    """Whether all of the one media type is of the other: a range, or a format with a structured suffix (RFC 6839)."""
    kind, _, subtype = wide.partition("/")
    narrow_kind, _, narrow_subtype = narrow.partition("/")
    if wide in ("*/*", "*"):
        return True
    return kind == narrow_kind and (subtype == "*" or narrow_subtype.endswith(f"+{subtype.removeprefix('*+')}"))


def _split(name: str) -> tuple[str, frozenset[str]]:
    base, *parameters = name.split(";")
    told = frozenset("".join(part.split()).lower() for part in parameters if part.strip())
    return base.strip().lower(), told
