"""Bytes that are no message, whatever the contract says, and messages that break one annotation of it."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Iterator
from random import Random
from typing import TYPE_CHECKING, Any

from seamwright.engines.generate.protobuf.values import (
    BYTES,
    FLOATS,
    LIMITS,
    STRING,
    WRAPPERS,
    real_oneof,
    schema_of,
)
from seamwright.engines.generate.protobuf.variants import DEPTH, LONG, MANY, Made, Place, Variant, generator_of, places
from seamwright.wire.annotations import needs_one
from seamwright.wire.protobuf import is_map

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor  # type: ignore[import-untyped]

__all__ = ["broken"]


def broken(descriptor: Descriptor, base: Any, encode: Callable[[Any], bytes], random: Random) -> Iterator[Variant]:
    """Bytes that are no message, then messages that break one annotation. `encode` gives the bytes of a message."""
    whole = encode(base)
    for why, junk in _JUNK:
        yield Variant(None, "", "undecodable", why, raw=whole + junk, cause="undecodable")
    for depth in range(DEPTH + 1):
        for place in places(descriptor, base, depth):
            if (
                place.field.type == STRING
                and depth == 0
                and not place.field.is_repeated
                and _checks_utf8(place.field.file)
            ):
                raw = encode(place.without()) + _tag(place.field.number, 2) + b"\x03\xc3\x28\xff"
                why = f"the text of {place.name} is no UTF-8"
                yield Variant(None, place.name, "utf8", why, raw=raw, cause="utf8")
            yield from _against_rules(place, random)
    yield from _without_a_branch(descriptor, base)


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)


def _tag(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


_NOBODYS = 19_500
"""A number that no contract can declare (it is kept for the libraries): every parser takes it for an unknown field."""

_JUNK = (
    ("a field begins and the message ends", _tag(_NOBODYS, 2) + b"\x7f"),
    ("a number never ends", _tag(_NOBODYS, 0) + b"\xff" * 11),
    ("a field is of a wire type that does not exist", _tag(_NOBODYS, 7) + b"\x01"),
    ("a group ends that never began", _tag(_NOBODYS, 4)),
)
"""Bytes after which no message can be read, whatever fields it has (encoding.md)."""


@functools.lru_cache(maxsize=256)
def _checks_utf8(file: FileDescriptor) -> bool:
    """Whether parsers must refuse text that is no UTF-8: those of proto2 need not (encoding.md)."""
    from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]

    told = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(told)
    if told.syntax == "editions":
        return bool(told.options.features.utf8_validation != _NO_CHECK)
    return bool(told.syntax == "proto3")


_NO_CHECK = 3
"""`FeatureSet.Utf8Validation.NONE`."""


def _against_rules(place: Place, random: Random) -> Iterator[Variant]:
    field, rules, name = place.field, place.rules, place.name

    def made(value: Any, keyword: str, why: str) -> Variant:
        return Variant(place.put(value), name, keyword, why, cause=f"{keyword} {name}")

    if rules.required:
        why = f"{name} is required and not set"
        by_parser = bool(field.is_required)
        yield Variant(place.without(), name, "required", why, cause=f"required {name}", by_parser=by_parser)
    if field.is_repeated:
        yield from _wrong_counts(place, made)
        return
    wrapped = field.message_type is not None and field.message_type.full_name in WRAPPERS
    inner = field.message_type.fields_by_name["value"] if wrapped else field
    if inner.message_type is not None:
        return
    if rules.defined_only and field.enum_type is not None:
        unknown = max(field.enum_type.values_by_number) + 1000
        yield made(unknown, "defined_only", f"{name} is {unknown}, which the enum does not have")
    if rules.const is not None or rules.among:
        return
    if inner.type == BYTES:
        if rules.longest is not None and rules.longest < LONG:
            value = base64.b64encode(b"\x01" * (rules.longest + 1)).decode("ascii")
            yield made(value, "length", f"{name} has one byte too many")
        return
    schema = schema_of(inner, rules)
    if schema is not None:
        for wrong in generator_of(schema).invalid(random):
            if wrong.keyword != "type" and _fits(inner, wrong.value):
                yield made(wrong.value, wrong.keyword, f"{name}: {wrong.why}")


def _fits(field: FieldDescriptor, value: Any) -> bool:
    """Whether a value can be sent in this field at all, wrong as it is."""
    if field.type == STRING:
        return isinstance(value, str)
    if field.type in FLOATS:
        return isinstance(value, int | float)
    lowest, highest = LIMITS[field.type]
    return isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest


def _wrong_counts(place: Place, made: Made) -> Iterator[Variant]:
    node: Any = place.base
    for step in place.steps:
        node = node.get(step) if isinstance(node, dict) else node[step]
        if node is None:
            return
    least, most = place.rules.shortest, place.rules.longest
    if least:
        yield made(
            {} if is_map(place.field) else [], "min_items", f"{place.name} has no item, and {least} are asked for"
        )
    if most is not None and most < MANY and node and not is_map(place.field):
        yield made([node[0]] * (most + 1), "max_items", f"{place.name} has one item more than {most}")
    if place.rules.unique and node and not is_map(place.field):
        yield made([node[0], node[0]], "unique", f"{place.name} has the same item twice")


def _without_a_branch(descriptor: Descriptor, base: Any) -> Iterator[Variant]:
    for oneof in descriptor.oneofs:
        if real_oneof(oneof) and needs_one(oneof):
            names = {field.name for field in oneof.fields}
            value = {name: item for name, item in base.items() if name not in names}
            why = f"none of {', '.join(sorted(names))} is set, and one is asked for"
            yield Variant(value, oneof.name, "required", why, cause=f"required {oneof.name}")
