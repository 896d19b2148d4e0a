"""What the generator hands out: boundary and invalid values, gaps, and the error for what cannot be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Boundary", "Gap", "Invalid", "Limit", "Unsatisfiable"]

Limit = Literal["at", "under", "over", "capped"]


@dataclass(frozen=True, slots=True)
class Boundary:
    """A valid value with one keyword at its limit.

    `place` is a JSON pointer (RFC 6901) into `value`. `limit` is `at` (exactly the limit), `over` or `under` (one
    step inside it), or `capped` (the limit is too large to be worth sending; the value is as large as is sensible).
    """

    value: Any
    keyword: str
    place: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Invalid:
    """A value that breaks one keyword at one place; `why` says it in a few words.

    `place` is a JSON pointer (RFC 6901) into `value`; for `required`, the place where the missing member would be.
    """

    value: Any
    keyword: str
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A keyword that could not be put at its limit, or broken on its own, and why."""

    place: str
    keyword: str
    why: str


class Unsatisfiable(ValueError):
    """No value can be made for a schema.

    `place` is a JSON pointer to where in the value it fails, `keyword` the keyword that cannot be satisfied.
    """

    def __init__(self, place: str, keyword: str, why: str) -> None:
        super().__init__(f"no value can be made at '{place or '/'}': {keyword} {why}")
        self.place = place
        self.keyword = keyword
        self.why = why
