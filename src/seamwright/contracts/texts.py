"""What a text on the wire may mean by a schema: headers and parameters carry no types of their own."""

from __future__ import annotations

import re
from typing import Any

from seamwright.contracts.schemas import items, member, types
from seamwright.model.operation import Contract, Schema

__all__ = ["readings"]

_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


def readings(contract: Contract, schema: Schema, text: str, *, explode: bool = False) -> list[Any]:
    """The values that a text in style `simple` (OpenAPI 3.1, style values) may stand for, the likeliest first.

    The text itself is always among them where the schema allows strings or says nothing about types.
    """
    wanted = types(contract, schema)
    found: list[Any] = []
    if "integer" in wanted or "number" in wanted or not wanted:
        if _INTEGER.fullmatch(text):
            found.append(int(text))
        elif _NUMBER.fullmatch(text):
            found.append(float(text))
    if ("boolean" in wanted or not wanted) and text in ("true", "false"):
        found.append(text == "true")
    if "null" in wanted and text == "":
        found.append(None)
    if "array" in wanted:
        item = items(contract, schema) or {}
        found.append([readings(contract, item, part.strip())[0] for part in text.split(",")] if text else [])
    pairs = _pairs(text, explode) if "object" in wanted else None
    if pairs is not None:
        found.append({key: readings(contract, member(contract, schema, key), value)[0] for key, value in pairs})
    if "string" in wanted or not wanted or not found:
        found.append(text)
    return found


def _pairs(text: str, explode: bool) -> list[tuple[str, str]] | None:
    """The names and values of an object; None where the text cannot be one."""
    parts = text.split(",") if text else []
    if explode:
        told = [part.partition("=") for part in parts]
        return [(key, value) for key, _, value in told] if all(sign for _, sign, _ in told) else None
    return list(zip(parts[::2], parts[1::2], strict=True)) if len(parts) % 2 == 0 else None
