"""What lists show: those that the arguments ask for, a page of them, and connections around them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLError, GraphQLNamedType, get_named_type

__all__ = ["connection", "filtered", "page"]

Object = Any
Get = Callable[[Object, str], Any]
"""The value of a leaf field of an object, or the id of the object in a field; KeyError where it has no such field."""

_SIZES = ("first", "limit", "take", "pageSize", "page_size", "perPage", "per_page", "size", "count", "top")
_STARTS = ("offset", "skip", "start")
_PAGES = frozenset({*_SIZES, *_STARTS, "last", "after", "before", "page", "pageNumber"})
_WHOLE = ("filter", "where", "filters", "criteria")
_EQUAL = ("eq", "equals", "_eq", "is", "in", "_in")


def filtered(objects: Sequence[Object], given: Mapping[str, Any], get: Get) -> list[Object]:
    """The objects whose fields have the values that arguments of the same names ask for; others ask nothing."""
    wanted: dict[str, Any] = {}
    for name, value in given.items():
        if name in _WHOLE and isinstance(value, Mapping):
            wanted |= value
        elif name not in _PAGES:
            wanted[name] = value
    return [each for each in objects if all(_equal(each, name, value, get) for name, value in wanted.items())]


def page(objects: Sequence[Object], given: Mapping[str, Any]) -> tuple[list[Object], int]:
    """The part of a list that is asked for, and where it begins. Raises GraphQLError for numbers below zero."""
    size = next((given[name] for name in _SIZES if isinstance(given.get(name), int)), None)
    start = next((given[name] for name in _STARTS if isinstance(given.get(name), int)), 0)
    number = given.get("page", given.get("pageNumber"))
    last = given.get("last") if isinstance(given.get("last"), int) else None
    for value in (size, start, last, number):
        if isinstance(value, int) and value < 0:
            raise GraphQLError("a page cannot begin or end below zero", extensions={"code": "BAD_USER_INPUT"})
    if isinstance(number, int) and size:
        start = max(0, number - 1) * size
    after, before = _position(given.get("after")), _position(given.get("before"))
    start = start if after is None else after + 1
    end = len(objects) if before is None else min(before, len(objects))
    if size is not None:
        end = min(end, start + size)
    elif last is not None:
        start = max(start, end - last)
    return list(objects[start:end]), start


def connection(
    kind: GraphQLNamedType, objects: Sequence[Object], shown: Sequence[Object], start: int
) -> dict[str, Any]:
    """A connection (Cursor Connections Specification) around a page of a list, with whatever fields its type has."""
    fields: Mapping[str, Any] = getattr(kind, "fields", {})
    edges = [{"cursor": _cursor(start + number), "node": each} for number, each in enumerate(shown)]
    info = {
        "hasNextPage": start + len(shown) < len(objects),
        "hasPreviousPage": start > 0,
        "startCursor": edges[0]["cursor"] if edges else None,
        "endCursor": edges[-1]["cursor"] if edges else None,
    }
    made: dict[str, Any] = {"edges": edges, "pageInfo": info}
    for name, field in fields.items():
        if name in ("nodes", "items", "results", "data"):
            made[name] = list(shown)
        elif get_named_type(field.type).name == "Int" and name.lower().endswith(("count", "total")):
            made[name] = len(objects)
    return made


def _equal(each: Object, name: str, value: Any, get: Get) -> bool:
    if isinstance(value, Mapping):
        asked = next((value[key] for key in _EQUAL if value.get(key) is not None), None)
        return asked is None or _equal(each, name, asked, get)
    if value is None:
        return True
    try:
        held = get(each, name)
    except KeyError:
        return True
    return held in value if isinstance(value, list) else held == value


def _cursor(position: int) -> str:
    return base64.b64encode(f"at:{position}".encode()).decode()


def _position(cursor: Any) -> int | None:
    if not isinstance(cursor, str) or not cursor:
        return None
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "at" and number.isdecimal():
            return int(number)
    except ValueError:
        pass
    raise GraphQLError("the cursor is none that was given out here", extensions={"code": "BAD_USER_INPUT"})
