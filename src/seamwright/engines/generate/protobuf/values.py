"""Valid messages: every field of a value that its type and its annotations allow, and that its name makes likely."""

from __future__ import annotations

import base64
import datetime
import functools
import math
from collections.abc import Callable, Mapping
from random import Random
from typing import TYPE_CHECKING, Any

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.generator import Generator, compile_schema
from seamwright.engines.generate.protobuf.names import likely_number, likely_text, word
from seamwright.wire.annotations import NONE, Rules, needs_one, rules_of
from seamwright.wire.protobuf import is_map

if TYPE_CHECKING:
    from google.protobuf.descriptor import (  # type: ignore[import-untyped]
        Descriptor,
        FieldDescriptor,
        OneofDescriptor,
    )

__all__ = ["BYTES", "ENUM", "FLOATS", "LIMITS", "STRING", "WRAPPERS", "Messages", "real_oneof", "schema_of"]

DEEPEST = 4
"""Messages inside messages that are filled in although nothing asks for it; what is required goes on longer."""

MUCH_TOO_DEEP = 20

FULLNESS = 0.85
"""How often a field is set that may be left out."""

DOUBLE, FLOAT, BOOL, STRING, BYTES, ENUM = 1, 2, 8, 9, 12, 14
"""Numbers of types (google/protobuf/descriptor.proto)."""

FLOATS = frozenset({DOUBLE, FLOAT})

_SIGNED_64, _SIGNED_32 = (-(2**63), 2**63 - 1), (-(2**31), 2**31 - 1)
_UNSIGNED_64, _UNSIGNED_32 = (0, 2**64 - 1), (0, 2**32 - 1)
LIMITS: Mapping[int, tuple[int, int]] = {
    3: _SIGNED_64,
    4: _UNSIGNED_64,
    5: _SIGNED_32,
    6: _UNSIGNED_64,
    7: _UNSIGNED_32,
    13: _UNSIGNED_32,
    15: _SIGNED_32,
    16: _SIGNED_64,
    17: _SIGNED_32,
    18: _SIGNED_64,
}
"""Types of whole numbers → the smallest and the largest."""

WRAPPERS = frozenset(
    f"google.protobuf.{name}Value"
    for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
)

_BEGINNING = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
_SPAN = 3 * 365 * 24 * 3600


class Messages:
    """Makes messages of one type."""

    def __init__(self, descriptor: Descriptor) -> None:
        self.descriptor = descriptor

    def valid(self, random: Random, *, fullness: float = FULLNESS) -> Any:
        """A valid message as JSON. Raises Unsatisfiable where annotations leave no value for a required field."""
        return _message(self.descriptor, random, fullness, 0)


def _message(descriptor: Descriptor, random: Random, fullness: float, depth: int) -> Any:
    known = _KNOWN.get(descriptor.full_name)
    if known is not None:
        return known(random)
    if descriptor.full_name in WRAPPERS:
        return _scalar(descriptor.fields_by_name["value"], NONE, random)
    if depth > MUCH_TOO_DEEP:
        raise Unsatisfiable("", "required", f"{descriptor.full_name} requires itself without end")
    made: dict[str, Any] = {}
    chosen = {oneof.name: _branch(oneof, random, fullness, depth) for oneof in descriptor.oneofs if real_oneof(oneof)}
    for field in descriptor.fields:
        rules = rules_of(field)
        oneof = field.containing_oneof
        if oneof is not None and real_oneof(oneof):
            if chosen[oneof.name] != field.name:
                continue
        elif rules.given_by_server or not (rules.required or _wanted(field, random, fullness, depth)):
            continue
        made[field.name] = _field(field, rules, random, fullness, depth)
    return _with_masks(descriptor, made, random)


def real_oneof(oneof: OneofDescriptor) -> bool:
    """Whether a oneof was written as one; an `optional` field of proto3 lies in one of its own."""
    return not (len(oneof.fields) == 1 and oneof.name == f"_{oneof.fields[0].name}")


def _branch(oneof: OneofDescriptor, random: Random, fullness: float, depth: int) -> str | None:
    """The member that is set; None for none."""
    if not needs_one(oneof) and random.random() > fullness:
        return None
    fields = [f for f in oneof.fields if not rules_of(f).given_by_server]
    flat = [f for f in fields if not (depth >= DEEPEST and _nested(f))]
    # Each is drawn with the same chance, whatever comes of it: the stream of values must not depend on the depth.
    drawn = random.random()
    candidates = flat or (fields if needs_one(oneof) else [])
    return candidates[int(drawn * len(candidates))].name if candidates else None


