"""What `Retry-After` says (RFC 9110, section 10.2.3): seconds, or a date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["seconds_of"]


def _now() -> datetime:
    return datetime.now(UTC)


def seconds_of(value: str | None, *, now: Callable[[], datetime] = _now) -> float | None:
    """Seconds to wait, never below zero; None where the header is absent or makes no sense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now()).total_seconds())
