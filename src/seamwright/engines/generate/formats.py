"""Makers of text in the named formats of JSON Schema and OpenAPI, and text that breaks them."""

from __future__ import annotations

import base64
import datetime
import string
import uuid
from collections.abc import Callable, Sequence
from functools import cache
from random import Random

__all__ = ["BROKEN", "FORMATS", "shown_format"]

FormatMaker = Callable[[Random, int, float], str]

_LOWER = string.ascii_lowercase
_ALNUM = _LOWER + string.digits
_EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_SPAN = 60 * 365 * 24 * 3600


def _moment(random: Random) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(seconds=int(random.random() * _SPAN))


def _letters(random: Random, count: int, options: str = _ALNUM) -> str:
    return "".join(random.choices(options, k=max(0, count)))


def _length(random: Random, low: int, high: float, usual: int) -> int:
    """A length around `usual` that keeps to the bounds."""
    most = min(high, max(low, usual) + 4)
    least = min(max(low, usual - 4), most)
    return int(least + random.random() * (most - least + 1))


def _date(random: Random, low: int, high: float) -> str:
    return _moment(random).date().isoformat()


def _date_time(random: Random, low: int, high: float) -> str:
    made = _moment(random).strftime("%Y-%m-%dT%H:%M:%S")
    if low > 20 or (high >= 24 and random.random() < 0.2):
        digits = 3 if low <= 24 else min(9, low - 21)
        made += "." + _letters(random, digits, string.digits)
    return made + ("+02:00" if high >= len(made) + 6 and random.random() < 0.1 else "Z")


def _time(random: Random, low: int, high: float) -> str:
    return _moment(random).strftime("%H:%M:%S") + "Z"


def _duration(random: Random, low: int, high: float) -> str:
    return (
        f"P{1 + int(random.random() * 9)}D"
        if high < 6
        else f"P{1 + int(random.random() * 9)}DT{1 + int(random.random() * 9)}H"
    )


def _email(random: Random, low: int, high: float) -> str:
    # RFC 5321, section 4.5.3.1.3: no longer address fits between the brackets of a path.
    size = _length(random, max(low, 6), min(high, 254), 18)
    host = "example.com" if size >= 13 else "a.io"
    local = min(64, size - len(host) - 1)
    host = _padded_host(random, host, size - local - 1)
    return f"{_letters(random, 1, _LOWER)}{_letters(random, local - 1)}@{host}"


def _padded_host(random: Random, host: str, size: int) -> str:
    """`host` with labels put before it until it has `size` characters."""
    while len(host) < size:
        room = min(size - len(host) - 1, 40)
        if room < 1:
            return _letters(random, size - len(host), _LOWER) + host
        host = f"{_letters(random, room, _LOWER)}.{host}"
    return host


def _hostname(random: Random, low: int, high: float) -> str:
    size = _length(random, max(low, 1), min(high, 253), 16)
    return _letters(random, size, _LOWER) if size < 6 else _padded_host(random, "test", size)


def _uuid(random: Random, low: int, high: float) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def _uri(random: Random, low: int, high: float) -> str:
    size = _length(random, max(low, 9), high, 28)
    head = "https://example.com/" if size > 20 else "http://a/"
    return head + _letters(random, size - len(head))


def _reference(random: Random, low: int, high: float) -> str:
    return "/" + _letters(random, _length(random, max(low, 1), high, 10) - 1)


def _ipv4(random: Random, low: int, high: float) -> str:
    return ".".join(str(int(random.random() * 256)) for _ in range(4))


def _ipv6(random: Random, low: int, high: float) -> str:
    return "2001:db8:" + ":".join(f"{random.getrandbits(16):x}" for _ in range(6))


def _byte(random: Random, low: int, high: float) -> str:
    size = _length(random, low, high, 16)
    quads = size // 4 if size % 4 == 0 or size // 4 * 4 >= low else size // 4 + 1
    return base64.b64encode(random.randbytes(quads * 3)).decode()


