"""JSON values and the types that schemas name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

__all__ = ["mapping", "number", "of_type", "same", "sequence", "text", "told_types"]


def mapping(value: Any) -> dict[str, Any]:
    """The value, or nothing where it is no mapping."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """The value, or nothing where it is no list."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """The value without blanks around it, or nothing where it is no text."""
    return value.strip() if isinstance(value, str) else ""


def same(value: Any) -> str:
    """A text that two values share exactly when JSON Schema calls them equal: 1 and 1.0 are, 1 and true are not."""

    def levelled(node: Any) -> Any:
        if isinstance(node, float) and node.is_integer():
            return int(node)
        if isinstance(node, dict):
            return {key: levelled(child) for key, child in node.items()}
        return [levelled(child) for child in node] if isinstance(node, list) else node

    return json.dumps(levelled(value), sort_keys=True)


def number(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a number; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def told_types(schema: Mapping[str, Any], dialect: str) -> set[str]:
    """The types that a schema names itself, null among them where it is nullable."""
    told = schema.get("type")
    found = {each for each in (told if isinstance(told, list) else [told]) if isinstance(each, str)}
    if found and dialect != "3.1" and schema.get("nullable") is True:
        found.add("null")
    return found


def of_type(value: Any, types: set[str]) -> bool:
    """Whether a value is of one of these types of JSON Schema; an unknown type takes any value."""
    if value is None:
        actual = {"null"}
    elif isinstance(value, bool):
        actual = {"boolean"}
    elif isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        actual = {"integer", "number"}
    elif isinstance(value, float):
        actual = {"number"}
    else:
        actual = {"string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"}
    known = {"null", "boolean", "integer", "number", "string", "array", "object"}
    return bool(actual & types) or not types <= known
