"""Values of scalars: the five of the specification, those that most services define alike, and limits of each.

What a custom scalar takes is said by its name, by the document that `@specifiedBy` names, or by an example in its
description; a schema says no more (GraphQL, September 2025, section 3.5.5).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from graphql import GraphQLScalarType

from seamwright.engines.generate.formats import FORMATS
from seamwright.engines.generate.graphql.texts import meant, plain, words

__all__ = ["INT_MAX", "INT_MIN", "Maker", "examples", "known", "limits", "maker"]

INT_MAX, INT_MIN = 2**31 - 1, -(2**31)
"""Section 3.5.1."""

Maker = Callable[[Random, str], Any]
"""Makes a value for a place of this name."""

_COUNTS = frozenset({"first", "last", "limit", "take", "count", "size", "pagesize", "perpage", "top", "pagelimit"})
_STARTS = frozenset({"offset", "skip", "start", "from"})
_EXAMPLE = re.compile(
    r"(?:e\.\s?g\.,?|examples?:?|for example,?|such as)\s*[`\"']([^`\"'\n]{1,200})[`\"']", re.IGNORECASE
)


def _int(random: Random, name: str) -> Any:
    plain_name = name.replace("_", "").lower()
    if plain_name in _COUNTS:
        return 1 + int(random.random() * 10)
    if plain_name in _STARTS:
        return 0
    return 1 + int(random.random() * (12 if plain_name.endswith(("page", "month", "rating", "quantity")) else 100))


def _float(random: Random, name: str) -> Any:
    return round(1 + random.random() * 99, 2)


def _boolean(random: Random, name: str) -> Any:
    return random.random() < 0.5


def _id(random: Random, name: str) -> Any:
    return str(1 + int(random.random() * 1000))


def _format(name: str) -> Maker:
    made = FORMATS[name]
    return lambda random, place: made(random, 0, 60)


def _between(low: int, high: int) -> Maker:
    return lambda random, place: low + int(random.random() * (high - low + 1))


def _one_of(*values: Any) -> Maker:
    return lambda random, place: values[int(random.random() * len(values))]


def _mostly(first: Maker, second: Maker) -> Maker:
    """Services that use a name differ in what they take under it; the likelier way three times out of four."""
    return lambda random, place: first(random, place) if random.random() < 0.75 else second(random, place)


def _text_of(made: Maker) -> Maker:
    return lambda random, place: str(made(random, place))


def _hex(length: int) -> Maker:
    return lambda random, place: "".join(random.choices("0123456789abcdef", k=length))


def _local(random: Random, name: str) -> str:
    return str(FORMATS["date-time"](random, 0, 20)).removesuffix("Z")


def _json(random: Random, name: str) -> Any:
    return {"key": plain(random), "number": int(random.random() * 100)}


_BUILT_IN: Mapping[str, Maker] = {"Int": _int, "Float": _float, "String": meant, "Boolean": _boolean, "ID": _id}

_DECIMAL = _mostly(_format("decimal"), _float)
_MOMENT = _format("date-time")
_NAMED: Mapping[str, Maker] = {
    "datetime": _MOMENT, "datetimeiso": _MOMENT, "isodatetime": _MOMENT, "iso8601datetime": _MOMENT,
    "offsetdatetime": _MOMENT, "zoneddatetime": _MOMENT, "instant": _MOMENT, "timestamptz": _MOMENT,
    "datetimeutc": _MOMENT, "datetimetz": _MOMENT, "awsdatetime": _MOMENT, "utcdatetime": _MOMENT,
    "timestamp": _mostly(_MOMENT, _between(1_000_000_000, 2_000_000_000)),
    "awstimestamp": _between(1_000_000_000, 2_000_000_000), "unixtimestamp": _between(1_000_000_000, 2_000_000_000),
    "date": _format("date"), "iso8601date": _format("date"), "localdate": _format("date"), "awsdate": _format("date"),
    "naivedate": _format("date"),
    "time": lambda random, place: str(FORMATS["time"](random, 0, 20)).removesuffix("Z"),
    "localtime": lambda random, place: str(FORMATS["time"](random, 0, 20)).removesuffix("Z"),
    "timetz": _format("time"), "awstime": _format("time"), "offsettime": _format("time"),
    "localdatetime": _local, "naivedatetime": _local,
    "duration": _format("duration"), "iso8601duration": _format("duration"),
    "localendtime": lambda random, place: "12:00:00",
    "timezone": _one_of("Europe/Berlin", "UTC", "America/New_York"), "utcoffset": _one_of("+01:00", "-05:00"),
    "uuid": _format("uuid"), "guid": _format("uuid"), "objectid": _hex(24), "mongoid": _hex(24),
    "json": _json, "jsonobject": _json, "jsonb": _json, "object": _json, "map": _json, "any": _json, "hash": _json,
    "genericscalar": _json, "record": _json, "dict": _json, "stringmap": lambda random, place: {"key": plain(random)},
    "jsonstring": lambda random, place: json.dumps(_json(random, place)),
    "awsjson": lambda random, place: json.dumps(_json(random, place)),
    "email": _format("email"), "emailaddress": _format("email"), "awsemail": _format("email"),
    "url": _format("uri"), "uri": _format("uri"), "awsurl": _format("uri"), "link": _format("uri"),
    "decimal": _DECIMAL, "bigdecimal": _DECIMAL, "numeric": _DECIMAL, "money": _DECIMAL, "currencyamount": _DECIMAL,
    "bigint": _mostly(_between(1, 10_000), _text_of(_between(1, 10_000))), "biginteger": _between(1, 10_000),
    "long": _between(1, 10_000), "int64": _between(1, 10_000), "safeint": _between(1, 10_000),
    "uint": _between(1, 100), "uint32": _between(1, 100), "uint64": _between(1, 100), "unsignedint": _between(1, 100),
    "int8": _between(0, 100), "int16": _between(0, 100), "int32": _between(0, 100), "short": _between(0, 100),
    "smallint": _between(0, 100), "positiveint": _between(1, 100), "nonnegativeint": _between(0, 100),
    "negativeint": _between(-100, -1), "nonpositiveint": _between(-100, 0), "port": _between(1024, 65535),
    "positivefloat": _float, "nonnegativefloat": _float, "unsignedfloat": _float, "double": _float, "float64": _float,
    "float8": _float, "real": _float, "latitude": _between(-89, 89), "longitude": _between(-179, 179),
    "nonemptystring": meant, "text": meant, "citext": meant, "varchar": meant, "bpchar": meant,
    "normalizedstring": meant,
    "trimmedstring": meant, "markdown": meant, "html": lambda random, place: f"<p>{plain(random)}</p>",
    "base64": _format("base64"), "byte": _format("byte"), "bytes": _format("byte"), "bytea": _format("byte"),
    "hexadecimal": _hex(8), "hexcolorcode": lambda random, place: f"#{_hex(6)(random, place)}",
    "color": lambda random, place: f"#{_hex(6)(random, place)}",
    "ipv4": _format("ipv4"), "ipv6": _format("ipv6"), "ip": _format("ipv4"), "ipaddress": _format("ipv4"),
    "awsipaddress": _format("ipv4"), "inet": _format("ipv4"),
    "mac": lambda random, place: ":".join(_hex(2)(random, place) for _ in range(6)),
    "phonenumber": lambda random, place: f"+1415555{_between(1000, 9999)(random, place)}",
    "awsphone": lambda random, place: f"+1415555{_between(1000, 9999)(random, place)}",
    "phone": lambda random, place: f"+1415555{_between(1000, 9999)(random, place)}",
    "countrycode": _one_of("DE", "FR", "US"), "country": _one_of("DE", "FR", "US"),
    "currency": _one_of("EUR", "USD", "GBP"), "currencycode": _one_of("EUR", "USD", "GBP"),
    "locale": _one_of("en-US", "de-DE"), "languagecode": _one_of("en", "de"), "language": _one_of("en", "de"),
    "postalcode": _one_of("10115", "94103"), "semver": _one_of("1.0.0", "2.3.1"), "isbn": _one_of("978-3-16-148410-0"),
    "iban": _one_of("DE89370400440532013000"), "void": lambda random, place: None,
}  # fmt: skip
"""Name without case and underscores → maker."""

_SPECIFIED: tuple[tuple[str, str], ...] = (
    ("local-date-time", "localdatetime"), ("date-time", "datetime"), ("local-date", "localdate"),
    ("local-time", "localtime"), ("rfc3339", "datetime"), ("iso8601", "datetime"), ("iso_8601", "datetime"),
    ("rfc4122", "uuid"), ("rfc9562", "uuid"), ("uuid", "uuid"), ("rfc3986", "uri"), ("url.spec.whatwg", "url"),
    ("rfc5322", "email"), ("email", "email"), ("ecma-404", "json"), ("rfc8259", "json"), ("rfc7159", "json"),
    ("json", "json"), ("rfc4648", "base64"), ("bcp47", "locale"), ("rfc5646", "locale"), ("iso-4217", "currency"),
)  # fmt: skip
"""Part of a `@specifiedBy` address → name above."""


def known(kind: GraphQLScalarType) -> str:
    """Under which name a custom scalar is known; empty where it is not, or is one of the specification."""
    if kind.name in _BUILT_IN:
        return ""
    address = (kind.specified_by_url or "").lower()
    for part, name in _SPECIFIED if address else ():
        if part in address:
            return name
    parts = words(kind.name.removesuffix("Scalar"))
    # `PositiveDecimal` is a decimal, `OrderDateTime` a moment.
    ends = ("".join(parts[start:]) for start in range(len(parts)))
    return next((name for name in ends if name in _NAMED), "")


def maker(kind: GraphQLScalarType) -> Maker | None:
    """What makes values of a scalar; None where nothing tells what it takes."""
    built_in = _BUILT_IN.get(kind.name)
    if built_in is not None:
        return built_in
    name = known(kind)
    if name:
        return _NAMED[name]
    shown = examples(kind.description)
    return _one_of(*shown) if shown else None


def examples(description: str | None) -> tuple[str, ...]:
    """The examples that a description gives: what stands in quotes after "e.g." and the like."""
    return tuple(_EXAMPLE.findall(description or ""))


def limits(kind: GraphQLScalarType) -> tuple[tuple[Any, str], ...]:
    """Valid values of a scalar at its limits, each with what it is in words."""
    name = known(kind)
    alike = "datetime" if _NAMED.get(name) is _MOMENT else name
    return _LIMITS.get(kind.name) or _LIMITS.get(alike, ())


_TEXTS: tuple[tuple[Any, str], ...] = (
    ("", "an empty text"),
    (" ", "a single space"),
    ("Zoë 😀 مرحبا e\u0301", "text beyond ASCII"),
    ("x" * 5000, "5000 characters"),
    ("\u0000", "the character U+0000"),
    ("'\"\\;--<b>${x}{{y}}([*", "quotes and other marks of syntax"),
)
_MOMENTS: tuple[tuple[Any, str], ...] = (
    ("2024-02-29T23:59:59Z", "a leap day"),
    ("9999-12-31T23:59:59Z", "the last second of four-digit years"),
    ("1970-01-01T00:00:00Z", "the beginning of Unix time"),
)
_LIMITS: Mapping[str, tuple[tuple[Any, str], ...]] = {
    "Int": ((0, "zero"), (-1, "minus one"), (INT_MAX, "the largest Int"), (INT_MIN, "the smallest Int")),
    "Float": (
        (0.0, "zero"),
        (-1.5, "below zero"),
        (1.7e308, "near the largest double"),
        (5e-324, "the smallest double"),
    ),
    "String": _TEXTS,
    "ID": (("", "an empty id"), ("0", "the id 0"), ("Zoë 😀", "an id beyond ASCII"), ("x" * 1000, "1000 characters")),
    "Boolean": ((True, "true"), (False, "false")),
    "datetime": _MOMENTS,
    "date": (("2024-02-29", "a leap day"), ("9999-12-31", "the last day of four-digit years")),
    "uuid": (("00000000-0000-0000-0000-000000000000", "the nil UUID"),),
    "json": (({}, "an empty object"), ([], "an empty list"), ({"a": {"b": [None]}}, "nested values")),
}