def _binary(random: Random, low: int, high: float) -> str:
    return _letters(random, _length(random, low, high, 16), string.ascii_letters + string.digits)


def _password(random: Random, low: int, high: float) -> str:
    size = _length(random, low, high, 14)
    made = (
        [*random.choices(_ALNUM + string.ascii_uppercase, k=max(0, size - 4)), "A", "z", "7", "!"][-size:]
        if size
        else []
    )
    random.shuffle(made)
    return "".join(made)


def _pointer(random: Random, low: int, high: float) -> str:
    return "/" + _letters(random, _length(random, max(low, 1), high, 6) - 1)


def _plain(random: Random, low: int, high: float) -> str:
    return _letters(random, _length(random, low, high, 8), _LOWER)


def _decimal(random: Random, low: int, high: float) -> str:
    return (
        f"{int(random.random() * 1000)}.{int(random.random() * 100):02d}"
        if high >= 6
        else _letters(random, max(low, 1), "123456789")
    )


FORMATS: dict[str, FormatMaker] = {
    "date": _date, "date-time": _date_time, "time": _time, "duration": _duration, "email": _email, "idn-email": _email,
    "hostname": _hostname, "idn-hostname": _hostname, "uuid": _uuid, "uri": _uri, "url": _uri, "iri": _uri,
    "uri-reference": _reference, "iri-reference": _reference, "uri-template": _reference, "ipv4": _ipv4, "ipv6": _ipv6,
    "byte": _byte, "base64": _byte, "binary": _binary, "password": _password, "json-pointer": _pointer,
    "relative-json-pointer": lambda random, low, high: str(int(random.random() * 9)), "regex": _plain,
    "decimal": _decimal,
}  # fmt: skip
"""Format name to a maker that is given the bounds of the length; the caller still checks the length."""

BROKEN: dict[str, tuple[str, ...]] = {
    "date": ("2024-02-30", "30/02/2024", "not a date"),
    "date-time": ("2024-13-01T00:00:00Z", "2024-01-01 25:00", "not a date"),
    "time": ("25:00:00Z", "not a time"),
    "duration": ("1 day", "P"),
    "email": ("not-an-email", "@example.com", "a b@example.com"),
    "idn-email": ("not-an-email", "@example.com"),
    "hostname": ("-bad-.example", "not a host", "a..b"),
    "idn-hostname": ("not a host", "a..b"),
    "uuid": ("not-a-uuid", "12345678-1234-1234-1234-12345678901", "zzzzzzzz-zzzz-4zzz-8zzz-zzzzzzzzzzzz"),
    "uri": ("not a uri", "//missing-scheme", "http://[bad"),
    "iri": ("not an iri", "http://[bad"),
    "uri-reference": ("not a reference", "http://[bad"),
    "iri-reference": ("http://[bad", "not a reference"),
    "ipv4": ("256.1.1.1", "1.2.3", "not an address"),
    "ipv6": ("2001:db8::zzzz", "1::2::3", "not an address"),
    "json-pointer": ("no-slash", "/~2"),
    "relative-json-pointer": ("/no-number", "-1"),
    "regex": ("(unclosed", "[unclosed"),
    "uri-template": ("/{unclosed", "/{}}"),
}
"""Format name to text that is not in the format, as short as is telling."""

_SHOWN = ("uuid", "email", "date-time", "date", "ipv4", "uri")
"""Formats that an example shows by itself: hardly a text is in one of them by chance."""


def shown_format(examples: Sequence[str]) -> str:
    """The format that all of these examples are in, for a schema that names none; empty where there is none.

    Any text with a colon may be a URI (RFC 3986, section 3), so that only one with an authority shows it.
    """
    for name in _SHOWN if examples else ():
        if all(_holds(name)(each) and (name != "uri" or "://" in each) for each in examples):
            return name
    return ""


@cache
def _holds(name: str) -> Callable[[str], bool]:
    import jsonschema_rs

    check: Callable[[str], bool] = jsonschema_rs.Draft202012Validator(
        {"type": "string", "format": name}, validate_formats=True
    ).is_valid
    return check
