"""Chooses what a listing shows: filters by parameters that are called as members are, and sorts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seamwright.engines.mock.identifiers import Way, text_of, value_at
from seamwright.engines.mock.schemas import flat

__all__ = ["asked_ids", "filtered", "is_ids", "ordered"]

_SORT = frozenset({"sort", "sortby", "orderby", "order", "ordering", "sortfield", "sortkey", "sortcolumn"})
_DIRECTION = frozenset(
    {"order", "direction", "dir", "sortorder", "sortdirection", "sortdir", "sorttype", "ordering", "orderdirection"}
)
_DOWN = frozenset({"desc", "descending", "-1", "down", "reverse"})
_UP = frozenset({"asc", "ascending", "1", "up"})
_AROUND = ("filter", "filters", "where")


def filtered(values: Sequence[Any], query: Mapping[str, Any], id_at: Way = ()) -> list[Any]:
    """The objects whose members are what parameters of the same name ask for.

    A list asks for any of its values, and a member that is a list needs to hold one of them. `ids` asks for ids, and
    an object called `filter` holds parameters itself. Parameters that name no member choose nothing.
    """
    wanted: list[tuple[str, list[str]]] = []
    for name, asked in query.items():
        if isinstance(asked, Mapping) and flat(name) in _AROUND:
            wanted += [(flat(inner), _texts(each)) for inner, each in asked.items()]
        elif not isinstance(asked, Mapping):
            wanted.append((flat(name), _parted(asked) if is_ids(name, id_at) else _texts(asked)))
    return [value for value in values if all(_meets(value, name, asked, id_at) for name, asked in wanted)]


def asked_ids(query: Mapping[str, Any], id_at: Way) -> list[str]:
    """The ids that a query asks for by name, apart by commas or as a list."""
    return [each for name, asked in query.items() if is_ids(name, id_at) for each in _parted(asked)]


def is_ids(name: str, id_at: Way) -> bool:
    """Whether a parameter of this name asks for ids."""
    return flat(name) == "ids" or (bool(id_at) and flat(name) == f"{flat(id_at[-1])}s")


def ordered(values: Sequence[Any], query: Mapping[str, Any]) -> list[Any]:
    """The objects sorted as a parameter such as `sort=-created` or `sort=name:desc` or `order=desc` says."""
    found = list(values)
    known = {flat(name) for value in values if isinstance(value, Mapping) for name in value}
    down = any(flat(name) in _DIRECTION and str(asked).lower() in _DOWN for name, asked in query.items())
    fields = [
        (field, backward)
        for name, asked in query.items()
        if flat(name) in _SORT
        for text in _texts(asked)
        for field, backward in _fields(text, down)
        if field in known
    ]
    for field, backward in reversed(fields):
        present = [value for value in found if _member(value, field) is not None]
        absent = [value for value in found if _member(value, field) is None]
        found = sorted(present, key=lambda value: _rank(_member(value, field)), reverse=backward) + absent
    return found


def _fields(text: str, down: bool) -> Iterable[tuple[str, bool]]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for index, part in enumerate(parts):
        if part.lower() in _DOWN | _UP:
            continue
        name, _, way = part.replace(" ", ":").partition(":")
        following = parts[index + 1].lower() if index + 1 < len(parts) else ""
        told = way.lower() or (following if following in _DOWN | _UP else "")
        backward = told in _DOWN or name.startswith("-") or (down and not told)
        yield flat(name), backward


def _meets(value: Any, name: str, asked: list[str], id_at: Way) -> bool:
    if not isinstance(value, Mapping) or not asked:
        return True
    member = _member(value, name)
    if member is None and is_ids(name, id_at):
        member = value_at(value, id_at)
    if member is None and any(flat(key) == name for key in value):
        return asked == [""] or asked == ["null"]
    if member is None and isinstance(held := _member(value, f"{name}s"), list):
        member = held
    if member is None or isinstance(member, Mapping):
        return True
    return bool({text_of(each) for each in (member if isinstance(member, list) else [member])} & set(asked))


def _member(value: Any, name: str) -> Any:
    if not isinstance(value, Mapping):
        return None
    return next((each for key, each in value.items() if flat(key) == name), None)


def _texts(asked: Any) -> list[str]:
    return [text_of(each) for each in asked] if isinstance(asked, list) else [text_of(asked)]


def _parted(asked: Any) -> list[str]:
    return [part.strip() for text in _texts(asked) for part in text.split(",") if part.strip()]


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool | int | float):
        return 0, value
    return 1, value if isinstance(value, str) else text_of(value)
