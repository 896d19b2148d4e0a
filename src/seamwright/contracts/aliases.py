"""Types by their names in programming languages, where JSON Schema has its own: `int`, `str`, `list`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["ALIASES", "with_plain_types"]

ALIASES: Mapping[str, str] = {
    "int": "integer", "int32": "integer", "int64": "integer", "long": "integer", "short": "integer",
    "float": "number", "double": "number", "decimal": "number", "numeric": "number",
    "bool": "boolean", "str": "string", "text": "string", "char": "string", "uuid": "string", "date": "string",
    "datetime": "string", "list": "array", "dict": "object", "map": "object", "hash": "object", "none": "null",
}  # fmt: skip
"""What a type is called elsewhere → what it is. Names of JSON Schema in capitals are understood too."""

_PLAIN = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})

# What lies below these is data, not schema: a member called `type` there means something else.
_DATA = frozenset({"example", "examples", "default", "enum", "const", "x-example", "x-examples", "mapping"})


def with_plain_types(document: Any) -> Iterator[tuple[str, str, str]]:
    """Correct the types of all schemas and parameters in place; gives the place, what stood there, and what it means.

    A `type` that is a mapping is the property of that name, and is left alone.
    """
    waiting: list[tuple[Any, str]] = [(document, "#")]
    while waiting:
        node, place = waiting.pop()
        if isinstance(node, list):
            waiting += [
                (child, f"{place}/{index}") for index, child in enumerate(node) if isinstance(child, dict | list)
            ]
            continue
        if not isinstance(node, dict):
            continue
        told = node.get("type")
        meant = _meant(told) if isinstance(told, str) else None
        if meant is not None and not place.endswith("/securitySchemes") and "flow" not in node:
            node["type"] = meant
            yield place, str(told), meant
        waiting += [
            (child, f"{place}/{str(name).replace('~', '~0').replace('/', '~1')}")
            for name, child in node.items()
            if isinstance(child, dict | list) and name not in _DATA and not str(name).startswith("x-")
        ]


def _meant(told: str) -> str | None:
    lower = told.strip().lower()
    if told in _PLAIN:
        return None
    return lower if lower in _PLAIN else ALIASES.get(lower)
