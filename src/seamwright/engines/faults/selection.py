"""Which requests a fault strikes: the n-th, the first few, every n-th, some by chance; of an operation, a connection.

All that is said must hold. What is counted are the requests that match `operation`, `connection` and `share`, from 1,
since the fault was armed; other faults that strike the same requests change nothing about the count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

__all__ = ["ALL", "Selection", "selection_from"]

_HTTP = re.compile(r"(\*|[A-Za-z]+) (/\S*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Says which requests are struck; with nothing said, all of them."""

    operation: str | None = None
    """HTTP: method and path template, such as `POST /orders/{id}` (`*` for any method, a `*` at the end of the path for
    any rest). PostgreSQL and Redis: how the statement or command begins, such as `COMMIT` or `INSERT INTO orders`."""
    connection: int | None = None
    """Only this connection of the relay's, counted from 1."""
    nth: int | None = None
    """Only this one."""
    first: int | None = None
    """Only so many, from the first."""
    every: int | None = None
    """Only each n-th: with 3 the third, the sixth, …"""
    probability: float | None = None
    """Each with this chance, which the relay's seed decides."""
    share: float | None = None
    """Only those of a connection that was chosen with this chance; drawn once for each connection."""
    open: bool = False
    """Also connections themselves: those that are open, with what is under way on them, when the fault is armed; and
    for what ends a connection or hangs, those made later, without waiting for a request."""

    def __post_init__(self) -> None:
        for name in ("connection", "nth", "first", "every"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
                raise ValueError(f"{name} must be a whole number of at least 1 or left out, not {value!r}")
        for name in ("probability", "share"):
            value = getattr(self, name)
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1
            ):
                raise ValueError(f"{name} must be a number from 0 to 1 or left out, not {value!r}")
        if self.operation is not None and (not isinstance(self.operation, str) or not self.operation.strip()):
            raise ValueError(f"operation must be like 'POST /orders/{{id}}' or 'COMMIT', not {self.operation!r}")
        if not isinstance(self.open, bool):
            raise ValueError(f"open must be true or false, not {self.open!r}")

    @property
    def spent_after(self) -> int | None:
        """The last matching request that can be struck; None where there is none."""
        ends = [end for end in (self.nth, self.first) if end is not None]
        return min(ends, default=None)

    def matches(self, operation: str) -> bool:
        """Whether a request of this operation is one of those that are counted."""
        return self.operation is None or _pattern(self.operation).match(operation) is not None

    def chosen(self, count: int) -> bool:
        """Whether the matching request with this number may be struck; `probability` is still to be drawn."""
        return (
            (self.nth is None or count == self.nth)
            and (self.first is None or count <= self.first)
            and (self.every is None or count % self.every == 0)
        )

    def params(self) -> dict[str, Any]:
        """What is said, as JSON values; `selection_from(params())` is an equal selection."""
        return {
            field.name: value for field in fields(self) if (value := getattr(self, field.name)) not in (None, False)
        }


ALL = Selection()


def selection_from(params: Mapping[str, Any]) -> Selection:
    """The selection with these parameters. Raises ValueError with the names that would have been right."""
    known = [field.name for field in fields(Selection)]
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise ValueError(f"requests cannot be selected by {', '.join(unknown)}; there are {', '.join(known)}")
    return Selection(**params)


@lru_cache(maxsize=256)
def _pattern(operation: str) -> re.Pattern[str]:
    found = _HTTP.fullmatch(operation.strip())
    if found is None:
        words = r"\s+".join(map(re.escape, operation.split()))
        return re.compile(rf"{words}(?!\w)", re.IGNORECASE)
    method, path = found.groups()
    rest = path.endswith("*")
    template = re.sub(r"\{[^{}/]*\}", "\0", path.removesuffix("*"))
    place = re.escape(template).replace("\\\0", "\0").replace("\0", "[^/]+")
    return re.compile(
        ("[A-Z]+" if method == "*" else re.escape(method.upper())) + " " + place + (".*" if rest else "") + r"\Z"
    )
