"""Which types of fields can stand for each other in bytes, and what is lost by it."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.diff.change import Level
from seamwright.wire.protobuf import is_map

__all__ = ["NUMERIC", "shown_type", "type_change"]

STRING, BYTES, ENUM, GROUP, MESSAGE = 9, 12, 14, 10, 11

_NAMES = {
    1: "double",
    2: "float",
    3: "int64",
    4: "uint64",
    5: "int32",
    6: "fixed64",
    7: "fixed32",
    8: "bool",
    9: "string",
    10: "group",
    11: "message",
    12: "bytes",
    13: "uint32",
    14: "enum",
    15: "sfixed32",
    16: "sfixed64",
    17: "sint32",
    18: "sint64",
}
"""Types of fields by their number (google/protobuf/descriptor.proto)."""

NUMERIC = frozenset(_NAMES) - {STRING, BYTES, GROUP, MESSAGE}
"""Types whose lists travel packed, so that a list and a single value are not the same bytes."""

_ALIKE = (frozenset({3, 4, 5, 8, 13, ENUM}), frozenset({17, 18}), frozenset({7, 15}), frozenset({6, 16}))
"""Types that are the same bytes; values outside the smaller one are cut off (language guide)."""

_JSON_TEXT = frozenset({3, 4, 6, 16, 18})
"""Types of 64 bits, which JSON writes as text."""


def shown_type(field: Any) -> str:
    """A type as a `.proto` file writes it."""
    if is_map(field):
        key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
        return f"map<{shown_type(key)}, {shown_type(value)}>"
    if field.message_type is not None:
        return str(field.message_type.full_name)
    if field.enum_type is not None:
        return str(field.enum_type.full_name)
    return _NAMES[field.type]


def type_change(old: Any, new: Any) -> tuple[Level, str] | None:
    """How much another scalar type hurts, and why; None where the type is the same, or both are messages or enums."""
    if old.type == new.type or (old.message_type is not None and new.message_type is not None):
        return None
    kinds = {old.type, new.type}
    if kinds == {STRING, BYTES}:
        return (
            Level.POTENTIALLY,
            "bytes that are no UTF-8 are refused where a string is read; JSON writes them as base64",
        )
    if kinds == {BYTES, MESSAGE}:
        return Level.POTENTIALLY, "the bytes of a message are the same; JSON and code see something else"
    if any(kinds <= group for group in _ALIKE):
        if ENUM in kinds or 8 in kinds:
            return Level.POTENTIALLY, "the bytes are the same; JSON, code and values out of range are not"
        text = "; JSON writes 64 bits as text" if bool(kinds & _JSON_TEXT) and not kinds <= _JSON_TEXT else ""
        return Level.POTENTIALLY, f"the bytes are the same, and values that do not fit are cut off{text}"
    return Level.BREAKING, ""
