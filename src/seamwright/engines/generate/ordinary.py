"""Makes a generated body look like one that people write: plain words, and times that begin before they end.

A schema seldom says that a name is an identifier, or that what ends has to begin before it and must not be over by now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["ordinary"]

BEGINS, ENDS = timedelta(days=1), timedelta(days=30)
"""How far from now something begins and ends."""

_BEGIN = frozenset(
    ("start", "starts", "started", "begin", "begins", "from", "since", "after", "open", "opens", "effective")
)
_END = frozenset(
    (
        "end",
        "ends",
        "ended",
        "until",
        "till",
        "to",
        "before",
        "expire",
        "expires",
        "expiry",
        "expiration",
        "due",
        "deadline",
        "close",
        "closes",
        "finish",
        "finishes",
    )
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})")
_FORM = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[A-Za-z][A-Za-z0-9+.-]*:\S*|/\S*|[\w.:-]+")
_STRANGE = re.compile(r"[^A-Za-z0-9]")


def ordinary(body: Any, now: datetime | None = None) -> Any:
    """The body with ASCII letters and digits in its free texts, and with dates that begin and end in the near future
    where their names tell which they are. Texts that have a form (an address, a UUID, a date) are left as they are."""
    return _made(body, "", now or datetime.now(UTC))


def _made(value: Any, name: str, now: datetime) -> Any:
    if isinstance(value, Mapping):
        return {key: _made(member, str(key), now) for key, member in value.items()}
    if isinstance(value, list):
        return [_made(item, name, now) for item in value]
    if not isinstance(value, str):
        return value
    if _DATE.fullmatch(value) or _DATE_TIME.fullmatch(value):
        return _dated(value, name, now)
    if value.isascii() and _FORM.fullmatch(value):
        return value
    plain = _STRANGE.sub(lambda found: "abcdefghijklmnop"[ord(found[0]) % 16], value)
    return "a" + plain[1:] if plain[:1].isdigit() and plain != value else plain


def _dated(value: str, name: str, now: datetime) -> str:
    words = {word.lower() for word in _WORDS.findall(name)}
    ahead = BEGINS if words & _BEGIN else ENDS if words & _END else None
    if ahead is None:
        return value
    then = now + ahead
    return then.strftime("%Y-%m-%d") if _DATE.fullmatch(value) else then.strftime("%Y-%m-%dT%H:%M:%SZ")
