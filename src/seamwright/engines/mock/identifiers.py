"""Finds which member of a resource is its id, and makes ids that nobody has yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamwright.engines.mock.schemas import flat, members, scalar, singular, types
from seamwright.model.operation import Contract, Parameter, Schema

__all__ = ["LIKELY_IDS", "Way", "id_names", "id_way", "placed", "text_of", "value_at"]

Way = tuple[str, ...]
"""Names of members, from the outside in; empty where there is none."""

LIKELY_IDS = ("id", "uuid", "guid", "gid", "sid", "key", "slug", "name", "number", "code")
"""The flat names that ids mostly have, the likeliest first."""

_DEEP = ("metadata", "meta", "data", "attributes", "info", "header")


def id_names(parameter: Parameter | None, word: str) -> tuple[str, ...]:
    """The flat names that the id of a resource may have, the likeliest first.

    `parameter` is that of the path which names one, `word` the collection's name: `orderId` of `/orders/{orderId}` is
    the member `orderId`, `id` or `uuid`.
    """
    return tuple(dict.fromkeys(_names(parameter, singular(word))))


def _names(parameter: Parameter | None, one: str) -> Iterator[str]:
    told = flat(parameter.name) if parameter is not None else "id"
    yield told
    for likely in LIKELY_IDS:
        if told == "username" and likely == "name":
            continue  # The name of a person is not the name of an account.
        ends = likely == "id" and (told.endswith(("id", "uuid", "guid", "identifier")) or told in (one, f"{one}s"))
        if ends or told.endswith(likely):
            yield likely
            yield f"{one}{likely}"


def id_way(contract: Contract, schema: Schema, names: tuple[str, ...], wanted: Schema | None = None) -> Way:
    """Where a resource's id stands: a member of such a name that values of `wanted` fit in, at the top or one below."""
    top = members(contract, schema)
    for way, inner in [((), top), *(((name,), members(contract, top[name])) for name in _inner(top))]:
        for name in names:
            for key, child in inner.items():
                if flat(key) == name and _fits(contract, child, wanted):
                    return (*way, key)
    return ()


def value_at(value: Any, way: Way) -> Any:
    """What stands there; None where nothing does."""
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value if way else None


def placed(value: Any, way: Way, inner: Any) -> Any:
    """The value with something put there; untouched where it is no object or there is no way."""
    if not way or not isinstance(value, dict):
        return value
    return {**value, way[0]: inner if len(way) == 1 else placed(value.get(way[0]) or {}, way[1:], inner)}


def text_of(value: Any) -> str:
    """An id as it stands in a path."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _inner(top: dict[str, Schema]) -> list[str]:
    return [name for name in top if flat(name) in _DEEP]


def _fits(contract: Contract, schema: Schema, wanted: Schema | None) -> bool:
    if not scalar(contract, schema):
        return False
    has, wants = types(contract, schema) - {"null"}, types(contract, wanted) - {"null"} if wanted else frozenset()
    # A path is text, so a text parameter takes anything; a number needs one.
    return not has or not wants or "string" in wants or bool(has & wants) or has | wants == {"integer", "number"}
