"""Values that a schema allows and that nobody expects: beyond what machines, databases and calendars hold.

No keyword forbids them, so they are valid; that is what makes them worth sending. Each stands alone, in a value that is
ordinary otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from seamwright.engines.generate.facts import Facts
from seamwright.engines.generate.nodes import Node
from seamwright.engines.generate.places import places
from seamwright.engines.generate.text import Location

__all__ = ["LONG", "Unusual", "unusual"]

LONG = 70_000
"""Characters of a long text: more than 16 bits count, and than a TEXT column of MySQL holds."""

_LONG_ELSEWHERE = 3_000
"""Characters of a long text in a path, query or header: less than servers refuse by themselves."""

MANY = 2_000
"""Items of a long list."""


@dataclass(frozen=True, slots=True)
class Unusual:
    """A valid value, the place (JSON pointer) of what is unusual in it, and what that is."""

    value: Any
    place: str
    what: str

    @property
    def long(self) -> bool:
        """Whether it is a long text: what a service does with one may keep it from answering anybody."""
        return _LONG_TEXT.fullmatch(self.what) is not None


_LONG_TEXT = re.compile(r"a text of \d+ characters")

_TEXTS: tuple[tuple[str, str], ...] = (
    ("a\0b", "a text with a NUL character"),
    ("\x01\x1b\x7f", "a text of control characters"),
    ("line\r\nline\ttab", "a text of several lines"),
    (" ", "a text of a blank only"),
    ("\u202eabc\u200d\ufeff", "a text with invisible characters"),
    ("👩‍👩‍👧𝔘𐍈", "characters beyond the basic plane"),
    ("ẍ́İßŉ", "characters that change their length with their case"),
    ("%00%s%n{0}", "a text with formatting signs"),
    ("'\"\\`;--", "a text with quotes and backslashes"),
    ("../..;a=b&c#d?e", "a text with delimiters of URLs"),
    ("null", "the word null"),
    ("9" * 20, "a text that looks like a large number"),
    ("1e999", "a text that looks like a number too large"),
    ("[]", "a text that looks like JSON"),
)

_INTEGERS: tuple[tuple[int, str], ...] = (
    (2**63, "a number beyond 64 bits"),
    (2**31, "a number beyond 32 bits"),
    (-(2**31) - 1, "a number beyond 32 bits"),
    (2**53 + 1, "a number beyond what doubles hold"),
    (-(2**63) - 1, "a number beyond 64 bits"),
    (10**40, "a number of 40 digits"),
)

_UNTYPED: tuple[tuple[int, str], ...] = (
    (0, "zero where no type is named"),
    (-1, "minus one where no type is named"),
    (2**63, "a number beyond 64 bits"),
    (2**31, "a number beyond 32 bits"),
    (10**40, "a number of 40 digits"),
)
"""What a parameter without a type is given first: most of them are numbers to whoever reads them."""

_NUMBERS: tuple[tuple[float, str], ...] = (
    (1e308, "a number near the largest double"),
    (-1e308, "a number near the largest double"),
    (5e-324, "the smallest double above zero"),
    (-0.0, "negative zero"),
    (0.1 + 0.2, "a number with 17 digits"),
    (1e22, "a large whole number in a floating point field"),
)

_FORMATS: dict[str, tuple[tuple[str, str], ...]] = {
    "date": (("0001-01-01", "the first year"), ("9999-12-31", "the last year"), ("2024-02-29", "a leap day")),
    "date-time": (
        ("0001-01-01T00:00:00Z", "the first year"),
        ("9999-12-31T23:59:59.999999Z", "the last year"),
        ("9999-12-31T23:59:59-14:00", "a moment past the last year in UTC"),
        ("0001-01-01T00:00:00+14:00", "a moment before the first year in UTC"),
        ("2016-12-31T23:59:60Z", "a leap second"),
        ("2024-02-29t12:00:00.123456789z", "nanoseconds and small letters"),
        ("1900-01-01T00:00:00Z", "a moment before 1970"),
    ),
    "time": (("23:59:60Z", "a leap second"), ("00:00:00.123456789-12:00", "nanoseconds")),
    "uuid": (
        ("00000000-0000-0000-0000-000000000000", "the nil UUID"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "the max UUID"),
        ("018F3C1E-7B2A-7CC0-8000-00805F9B34FB", "a UUID of version 7 in capitals"),
    ),
    "email": (
        ("a+b_c-d.e@sub.example.co", "a tagged address"),
        (f"{'a' * 64}@{'b' * 60}.example.com", "an address with a long local part"),
    ),
    "uri": (("urn:isbn:0451450523", "a URN"), (f"https://example.com/{'a' * 2500}", "a long URI")),
    "ipv6": (("::", "the unspecified address"), ("::ffff:192.0.2.128", "a mapped address")),
    "ipv4": (("0.0.0.0", "the unspecified address"), ("255.255.255.255", "the broadcast address")),
    "duration": (("P9999Y", "a duration of 9999 years"), ("PT0S", "a duration of nothing")),
}
_FORMATS["url"] = _FORMATS["uri"]

_OTHER: tuple[tuple[Any, str], ...] = (
    ([], "a list where no type is named"),
    ("text", "a text where no type is named"),
    (7, "a bare number where no type is named"),
    (None, "null where no type is named"),
)

_NAMES = ("", "__proto__", "$ref", "a.b", "é" * 300)

_UNPRINTABLE = ("a\0b", "\x01\x1b\x7f")
"""Names that a database may not hold, which are valid in JSON and in a query (percent-encoded)."""


def unusual(root: Node, random: Random, location: Location) -> Iterator[Unusual]:
    """Every unusual value that the schema allows at every place, the outermost places first; finite."""
    seen: set[str] = set()
    if location == "body" and all(root.accepts(value) for value, _ in _OTHER):
        # A schema with properties and no `type` allows whatever is no object at all.
        yield from (Unusual(value, "", what) for value, what in _OTHER)
    untyped = location != "body" and root.accepts("text") and root.accepts(0)
    if untyped:
        for value, what in _UNTYPED:
            if root.accepts(value):
                seen.add(f" {what} {value!r:.80}")
                yield Unusual(value, "", what)
    for standing in places(root, random):
        place = standing.spot.place
        if untyped and standing.kind == "object":
            continue  # A text, or a number, is what is read where nothing says that it is an object.
        for value, what in _candidates(standing.facts, standing.kind, standing.full, location):
            whole = standing.spot.wrap(value)
            key = f"{place} {what} {value!r:.80}"
            if key not in seen and root.accepts(whole):
                seen.add(key)
                yield Unusual(whole, place, what)


def _candidates(facts: Facts, kind: str, full: Any, location: Location) -> Iterator[tuple[Any, str]]:
    if kind == "string":
        yield from _texts(facts, location)
    elif kind == "integer":
        bits = {"int32": 31, "int64": 63}.get(next(iter(facts.formats), ""), 4096)
        yield from ((value, what) for value, what in _INTEGERS if abs(value) <= 2**bits - 1)
    elif kind == "number":
        yield from _NUMBERS
        yield from _INTEGERS[-1:]
    elif kind == "array" and location == "body" and full:
        yield full[:1] * MANY, f"a list of {MANY} items"
        yield full[:1] * 2, "a list with the same item twice"
    elif kind == "object" and location in ("body", "query") and isinstance(full, dict):
        texts = isinstance(facts.additional, dict) and "string" in (facts.additional.get("type") or ())
        for names, what in ((_NAMES, "properties that nobody declared"), (_UNPRINTABLE, "names of control characters")):
            yield {**full, **dict.fromkeys(names, "1" if texts else 1)}, what


def _texts(facts: Facts, location: Location) -> Iterator[tuple[str, str]]:
    if facts.formats:
        for name in facts.formats:
            yield from _FORMATS.get(name, ())
        return
    for text, what in _TEXTS:
        if _carried(text, location):
            yield text, what
    size = LONG if location == "body" else _LONG_ELSEWHERE
    yield "a" * size, f"a text of {size} characters"


def _carried(text: str, location: Location) -> bool:
    """Whether the place in the request can carry the text as it is."""
    if location in ("header", "cookie"):
        return text.isascii() and text.isprintable() and text.strip() == text and not set(text) & set(';,"\\')
    return location != "path" or "/" not in text
