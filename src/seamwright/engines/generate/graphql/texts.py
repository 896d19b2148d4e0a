"""Texts for fields of type String, which says nothing: the name of the place tells what is likely to be accepted."""

from __future__ import annotations

import re
from random import Random

from seamwright.engines.generate.formats import FORMATS

__all__ = ["meant", "plain", "words"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FORMATS = {
    "email": "email", "mail": "email", "url": "uri", "uri": "uri", "website": "uri", "link": "uri", "homepage": "uri",
    "href": "uri", "uuid": "uuid", "guid": "uuid", "date": "date", "birthday": "date", "dob": "date", "day": "date",
    "datetime": "date-time", "timestamp": "date-time", "ip": "ipv4", "hostname": "hostname", "host": "hostname",
    "domain": "hostname", "duration": "duration", "password": "password", "price": "decimal", "amount": "decimal",
}  # fmt: skip
_VALUES = {
    "phone": ("+14155550132", "+14155550178"), "mobile": ("+14155550132",), "telephone": ("+14155550132",),
    "country": ("DE", "US", "FR"), "currency": ("EUR", "USD"), "language": ("en", "de"), "lang": ("en", "de"),
    "locale": ("en-US", "de-DE"), "timezone": ("Europe/Berlin", "UTC"), "zip": ("10115", "94103"),
    "zipcode": ("10115", "94103"), "postcode": ("10115", "94103"), "city": ("Berlin", "Oslo"), "color": ("#aabbcc",),
    "colour": ("#aabbcc",), "version": ("1.0.0",),
}  # fmt: skip


def words(name: str) -> list[str]:
    """A name in its words, in lower case: `shippingAddress_2` is `shipping`, `address`, `2`."""
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    return [part.lower() for part in parts]


def plain(random: Random) -> str:
    """A word of letters."""
    return "".join(random.choices(_LETTERS, k=6 + int(random.random() * 6)))


def meant(random: Random, name: str) -> str:
    """A text that the name of its place lets one expect; a plain word where it says nothing."""
    parts = words(name)
    last = parts[-1] if parts else ""
    joined = "".join(parts[-2:])
    for key in (joined, last):
        if key in _FORMATS:
            return FORMATS[_FORMATS[key]](random, 0, 60)
        if key in _VALUES:
            return random.choice(_VALUES[key])
    if last == "at" and len(parts) > 1:
        return FORMATS["date-time"](random, 0, 60)
    return plain(random)
