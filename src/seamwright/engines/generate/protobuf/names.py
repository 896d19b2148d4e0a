"""Values that a field of this name is likely to want: a `.proto` file seldom says more than "string"."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from random import Random

__all__ = ["likely_number", "likely_text", "word"]

_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "no", "pi", "ra", "so", "tu", "va", "wi", "ze")


def word(random: Random) -> str:
    """A word of small letters."""
    return "".join(random.choices(_SYLLABLES, k=random.randint(2, 4)))


def _date(random: Random) -> str:
    return f"{random.randint(2026, 2029)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


def _password(random: Random) -> str:
    return f"{word(random).capitalize()}-{random.randint(1000, 9999)}-{word(random)}"


def _uuid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


_TEXTS: tuple[tuple[re.Pattern[str], Callable[[Random], str]], ...] = tuple(
    (re.compile(rf"(?:^|_)(?:{names})$"), made)
    for names, made in (
        # What is passed on from an earlier answer, or written in a language of its own, is best left empty.
        (
            "page_token|next_token|token_page|cursor|continuation|filter|order_by|sort|sort_by|etag|resume_token",
            lambda _: "",
        ),
        ("e_?mail|email_address", lambda r: f"{word(r)}.{r.randint(1, 9999)}@example.com"),
        ("phone|phone_number|mobile|fax", lambda r: f"+49301{r.randint(10**6, 10**7 - 1)}"),
        (
            "ur[il]|link|website|homepage|webhook|callback|image|avatar|picture",
            lambda r: f"https://example.com/{word(r)}",
        ),
        ("uuid|guid", _uuid),
        ("currency|currency_code", lambda r: r.choice(("EUR", "USD", "GBP"))),
        ("country|country_code|region_code", lambda r: r.choice(("DE", "FR", "US"))),
        ("language|language_code|locale|lang", lambda r: r.choice(("en", "de", "fr"))),
        ("time_?zone|tz", lambda r: r.choice(("Europe/Berlin", "UTC", "America/New_York"))),
        ("date|day|birthday|birth_date|date_of_birth", _date),
        ("password|passphrase|secret", _password),
        ("ip|ip_address", lambda r: f"192.0.2.{r.randint(1, 254)}"),
        ("host|hostname|domain", lambda r: f"{word(r)}.example.com"),
        ("zip|zip_code|postal_code|postcode", lambda r: f"{r.randint(10000, 99999)}"),
        ("sku|code|slug|key", lambda r: f"{word(r)}-{r.randint(1, 9999)}"),
        ("colou?r", lambda r: f"#{r.getrandbits(24):06x}"),
        ("mime_type|content_type|media_type", lambda _: "text/plain"),
        ("id|ids", _uuid),
    )
)

_NUMBERS: tuple[tuple[re.Pattern[str], int, int], ...] = tuple(
    (re.compile(rf"(?:^|_)(?:{names})$"), least, most)
    for names, least, most in (
        ("page_size|limit|per_page|max_results|top|count|size", 1, 20),
        ("offset|skip|nanos|version|revision", 0, 0),
        ("page|page_number", 1, 1),
        ("year", 2026, 2029),
        ("month", 1, 12),
        ("day", 1, 28),
        ("hour|hours", 0, 23),
        ("minutes?|seconds", 0, 59),
        ("age", 18, 80),
        ("lat|latitude", -80, 80),
        ("lng|lon|longitude", -170, 170),
        ("percent|percentage|rating|score|quantity|qty|priority", 1, 5),
        ("port", 1024, 65535),
        ("timestamp|_at|created|updated|time|expires|millis|ms", 1_790_000_000, 1_890_000_000),
    )
)


def likely_text(name: str, random: Random) -> str:
    """A text for a field of this name: what the name asks for, else a few words."""
    for pattern, made in _TEXTS:
        if pattern.search(name):
            return made(random)
    if re.search(r"(?:^|_)name$|title", name):
        return f"{word(random).capitalize()} {word(random).capitalize()}"
    return " ".join(word(random) for _ in range(random.randint(1, 3)))


def likely_number(name: str, random: Random) -> int:
    """A whole number for a field of this name: what the name asks for, else a small one above zero."""
    for pattern, least, most in _NUMBERS:
        if pattern.search(name):
            return random.randint(least, most)
    return random.randint(1, 100)