def _nested(field: FieldDescriptor) -> bool:
    message = field.message_type
    return message is not None and message.full_name not in _KNOWN and message.full_name not in WRAPPERS


def _wanted(field: FieldDescriptor, random: Random, fullness: float, depth: int) -> bool:
    drawn = random.random()
    if _nested(field) and (depth >= DEEPEST or (depth and _reaches(field.message_type, field.containing_type))):
        return False
    if field.GetOptions().deprecated:
        return drawn < fullness / 4
    return drawn < fullness


@functools.lru_cache(maxsize=4096)
def _reaches(start: Descriptor, goal: Descriptor) -> bool:
    """Whether a message can hold another one, at whatever depth: such fields are filled in once, not again below."""
    seen: set[str] = set()
    left = [start]
    while left:
        message = left.pop()
        if message.full_name == goal.full_name:
            return True
        if message.full_name not in seen:
            seen.add(message.full_name)
            left += [f.message_type for f in message.fields if f.message_type is not None]
    return False


def _field(field: FieldDescriptor, rules: Rules, random: Random, fullness: float, depth: int) -> Any:
    if is_map(field):
        key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
        count = _count(rules, random, 2)
        pairs: dict[str, Any] = {}
        for _ in range(10 * count):
            if len(pairs) == count:
                break
            drawn = _scalar(key, rules.keys or NONE, random)
            text = str(drawn).lower() if isinstance(drawn, bool) else str(drawn)
            pairs[text] = _one(value, rules.items or NONE, random, fullness, depth)
        return pairs
    if field.is_repeated:
        items = [_one(field, rules.items or NONE, random, fullness, depth) for _ in range(_count(rules, random, 3))]
        return _unlike(items) if rules.unique else items
    return _one(field, rules, random, fullness, depth)


def _count(rules: Rules, random: Random, usual: int) -> int:
    least = max(rules.shortest or 0, 1)
    most = rules.longest if rules.longest is not None else max(usual, least)
    return random.randint(min(least, most), max(min(most, least + usual), min(least, most)))


def _unlike(items: list[Any]) -> list[Any]:
    return [item for number, item in enumerate(items) if item not in items[:number]]


def _one(field: FieldDescriptor, rules: Rules, random: Random, fullness: float, depth: int) -> Any:
    message = field.message_type
    if message is None:
        return _scalar(field, rules, random)
    if message.full_name in WRAPPERS:
        return _scalar(message.fields_by_name["value"], rules, random, name=field.name)
    return _message(message, random, fullness, depth + 1)


def _scalar(field: FieldDescriptor, rules: Rules, random: Random, name: str = "") -> Any:
    if rules.const is not None:
        return _json(field, rules.const)
    if rules.among:
        return _json(field, random.choice(rules.among))
    if field.type == ENUM:
        return _enum(field, rules, random)
    if field.type == BOOL:
        return random.random() < 0.5
    if field.type == BYTES:
        return base64.b64encode(random.randbytes(_length(rules, random))).decode("ascii")
    schema = schema_of(field, rules)
    if schema is not None:
        return _compiled(_Frozen(schema)).valid(random)
    if field.type == STRING:
        return likely_text(name or field.name, random)
    number = likely_number(name or field.name, random)
    return round(number + random.random(), 2) if field.type in FLOATS else number


def _length(rules: Rules, random: Random) -> int:
    least = rules.shortest or 1
    most = rules.longest if rules.longest is not None else max(16, least)
    return random.randint(min(least, most), min(most, least + 16))


def _enum(field: FieldDescriptor, rules: Rules, random: Random) -> str:
    """A declared value, seldom the one of number 0: that mostly says that nothing was said."""
    values = [v for v in field.enum_type.values if v.number not in rules.not_among]
    meant = [v for v in values if v.number != 0 and not v.GetOptions().deprecated]
    chosen = random.choice(meant or values)
    return str(chosen.name)


