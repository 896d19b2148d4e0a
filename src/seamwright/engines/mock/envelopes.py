"""Finds where in a body the resource itself lies, or the list of them: in `data`, `items`, its own name, or bare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from seamwright.engines.mock.schemas import flat, followed, item_of, members, singular, types
from seamwright.model.operation import Contract, Schema

__all__ = ["Envelope", "array_way", "item_envelope", "list_envelope"]

_ITEM_NAMES = ("data", "result", "item", "payload", "resource", "object", "entity", "record", "value", "response")
_LIST_NAMES = (
    "data", "items", "results", "entries", "records", "values", "value", "content", "list", "rows", "docs", "elements",
    "objects", "resources", "hits", "result", "collection", "edges", "nodes", "member", "members", "response",
)  # fmt: skip
_AROUND = frozenset(
    {"meta", "links", "link", "included", "jsonapi", "pagination", "paging", "page", "metadata", "info", "status", "ok"}
    | {"success", "message", "messages", "code", "error", "errors", "warning", "warnings", "requestid", "timestamp"}
    | {"version", "apiversion", "type", "kind", "object", "statuscode", "traceid", "time", "datetime", "providername"}
)
"""What stands around a resource in answers, and is no part of it."""


_MOST_AROUND = 3
"""Members of other names that may stand beside a resource that goes by its own name."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The way from a body to what it carries: the names of properties, none where the body is the thing itself.

    `schema` is that of what is carried (of one item, for a list); `in_list` says that a single resource comes as a list
    of one.
    """

    way: tuple[str, ...]
    schema: Schema
    in_list: bool = False

    def wrap(self, carried: Any) -> Any:
        """A body with nothing but what is carried."""
        value = [carried] if self.in_list else carried
        for name in reversed(self.way):
            value = {name: value}
        return value

    def lay(self, around: Any, carried: Any) -> Any:
        """A body with what is carried put into its place, and all else as it was."""
        return _laid(around, self.way, [carried] if self.in_list else carried)

    def unwrap(self, body: Any) -> Any:
        """What a body carries; the body itself where it is not of this form."""
        value = body
        for name in self.way:
            if not isinstance(value, dict) or name not in value:
                return body
            value = value[name]
        if self.in_list and isinstance(value, list):
            return value[0] if len(value) == 1 else value
        return value


def _laid(around: Any, way: tuple[str, ...], value: Any) -> Any:
    if not way:
        return value
    there = around if isinstance(around, dict) else {}
    return {**there, way[0]: _laid(there.get(way[0]), way[1:], value)}


def item_envelope(contract: Contract, schema: Schema, word: str, wanted: frozenset[str] = frozenset()) -> Envelope:
    """How a body carries one resource of a collection; `wanted` are the flat names that its id may have.

    A body that has such a member itself, or in its `metadata`, is bare, whatever else it holds.
    """
    bare = Envelope((), schema)
    item = item_of(contract, schema)
    if item is not None and members(contract, item):
        return Envelope((), item, in_list=True)
    inner = members(contract, schema)
    near = [name for key in inner if flat(key) == "metadata" for name in members(contract, inner[key])]
    if not inner or wanted & {flat(name) for name in (*inner, *near)}:
        return bare
    one = singular(word)
    others = [name for name in inner if flat(name) not in _AROUND]
    likely = [name for name in inner if (one and flat(name) in (one, word)) or (one and flat(name).endswith(one))]
    if len(others) <= 1:
        likely += [name for name in inner if flat(name) in _ITEM_NAMES or name in others]
    elif len(others) > _MOST_AROUND:
        return bare
    for name in likely:
        if members(contract, inner[name]) and not item_of(contract, inner[name]):
            return Envelope((name,), inner[name])
    for name in likely:
        item = item_of(contract, inner[name])
        if item is not None and members(contract, item):
            return Envelope((name,), item, in_list=True)
    return bare


def list_envelope(contract: Contract, schema: Schema, word: str, *, sure: bool) -> Envelope | None:
    """How a body carries a list of resources; None where it does not.

    With `sure` the operation is known to list, and an only array is it; otherwise its name must be one that lists have.
    """
    item = item_of(contract, schema)
    if item is not None:
        return Envelope((), item) if _object(contract, item) else None
    found = list(_arrays(contract, schema, ()))
    for way, _ in found:
        if flat(way[-1]) in (word, flat(way[-1]) if sure and len(found) == 1 else ""):
            return _of(found, way)
    named = [way for name in _LIST_NAMES for way, _ in found if flat(way[-1]) == name]
    if named:
        return _of(found, named[0])
    shallow = [way for way, _ in found if len(way) == 1]
    return _of(found, shallow[0]) if sure and len(shallow) == 1 else None


def array_way(contract: Contract, schema: Schema) -> tuple[str, ...] | None:
    """Where a body that is no list of resources holds its only list, at the top or as a member; None where it has none
    or several."""
    if item_of(contract, schema) is not None:
        return ()
    arrays = [name for name, child in members(contract, schema).items() if item_of(contract, child) is not None]
    return (arrays[0],) if len(arrays) == 1 else None


def _of(found: list[tuple[tuple[str, ...], Schema]], way: tuple[str, ...]) -> Envelope:
    return Envelope(way, dict(found)[way])


def _arrays(contract: Contract, schema: Schema, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Arrays of objects among the members, and then those one level below."""
    inner = members(contract, schema)
    for name, child in inner.items():
        item = item_of(contract, child)
        if item is not None and _object(contract, item):
            yield (*way, name), item
    if not way:
        for name, child in inner.items():
            if item_of(contract, child) is None and members(contract, child):
                yield from _arrays(contract, child, (name,))


def _object(contract: Contract, schema: Schema) -> bool:
    return not followed(contract, schema) or "object" in types(contract, schema)
