"""Reads what a contract says of how long something stays: `x-sunset` and `x-stability-level`."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from seamwright.contracts.diff.policy import STABILITIES

__all__ = ["SunsetError", "rank", "stability_of", "sunset_date"]


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class SunsetError(ValueError):
    """An `x-sunset` that names no date; the message says so in a clause."""


def sunset_date(told: Any) -> date:
    """The day that `x-sunset` names: a full-date or a date-time (RFC 3339, section 5.6). Raises SunsetError."""
    text = str(told)
    try:
        if _DAY.match(text):
            return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
    except ValueError:
        pass  # A day that no month has.
    raise SunsetError(f"its x-sunset {text!r} is no date such as 2030-12-31")


def stability_of(told: Any) -> str | None:
    """The stability that `x-stability-level` names, `stable` where it is not there; None where it names none."""
    if told is None:
        return "stable"
    return told if isinstance(told, str) and told in STABILITIES else None


def rank(told: Any) -> int | None:
    """How stable, as a number that grows; None where `x-stability-level` names no stability."""
    stability = stability_of(told)
    return None if stability is None else STABILITIES.index(stability)
