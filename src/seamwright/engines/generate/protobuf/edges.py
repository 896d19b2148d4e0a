"""Valid messages with one thing at its limit.

A server may refuse them with a status of the caller's fault, and must never fail over them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

from seamwright.engines.generate.protobuf.values import (
    BYTES,
    ENUM,
    FLOATS,
    LIMITS,
    STRING,
    WRAPPERS,
    Messages,
    schema_of,
)
from seamwright.engines.generate.protobuf.variants import DEPTH, LONG, MANY, Made, Place, Variant, generator_of, places
from seamwright.wire.annotations import Rules, needs_one, rules_of
from seamwright.wire.protobuf import is_map

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor  # type: ignore[import-untyped]

__all__ = ["edges"]

DEEP = 60
"""Messages in a message that holds itself; libraries read a hundred."""


def edges(descriptor: Descriptor, base: Any, random: Random) -> Iterator[Variant]:
    """Valid messages, each with one thing at its limit, the outermost places first. `base` is a valid message."""
    asked = any(rules_of(field).required for field in descriptor.fields) or any(map(needs_one, descriptor.oneofs))
    if not asked:
        yield Variant({}, "", "empty", "nothing is set at all")
    for depth in range(DEPTH + 1):
        for place in places(descriptor, base, depth):
            yield from _of_field(place, random)


def _of_field(place: Place, random: Random) -> Iterator[Variant]:
    field, rules = place.field, place.rules

    def made(value: Any, keyword: str, why: str) -> Variant:
        return Variant(place.put(value), place.name, keyword, why)

    oneof = field.containing_oneof
    if not rules.required and not (oneof is not None and needs_one(oneof)):
        yield Variant(place.without(), place.name, "absent", f"{place.name} is not set")
    if is_map(field) or field.is_repeated:
        yield from _of_many(place, made)
        return
    if rules.const is not None or rules.among:
        return
    message = field.message_type
    if message is not None:
        yield from _of_message(place, made, random)
        return
    yield from _of_scalar(field, rules, made, random)


def _of_many(place: Place, made: Made) -> Iterator[Variant]:
    least, most = place.rules.shortest or 0, place.rules.longest
    if least == 0 and not place.rules.required:
        yield made({} if is_map(place.field) else [], "items", f"{place.name} is empty")
    count = MANY if most is None else min(MANY, most)
    node = place.base
    for step in place.steps:
        node = node.get(step) if isinstance(node, dict) else node[step]
        if not node:
            return
    if place.rules.unique or count < 1:
        return
    if is_map(place.field):
        key, value = next(iter(node.items()))
        if place.rules.keys is None and not key.lstrip("-").isdigit() and key not in ("true", "false"):
            yield made({f"{key}{n}": value for n in range(count)}, "items", f"{place.name} has {count} pairs")
    else:
        yield made([node[0]] * count, "items", f"{place.name} has {count} items")


def _of_message(place: Place, made: Made, random: Random) -> Iterator[Variant]:
    name, message = place.name, place.field.message_type
    for keyword, value in _WELL_KNOWN.get(message.full_name, ()):
        yield made(value, keyword, f"{name} is {_short(value)}")
    if message.full_name in WRAPPERS:
        yield from _of_scalar(message.fields_by_name["value"], place.rules, made, random, name)
    elif not message.full_name.startswith("google.protobuf."):
        if not any(rules_of(f).required for f in message.fields):
            yield made({}, "empty", f"{name} is there and nothing in it is set")
        itself = next(
            (
                f
                for f in message.fields
                if f.message_type is not None and f.message_type.full_name == message.full_name and not is_map(f)
            ),
            None,
        )
        if itself is not None:
            yield made(_nested(message, itself, random), "depth", f"{name} holds itself {DEEP} times")


def _nested(message: Descriptor, itself: FieldDescriptor, random: Random) -> Any:
    plain = Messages(message).valid(random, fullness=0.0)
    made = dict(plain)
    for _ in range(DEEP):
        made = {**plain, itself.name: [made] if itself.is_repeated else made}
    return made


_WELL_KNOWN: dict[str, tuple[tuple[str, Any], ...]] = {
    "google.protobuf.Timestamp": (
        ("minimum", "0001-01-01T00:00:00Z"),
        ("maximum", "9999-12-31T23:59:59.999999999Z"),
        ("epoch", "1970-01-01T00:00:00Z"),
        ("before-epoch", "1969-12-31T23:59:59.5Z"),
    ),
    "google.protobuf.Duration": (("zero", "0s"), ("minimum", "-315576000000s"), ("maximum", "315576000000s")),
    "google.protobuf.Struct": (("empty", {}), ("null", {"nothing": None, "": ""})),
    "google.protobuf.Value": (("null", None), ("empty", {})),
    "google.protobuf.ListValue": (("empty", []),),
    "google.protobuf.FieldMask": (("empty", ""), ("unknown", "noFieldHasThisName")),
    "google.protobuf.Any": (("type", {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "0s"}),),
}

_TEXTS = (
    ("empty", "", "is empty"),
    ("unicode", "Ωμέγα 漢字 🛒 \u202eright to left\u202c e\u0301", "holds letters of many scripts"),
    ("nul", "a\x00b", "holds a NUL character"),
    ("quotes", 'it\'s "quoted"; -- %s {} \\ </b>', "holds quotes and other signs"),
    ("blank", " \t\n", "is blank"),
)


def _of_scalar(field: FieldDescriptor, rules: Rules, made: Made, random: Random, name: str = "") -> Iterator[Variant]:
    name = name or field.name
    if field.type == ENUM:
        yield from _of_enum(field, rules, made)
        return
    schema = schema_of(field, rules)
    if schema is not None and field.type not in FLOATS:
        for edge in generator_of(schema).boundary(random):
            yield made(edge.value, edge.keyword, f"{name}: {edge.keyword} {edge.limit} its limit")
        return
    if field.type == STRING:
        for keyword, text, why in _TEXTS:
            if not (rules.required and not text):
                yield made(text, keyword, f"{name} {why}")
        yield made("w" * LONG, "long", f"{name} has {LONG} characters")
    elif field.type == BYTES:
        least, most = rules.shortest or 0, rules.longest
        for count in dict.fromkeys((least, min(LONG, most) if most is not None else LONG)):
            value = base64.b64encode(b"\xff\x00" * (count // 2) + b"\x80" * (count % 2)).decode("ascii")
            yield made(value, "length", f"{name} has {count} bytes")
    elif field.type in FLOATS:
        yield from _of_float(field, rules, made, name)
    elif field.type in LIMITS:
        lowest, highest = LIMITS[field.type]
        for value in dict.fromkeys((0, highest, lowest, *((-1,) if lowest else ()))):
            if not (rules.required and value == 0):
                yield made(value, "number", f"{name} is {value}")


def _of_enum(field: FieldDescriptor, rules: Rules, made: Made) -> Iterator[Variant]:
    enum = field.enum_type
    for value in enum.values:
        if value.number not in rules.not_among and not (rules.required and value.number == 0):
            yield made(value.name, "enum", f"{field.name} is {value.name}")
    if not enum.is_closed and not rules.defined_only:
        unknown = next(n for n in range(2**31 - 1, 0, -1) if n not in enum.values_by_number)
        yield made(unknown, "enum-unknown", f"{field.name} is {unknown}, a value that is not declared")


def _of_float(field: FieldDescriptor, rules: Rules, made: Made, name: str) -> Iterator[Variant]:
    if rules.least is not None or rules.most is not None:
        for limit, is_open in ((rules.least, rules.open_least), (rules.most, rules.open_most)):
            if limit is not None and not is_open:
                yield made(limit, "limit", f"{name} is {limit}")
        return
    largest = 3.4028234663852886e38 if field.type == 2 else 1.7976931348623157e308
    for value in (0.0, -1.5, largest, "NaN", "Infinity", "-Infinity"):
        if not (rules.required and value == 0.0):
            yield made(value, "number", f"{name} is {value}")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"
