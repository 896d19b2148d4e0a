"""The faults that a relay can be told to show: plain values that travel as JSON.

A relay reads no protocol. It takes turns for requests: a turn begins with the first bytes from the client after
bytes from the upstream (or with the very first bytes of a connection, whoever sends them), which is a request and its
answer wherever a connection carries one at a time. A fault with `first_n` strikes that many turns and then no more;
without it, every turn until it ends. Where several are armed, the first armed that has strikes left is the one that
strikes. A turn that was struck before the fault ended is carried through.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

__all__ = ["DropAnswer", "Fault", "Hang", "Refuse", "Reset", "Slow", "fault_from", "kinds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What all faults have. `kind` is its name in JSON and in the log."""

    kind: ClassVar[str]

    @property
    def strikes(self) -> int | None:
        """How many turns it strikes; None for all until it ends."""
        value: int | None = getattr(self, "first_n", None)
        return value

    def params(self) -> dict[str, Any]:
        """Its parameters as JSON values; `fault_from(kind, params())` is an equal fault."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Slow(Fault):
    """The first bytes of each answer come `seconds` later, and what follows behind them."""

    kind: ClassVar[str] = "slow"
    seconds: float
    first_n: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.seconds, bool) or not isinstance(self.seconds, int | float):
            raise ValueError(f"seconds of a slow fault must be a number, not {self.seconds!r}")
        if not (math.isfinite(self.seconds) and self.seconds > 0):
            raise ValueError(f"seconds of a slow fault must be more than 0, not {self.seconds}")
        _check(self.first_n)


@dataclass(frozen=True, slots=True)
class Refuse(Fault):
    """Nobody listens: new connections are refused by the kernel (ECONNREFUSED), and open ones are closed at once.

    It looks as a stopped process looks. There is no `first_n`, because nobody is there to count the refused.
    """

    kind: ClassVar[str] = "refuse"


@dataclass(frozen=True, slots=True)
class Reset(Fault):
    """As soon as a request arrives the connection ends with a true RST; the upstream never sees the request."""

    kind: ClassVar[str] = "reset"
    first_n: int | None = None

    def __post_init__(self) -> None:
        _check(self.first_n)


@dataclass(frozen=True, slots=True)
class Hang(Fault):
    """The request is taken and nothing ever comes back; the upstream never sees it. When the fault ends, RST."""

    kind: ClassVar[str] = "hang"
    first_n: int | None = None

    def __post_init__(self) -> None:
        _check(self.first_n)


@dataclass(frozen=True, slots=True)
class DropAnswer(Fault):
    """The upstream gets the request and does its work; when its answer begins, the client gets an RST instead.

    This is the fault behind double charges: done, and nobody told.
    """

    kind: ClassVar[str] = "drop-answer"
    first_n: int | None = None

    def __post_init__(self) -> None:
        _check(self.first_n)


_KINDS: dict[str, type[Fault]] = {fault.kind: fault for fault in (Slow, Refuse, Reset, Hang, DropAnswer)}


def kinds() -> tuple[str, ...]:
    """The names of all faults."""
    return tuple(_KINDS)


def fault_from(kind: str, params: Mapping[str, Any]) -> Fault:
    """The fault of this name with these parameters. Raises ValueError with the names that would have been right."""
    found = _KINDS.get(kind)
    if found is None:
        raise ValueError(f"fault {kind!r} is not known; there are {', '.join(_KINDS)}")
    known = [field.name for field in fields(found)]
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise ValueError(f"fault {kind!r} has no parameter {', '.join(unknown)}; it has {', '.join(known) or 'none'}")
    try:
        return found(**params)
    except TypeError as error:
        raise ValueError(f"fault {kind!r}: {error}") from None


def _check(first_n: int | None) -> None:
    if first_n is not None and (isinstance(first_n, bool) or not isinstance(first_n, int) or first_n < 1):
        raise ValueError(f"first_n must be a whole number of at least 1 or left out, not {first_n!r}")