def _json(field: FieldDescriptor, value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if field.type == ENUM and isinstance(value, int):
        known = field.enum_type.values_by_number.get(value)
        return known.name if known is not None else value
    return value


def schema_of(field: FieldDescriptor, rules: Rules) -> dict[str, Any] | None:
    """The rules of a text or number as JSON Schema; None where there are none."""
    if field.type == STRING:
        patterns = [p for p in (rules.pattern, _affixes(rules)) if p]
        said = {
            "minLength": rules.shortest,
            "maxLength": rules.longest,
            "pattern": _FORMAT_PATTERNS.get(rules.format) or (patterns[0] if patterns else None),
            "format": _FORMATS.get(rules.format),
        }
        kept: dict[str, Any] = {key: value for key, value in said.items() if value is not None}
        if len(patterns) > 1:
            kept["allOf"] = [{"pattern": patterns[1]}]
        return {"type": "string", **kept} if kept else None
    if rules.least is None and rules.most is None:
        return None
    if field.type in FLOATS:
        least, most = "exclusiveMinimum" if rules.open_least else "minimum", "exclusiveMaximum"
        limits = {least: rules.least, most if rules.open_most else "maximum": rules.most}
        return {"type": "number", **{key: value for key, value in limits.items() if _finite(value)}}
    lowest, highest = LIMITS[field.type]
    return {
        "type": "integer",
        "minimum": lowest if rules.least is None else rules.least,
        "maximum": highest if rules.most is None else rules.most,
    }


def _finite(value: Any) -> bool:
    return value is not None and math.isfinite(value)


_FORMATS = {
    "email": "email",
    "hostname": "hostname",
    "ip": "ipv4",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
    "uri": "uri",
    "uri_ref": "uri",
    "address": "hostname",
    "uuid": "uuid",
}
_FORMAT_PATTERNS = {"tuuid": "^[0-9a-f]{32}$", "host_and_port": r"^[a-z]{3,9}\.example\.com:[1-9][0-9]{2,3}$"}


def _affixes(rules: Rules) -> str | None:
    if not (rules.prefix or rules.suffix or rules.contains):
        return None
    return f"^{_quoted(rules.prefix)}[a-z]*{_quoted(rules.contains)}[a-z]*{_quoted(rules.suffix)}$"


def _quoted(text: str) -> str:
    return "".join(f"\\{c}" if c in r".^$*+?()[]{}|\/-" else c for c in text)


class _Frozen(dict[str, Any]):
    """A schema as the key of a cache."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(self))


@functools.lru_cache(maxsize=1024)
def _compiled(schema: _Frozen) -> Generator:
    def nowhere(ref: str) -> Any:
        raise KeyError(ref)

    return compile_schema(dict(schema), resolve=nowhere)


def _with_masks(descriptor: Descriptor, made: dict[str, Any], random: Random) -> dict[str, Any]:
    """Let a field mask name fields that are set in the message beside it (AIP-134)."""
    for field in descriptor.fields:
        message = field.message_type
        if field.name not in made or message is None or message.full_name != "google.protobuf.FieldMask":
            continue
        beside = [made[f.name] for f in descriptor.fields if _nested(f) and not f.is_repeated and made.get(f.name)]
        names = sorted(beside[0]) if beside else []
        chosen = random.sample(names, min(len(names), random.randint(1, 2)))
        made[field.name] = ",".join(_camel(name) for name in chosen)
    return made


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def _timestamp(random: Random) -> str:
    moment = _BEGINNING + datetime.timedelta(seconds=random.randrange(_SPAN))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _value(random: Random) -> Any:
    return random.choice((word(random), random.randint(1, 100), random.random() < 0.5))


_KNOWN: Mapping[str, Callable[[Random], Any]] = {
    "google.protobuf.Timestamp": _timestamp,
    "google.protobuf.Duration": lambda random: f"{random.randint(1, 3600)}s",
    "google.protobuf.Empty": lambda random: {},
    "google.protobuf.FieldMask": lambda random: "",
    "google.protobuf.Struct": lambda random: {word(random): _value(random) for _ in range(random.randint(1, 2))},
    "google.protobuf.Value": _value,
    "google.protobuf.ListValue": lambda random: [_value(random) for _ in range(random.randint(1, 3))],
    "google.protobuf.Any": lambda random: {
        "@type": "type.googleapis.com/google.protobuf.StringValue",
        "value": word(random),
    },
    "google.type.Money": lambda random: {"currency_code": "EUR", "units": random.randint(1, 500)},
    "google.type.Date": lambda random: {"year": 2027, "month": random.randint(1, 12), "day": random.randint(1, 28)},
    "google.type.LatLng": lambda random: {
        "latitude": float(random.randint(-80, 80)),
        "longitude": float(random.randint(-170, 170)),
    },
}
"""Messages whose JSON is of its own kind, or whose fields hang together → what makes one."""
